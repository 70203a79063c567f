// The gaps of a city to a reference: an analysis that was made before, or a new one.

import { computed, html, ref } from '../view.js';
import { all, beyond, segment, sendJson } from '../api.js';
import { fixed, isNumber, moment, raw, signed, unitOf } from '../format.js';
import { useLoad } from '../load.js';
import { isEmbedded } from '../session.js';
import { t, tOr } from '../text.js';
import { choice } from './choices.js';
import { Drawing } from './drawing.js';
import { Files, tableFiles } from './files.js';
import { nodeLink } from './links.js';
import { problemView, waiting } from './problem.js';
import { SortedTable } from './table.js';

const REFERENCES = ['peer_median', 'peer_top_quartile', 'best', 'full_mark', 'previous'];

export const Gaps = {
  props: { id: String, city: String, period: String },
  setup(props) {
    const against = ref(REFERENCES[0]);
    const chosen = ref('');
    const problem = ref(null);
    const isBusy = ref(false);
    const analyses = useLoad(
      () => [props.id, props.city, props.period],
      async (signal) => {
        const known = await beyond(() => all('/gap-analyses', { assessment: props.id }, { signal }));
        return known?.filter((one) => one.city === props.city && one.period === props.period) ?? null;
      },
    );
    const shown = computed(() => analyses.value?.find((one) => one.id === chosen.value) ?? analyses.value?.[0] ?? null);
    const referenceText = (code) => tOr(`against.${code}`, code);

    const make = async () => {
      isBusy.value = true;
      problem.value = null;
      try {
        const made = await sendJson('POST', '/gap-analyses', {
          assessment: props.id,
          city: props.city,
          period: props.period,
          against: against.value,
        });
        await analyses.reload();
        chosen.value = made.id;
      } catch (error) {
        problem.value = error;
      } finally {
        isBusy.value = false;
      }
    };

    const columns = () => [
      {
        key: 'node',
        title: t('node'),
        isHeader: true,
        by: (row) => row.title,
        cell: (row) => html`${nodeLink(props.id, row.node, row.title, props.period)} <span class="code">${row.node}</span>`,
      },
      { key: 'score', title: t('score'), isNumber: true, by: (row) => row.score, cell: (row) => fixed(row.score) },
      {
        key: 'reference',
        title: t('gaps.reference'),
        isNumber: true,
        by: (row) => row.reference,
        cell: (row) => fixed(row.reference),
      },
      { key: 'gap', title: t('gaps.score'), isNumber: true, by: (row) => row.gap_score, cell: (row) => signed(row.gap_score) },
      {
        key: 'points',
        title: t('gaps.points'),
        isNumber: true,
        by: (row) => row.gap_points,
        cell: (row) => signed(row.gap_points),
      },
      { key: 'value', title: t('value'), isNumber: true, cell: (row) => (isNumber(row.value) ? raw(row.value) : '') },
      {
        key: 'target',
        title: t('gaps.target'),
        isNumber: true,
        cell: (row) => (isNumber(row.target_value) ? `${raw(row.target_value)} ${unitOf(row.unit)}` : ''),
      },
      {
        key: 'verdict',
        title: t('gaps.verdict'),
        cell: (row) => [row.verdict ? tOr(`verdict.${row.verdict}`, row.verdict) : '', row.note ?? ''].filter(Boolean).join(' '),
      },
    ];

    const maker = () =>
      isEmbedded
        ? null
        : html`
      <div class="toolbar">
        ${choice(
          t('gaps.against'),
          against.value,
          REFERENCES.map((one) => [one, referenceText(one)]),
          (value) => {
            against.value = value;
          },
        )}
        <button type="button" class="secondary" aria-busy=${isBusy.value ? 'true' : undefined} disabled=${isBusy.value}
          onClick=${make}>${t('gaps.make')}</button>
        ${
          analyses.value.length > 1
            ? choice(
                t('gaps.known'),
                shown.value.id,
                analyses.value.map((one) => [one.id, `${referenceText(one.against)} · ${moment(one.created_at)}`]),
                (id) => {
                  chosen.value = id;
                },
              )
            : null
        }
      </div>`;

    const analysis = (one) => {
      const path = `/gap-analyses/${segment(one.id)}`;
      return html`
        <p class="subtitle">${t('gaps.of', { against: referenceText(one.against), at: moment(one.created_at) })}</p>
        ${
          one.priorities.length > 0
            ? html`
          <h3>${t('gaps.priorities')}</h3>
          <ol class="priorities">${one.priorities.slice(0, 8).map(
            (direction) => html`
            <li key=${direction.node}>${nodeLink(props.id, direction.node, direction.title, props.period)}
              <span class="figure">${t('gaps.lost', { points: fixed(direction.points_lost) })}</span></li>`,
          )}</ol>`
            : html`<p>${t('gaps.no_priorities')}</p>`
        }
        <div class="drawings">
          <${Drawing} path=${`${path}/charts/waterfall.svg`} query=${{}} title=${t('gaps.waterfall')} />
          <${Drawing} path=${`${path}/charts/priorities.svg`} query=${{}} title=${t('gaps.priority_chart')} />
        </div>
        <details class="twin">
          <summary>${t('gaps.table')}</summary>
          <${SortedTable} caption=${t('gaps.table')} columns=${columns()} rows=${one.gaps} rowKey=${(row) => row.node} />
          <p class="hint">${one.rule}</p>
        </details>
        <${Files} files=${tableFiles(path, {}, ['csv', 'xlsx', 'json'])} />`;
    };

    return () => {
      if (analyses.problem) return problemView(analyses.problem);
      if (analyses.isLoading && !analyses.value) return waiting(analyses);
      if (!analyses.value) return html`<p>${t('not_for_you')}</p>`;
      return html`
        ${maker()}
        ${problemView(problem.value)}
        ${shown.value ? analysis(shown.value) : html`<p class="none">${t('gaps.none')}</p>`}`;
    };
  },
};

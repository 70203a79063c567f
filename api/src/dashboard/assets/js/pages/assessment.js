// The overview of an assessment: who stands where, as a ranked list, tiles, a heatmap, a distribution, statistics, and a map where
// the operator has uploaded one. The list comes first and alone, so that it is there at once; the rest follows when it is looked at.

import { computed, html, ref } from '../view.js';
import { get, optional, segment } from '../api.js';
import {
  assessmentOf,
  cardOf,
  levelsOf,
  levelsOfSummary,
  outlineOfCard,
  outlineOfSet,
  rankingOf,
  ROOT,
  setOf,
  topNodes,
  uncertaintyOf,
} from '../assessment.js';
import { count, fixed, isNumber, median, moment, percent, score, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { pathOf, route } from '../router.js';
import { t } from '../text.js';
import { periodChoice, viewOf, viewSwitch } from '../parts/choices.js';
import { distribution } from '../parts/charts.js';
import { Files, tableFiles } from '../parts/files.js';
import { Heatmap } from '../parts/heatmap.js';
import { action, cityLink, link, offered } from '../parts/links.js';
import { CityMap } from '../parts/map.js';
import { coverageMark, figure, levelMark, rangeOf, scoreBar } from '../parts/marks.js';
import { basisNotice } from '../parts/notices.js';
import { problemView, waiting } from '../parts/problem.js';
import { Statistics } from '../parts/statistics.js';
import { SortedTable } from '../parts/table.js';
import { TileGrid } from '../parts/tiles.js';
import { Drawing } from '../parts/drawing.js';

export const AssessmentPage = {
  props: { id: String, known: Object },
  setup(props) {
    const wantedPeriod = () => route.query.period;
    const filter = ref('');

    const list = useLoad(
      () => [props.id, wantedPeriod()],
      async (signal) => {
        const [assessment, ranking] = await Promise.all([
          props.known ?? assessmentOf(props.id, signal),
          rankingOf(props.id, { period: wantedPeriod() }),
        ]);
        return { assessment, ranking, period: ranking.period };
      },
      { keeps: true },
    );

    // What the list can do without for a moment: titles of levels, the tree, rank intervals, maps.
    const more = useLoad(
      () => [props.id, list.value?.period],
      async () => {
        if (!list.value) return null;
        const { assessment, ranking, period } = list.value;
        const [document, uncertainty, maps] = await Promise.all([
          setOf(assessment?.set),
          uncertaintyOf(props.id, period),
          optional(get('/maps')),
        ]);
        const first = ranking.items[0]?.city;
        const outline = document ? outlineOfSet(document) : first ? outlineOfCard(await cardOf(props.id, first, period)) : [];
        return { document, outline, uncertainty, maps: maps?.items ?? [], fullMark: document?.full_mark ?? 100 };
      },
    );

    const levels = computed(() => {
      const known = levelsOf(more.value?.document);
      return known.length > 0 ? known : levelsOfSummary(list.value?.assessment?.summary);
    });
    const shown = computed(() => {
      const wanted = filter.value.trim().toLowerCase();
      const items = list.value?.ranking.items ?? [];
      return wanted === '' ? items : items.filter((row) => `${row.name} ${row.city}`.toLowerCase().includes(wanted));
    });

    const views = () => [
      ['ranking', t('view.ranking')],
      ['tiles', t('view.tiles')],
      ['heatmap', t('view.heatmap')],
      ['distribution', t('view.distribution')],
      ['statistics', t('view.statistics')],
      ...((more.value?.maps.length ?? 0) > 0 ? [['map', t('view.map')]] : []),
    ];

    const content = (name) => {
      const { ranking, period } = list.value;
      const fullMark = more.value?.fullMark ?? 100;
      const tree = more.value?.outline ?? [];
      const common = { id: props.id, period, ranking: shown.value, levels: levels.value, fullMark };
      switch (name) {
        case 'tiles':
          return html`<${TileGrid} ...${common} />`;
        case 'heatmap':
          return html`<${Heatmap} ...${common} nodes=${topNodes(tree)} />`;
        case 'map':
          return html`<${CityMap} ...${common} maps=${more.value?.maps ?? []} />`;
        case 'statistics':
          return html`<${Statistics} id=${props.id} period=${period} />`;
        case 'distribution':
          return html`
          <h2>${t('view.distribution')}</h2>
          ${distribution(
            t('distribution.of_total'),
            ranking.items.map((row) => row.score),
            { fullMark },
          )}
          ${
            more.value?.uncertainty
              ? html`
            <h2>${t('intervals')}</h2>
            <${Drawing} path=${`/assessments/${segment(props.id)}/charts/intervals.svg`} query=${{ period }}
              title=${t('intervals')} />`
              : null
          }`;
        default:
          return html`<${RankedList} ...${common} uncertainty=${more.value?.uncertainty ?? null} />`;
      }
    };

    return () => {
      if (list.problem) return html`<h1 tabindex="-1">${t('assessment')}</h1>${problemView(list.problem)}`;
      if (!list.value) return html`<h1 tabindex="-1" class="unseen">${t('assessment')}</h1>${waiting(list)}`;
      const { assessment, ranking, period } = list.value;
      const name = viewOf(views());
      const isFiltered = ['ranking', 'tiles', 'heatmap', 'map'].includes(name);
      return html`
        <h1 tabindex="-1">${textOf(assessment?.set_title ?? ranking.set_title)}</h1>
        <p class="subtitle">${
          assessment
            ? html`${link(
                pathOf('sets', assessment.set.code, assessment.set.version),
                `${assessment.set.code} @ ${assessment.set.version}`,
              )} · `
            : null
        }
          ${period} · ${count(ranking.items.length)} ${t('cities')}
          ${assessment?.round ? html` · ${link(pathOf('rounds', assessment.round), `${t('round')} ${assessment.round}`)}` : null}
          ${assessment ? ` · ${t('assessed_at', { at: moment(assessment.finished_at ?? assessment.created_at) })}` : null}</p>
        ${
          assessment?.superseded_by
            ? html`<p class="problem">${t('superseded')} ${link(pathOf('assessments', assessment.superseded_by),
              t('superseded.by'))}</p>`
            : null
        }
        ${basisNotice(assessment?.basis)}
        <${Summary} ranking=${ranking.items} levels=${levels.value} />
        <div class="toolbar">
          ${periodChoice(t('period'), assessment?.summary?.periods, period)}
          ${
            isFiltered
              ? html`<label class="choice">${t('filter')}
            <input type="search" value=${filter.value} onInput=${(event) => {
              filter.value = event.target.value;
            }} /></label>`
              : null
          }
          ${action(pathOf('assessments', props.id, 'compare'), t('compare'))}
        </div>
        ${viewSwitch(t('views'), views())}
        ${problemView(more.problem)}
        <section aria-label=${views().find(([one]) => one === name)[1]}>${content(name)}</section>
        <${Files} label=${t('files.scores')} files=${tableFiles(`/assessments/${segment(props.id)}/scores`, { period })} />
        <${Files} label=${t('files.ranking')}
          files=${tableFiles(`/assessments/${segment(props.id)}/ranking`, { period }, ['csv', 'xlsx'])} />
        ${
          assessment
            ? offered(
                () => html`<${Files} label=${t('files.bundle')}
          files=${[{ label: 'ZIP', path: `/assessments/${segment(props.id)}/bundle` }]} />`,
              )
            : null
        }`;
    };
  },
};

/** The ranking in figures, with how many cities are on each level. */
const Summary = {
  props: { ranking: Array, levels: Array },
  setup(props) {
    const figures = computed(() => {
      const scored = props.ranking.filter((row) => isNumber(row.score));
      const known = props.levels.map((level) => ({ ...level, count: scored.filter((row) => row.level === level.code).length }));
      return {
        scored,
        known,
        middle: median(scored.map((row) => row.score)),
        coverage: median(props.ranking.map((row) => row.coverage)),
      };
    });
    return () => {
      const { scored, known, middle, coverage } = figures.value;
      const [best] = scored;
      return html`
        <dl class="figures">
          ${figure(t('summary.scored'), count(scored.length), t('summary.of', { n: count(props.ranking.length) }))}
          ${figure(t('summary.median'), fixed(middle))}
          ${best ? figure(t('summary.best'), score(best.score, best.shown), best.name) : null}
          ${figure(t('summary.coverage'), percent(coverage))}
        </dl>
        ${
          known.some((level) => level.count > 0)
            ? html`
          <ul class="level-counts" aria-label=${t('summary.levels')}>${known.map(
            (level) => html`
            <li key=${level.code} style=${{ flexGrow: level.count }} class=${level.count === 0 ? 'empty' : undefined}>
              ${levelMark(level.code, props.levels)} <span class="figure">${count(level.count)}</span>
            </li>`,
          )}</ul>`
            : null
        }`;
    };
  },
};

/** The cities by rank. Cities whose ranks the analysis of uncertainty cannot tell apart carry the same group. */
const RankedList = {
  props: { id: String, period: String, ranking: Array, levels: Array, fullMark: Number, uncertainty: Object },
  setup(props) {
    const interval = (row) => props.uncertainty?.cities.get(row.city);
    const columns = () => [
      { key: 'rank', title: t('rank'), isNumber: true, by: (row) => row.rank, cell: (row) => count(row.rank) },
      {
        key: 'city',
        title: t('city'),
        isHeader: true,
        by: (row) => row.name,
        cell: (row) => html`${cityLink(props.id, row.city, row.name, props.period)} <span class="code">${row.city}</span>`,
      },
      {
        key: 'score',
        title: t('total'),
        class: 'with-bar',
        by: (row) => row.score,
        cell: (row) => scoreBar(row.score, row.shown, props.fullMark),
      },
      ...(props.ranking.some((row) => row.level)
        ? [
            {
              key: 'level',
              title: t('level'),
              by: (row) => props.levels.findIndex((level) => level.code === row.level),
              cell: (row) => levelMark(row.level, props.levels),
            },
          ]
        : []),
      {
        key: 'coverage',
        title: t('coverage'),
        isNumber: true,
        by: (row) => row.coverage,
        cell: (row) => coverageMark(row.coverage),
      },
      { key: 'range', title: t('range'), isNumber: true, cell: (row) => rangeOf(row) ?? '' },
      ...(props.uncertainty
        ? [
            {
              key: 'interval',
              title: t('interval'),
              isNumber: true,
              by: (row) => interval(row)?.rank_p5,
              cell: (row) => intervalText(interval(row)),
            },
            {
              key: 'group',
              title: t('group'),
              isNumber: true,
              by: (row) => interval(row)?.group,
              cell: (row) => count(interval(row)?.group),
            },
          ]
        : []),
    ];
    return () => html`
      ${props.uncertainty ? html`<p class="hint">${t('group.hint')}</p>` : null}
      <${SortedTable} caption=${t('ranking.caption', { node: ROOT, period: props.period })} columns=${columns()}
        rows=${props.ranking}
        rowKey=${(row) => row.city} sortedBy="rank" isCaptionHidden=${true} />`;
  },
};

/** The ranks that a city holds in nine replications of ten. */
export function intervalText(row) {
  return row && isNumber(row.rank_p5) ? `${fixed(row.rank_p5, 0)} – ${fixed(row.rank_p95, 0)}` : '';
}

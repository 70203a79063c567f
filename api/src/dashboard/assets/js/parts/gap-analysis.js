// One gap analysis: what lies behind the reference, where most is lost, and what would close it.

import { html } from '../view.js';
import { segment } from '../api.js';
import { fixed, isNumber, moment, raw, signed, unitOf } from '../format.js';
import { t, tOr } from '../text.js';
import { Drawing } from './drawing.js';
import { Files, tableFiles } from './files.js';
import { nodeLink } from './links.js';
import { SortedTable } from './table.js';

/** What a reference is called. */
export const referenceText = (code) => tOr(`against.${code}`, code);

export const GapAnalysis = {
  props: { analysis: Object },
  setup(props) {
    const one = () => props.analysis;
    const columns = () => [
      {
        key: 'node',
        title: t('node'),
        isHeader: true,
        by: (row) => row.title,
        cell: (row) =>
          html`${nodeLink(one().assessment, row.node, row.title, one().period)} <span class="code">${row.node}</span>`,
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

    return () => {
      const path = `/gap-analyses/${segment(one().id)}`;
      return html`
        <p class="subtitle">${t('gaps.of', { against: referenceText(one().against), at: moment(one().created_at) })}</p>
        ${
          one().priorities.length > 0
            ? html`
          <h3>${t('gaps.priorities')}</h3>
          <ol class="priorities">${one().priorities.slice(0, 8).map(
            (direction) => html`
            <li key=${direction.node}>${nodeLink(one().assessment, direction.node, direction.title, one().period)}
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
          <${SortedTable} caption=${t('gaps.table')} columns=${columns()} rows=${one().gaps} rowKey=${(row) => row.node} />
          <p class="hint">${one().rule}</p>
        </details>
        <${Files} files=${tableFiles(path, {}, ['csv', 'xlsx', 'json'])} />`;
    };
  },
};

// What the indicators look like on the cohort, each by itself, with what gives reason for concern.

import { html } from '../view.js';
import { segment } from '../api.js';
import { statisticsOf } from '../assessment.js';
import { count, percent, raw } from '../format.js';
import { useLoad } from '../load.js';
import { t } from '../text.js';
import { Files, tableFiles } from './files.js';
import { nodeLink } from './links.js';
import { problemView, waiting } from './problem.js';
import { SortedTable } from './table.js';

export const Statistics = {
  props: { id: String, period: String },
  setup(props) {
    const rows = useLoad(
      () => [props.id, props.period],
      () => statisticsOf(props.id, { what: 'indicators', period: props.period }),
    );
    const number = (key, title, of) => ({ key, title, isNumber: true, by: of, cell: (row) => raw(of(row)) });
    const columns = () => [
      {
        key: 'node',
        title: t('indicator'),
        isHeader: true,
        by: (row) => row.title,
        cell: (row) => html`${nodeLink(props.id, row.node, row.title, props.period)} <span class="code">${row.node}</span>`,
      },
      {
        key: 'available',
        title: t('statistics.available'),
        isNumber: true,
        by: (row) => row.available_share,
        cell: (row) => percent(row.available_share),
      },
      number('min', t('statistics.min'), (row) => row.min),
      number('median', t('statistics.median'), (row) => row.median),
      number('mean', t('statistics.mean'), (row) => row.mean),
      number('max', t('statistics.max'), (row) => row.max),
      number('sd', t('statistics.sd'), (row) => row.sd),
      {
        key: 'outliers',
        title: t('statistics.outliers'),
        isNumber: true,
        by: (row) => row.outliers_high + row.outliers_low,
        cell: (row) => count(row.outliers_high + row.outliers_low),
      },
      { key: 'note', title: t('statistics.note'), class: 'wide', cell: (row) => row.note ?? '' },
    ];
    return () => {
      if (rows.problem) return problemView(rows.problem);
      if (rows.isLoading && !rows.value) return waiting(rows);
      if (!rows.value) return html`<p>${t('not_for_you')}</p>`;
      return html`
        <${SortedTable} caption=${t('statistics.caption', { period: props.period })} columns=${columns()} rows=${rows.value}
          rowKey=${(row) => row.node} />
        <${Files} files=${tableFiles(`/assessments/${segment(props.id)}/statistics`, { what: 'indicators',
          period: props.period }, ['csv', 'xlsx'])} />`;
    };
  },
};

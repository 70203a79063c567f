// The rounds: what is evaluated when, and how far each is.

import { html } from '../view.js';
import { all } from '../api.js';
import { count, moment, NOTHING, titleOf } from '../format.js';
import { useLoad } from '../load.js';
import { pathOf } from '../router.js';
import { t, tOr } from '../text.js';
import { link } from '../parts/links.js';
import { stateMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

export const RoundsPage = {
  setup() {
    const rounds = useLoad(
      () => '',
      (signal) => all('/rounds', {}, { signal }),
    );
    const columns = () => [
      {
        key: 'title',
        title: t('round'),
        isHeader: true,
        by: titleOf,
        cell: (round) => html`${link(pathOf('rounds', round.code), titleOf(round))} <span class="code">${round.code}</span>`,
      },
      { key: 'state', title: t('state'), by: (round) => round.state, cell: (round) => stateMark(round.state) },
      { key: 'periods', title: t('period'), by: (round) => round.periods.join(), cell: (round) => round.periods.join(', ') },
      {
        key: 'cities',
        title: t('cities'),
        isNumber: true,
        by: (round) => round.cities?.length ?? null,
        cell: (round) => count(round.cities?.length),
      },
      { key: 'due', title: t('round.due'), by: (round) => round.due_at ?? null, cell: (round) => moment(round.due_at) },
      {
        key: 'visibility',
        title: t('round.visibility'),
        cell: (round) => (round.visibility ? tOr(`visibility.${round.visibility}`, round.visibility) : NOTHING),
      },
    ];
    return () => html`
      <h1 tabindex="-1">${t('nav.rounds')}</h1>
      <p class="subtitle">${t('rounds.hint')}</p>
      ${problemView(rounds.problem)}
      ${waiting(rounds)}
      ${
        rounds.value
          ? rounds.value.length === 0
            ? html`<p class="none">${t('rounds.none')}</p>`
            : html`<${SortedTable} caption=${t('nav.rounds')} columns=${columns()} rows=${rounds.value}
              rowKey=${(round) => round.code} isCaptionHidden=${true} />`
          : null
      }`;
  },
};

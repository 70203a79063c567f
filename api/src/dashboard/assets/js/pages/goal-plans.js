// The plans of goals of the cities.

import { html } from '../view.js';
import { all } from '../api.js';
import { count, moment, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { cityName, cityNames } from '../register.js';
import { pathOf } from '../router.js';
import { t } from '../text.js';
import { link } from '../parts/links.js';
import { stateMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

export const GoalPlansPage = {
  setup() {
    const plans = useLoad(
      () => '',
      (signal) => all('/goal-plans', {}, { signal }),
    );
    const names = useLoad(() => '', cityNames);
    const columns = () => [
      {
        key: 'title',
        title: t('goal_plan'),
        isHeader: true,
        by: (plan) => textOf(plan.document.title, plan.code),
        cell: (plan) =>
          html`${link(pathOf('goal-plans', plan.code), textOf(plan.document.title, plan.code))} <span class="code">${plan.code}
            </span>`,
      },
      {
        key: 'city',
        title: t('city'),
        by: (plan) => cityName(names.value, plan.city),
        cell: (plan) => cityName(names.value, plan.city),
      },
      {
        key: 'period',
        title: t('goal_plan.period'),
        by: (plan) => plan.document.period.from,
        cell: (plan) => `${plan.document.period.from} – ${plan.document.period.to}`,
      },
      {
        key: 'goals',
        title: t('goals'),
        isNumber: true,
        by: (plan) => plan.document.goals.length,
        cell: (plan) => count(plan.document.goals.length),
      },
      { key: 'state', title: t('state'), by: (plan) => plan.state, cell: (plan) => stateMark(plan.state) },
      { key: 'updated', title: t('updated'), by: (plan) => plan.updated_at, cell: (plan) => moment(plan.updated_at) },
    ];
    return () => html`
      <h1 tabindex="-1">${t('nav.goal_plans')}</h1>
      <p class="subtitle">${t('goal_plans.hint')}</p>
      ${problemView(plans.problem)}
      ${waiting(plans)}
      ${
        plans.value
          ? plans.value.length === 0
            ? html`<p class="none">${t('goal_plans.none')}</p>`
            : html`<${SortedTable} caption=${t('nav.goal_plans')} columns=${columns()} rows=${plans.value}
              rowKey=${(plan) => plan.id} isCaptionHidden=${true} />`
          : null
      }`;
  },
};

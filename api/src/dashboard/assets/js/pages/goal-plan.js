// A plan of goals: what is to be reached, what was reached, and what the linter finds in it.

import { computed, html } from '../view.js';
import { all, beyond, get, segment } from '../api.js';
import { count, fixed, isNumber, moment, NOTHING, percent, raw, signed, textOf, unitOf } from '../format.js';
import { useLoad } from '../load.js';
import { cityName, cityNames } from '../register.js';
import { route, setQuery } from '../router.js';
import { t, tOr } from '../text.js';
import { choice } from '../parts/choices.js';
import { Drawing } from '../parts/drawing.js';
import { cityLink, crumbs, nodeLink } from '../parts/links.js';
import { stateMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

export const GoalPlanPage = {
  props: { code: String },
  setup(props) {
    const path = `/goal-plans/${segment(props.code)}`;
    const plan = useLoad(
      () => props.code,
      (signal) => get(path, {}, { signal }),
    );
    const names = useLoad(() => '', cityNames);
    /** Assessments that can say what was reached: those of the plan's set with a period after the baseline, the newest first. */
    const assessments = useLoad(
      () => plan.value?.id ?? '',
      async (signal) => {
        if (!plan.value) return [];
        const { set, baseline } = plan.value.document;
        const isLater = (one) => one.summary?.periods.some((period) => period > baseline.period);
        const known = await beyond(() => all('/assessments', {}, { signal }));
        return (known ?? []).filter(
          (one) => one.state === 'succeeded' && one.set.code === set.code && one.set.version === set.version && isLater(one),
        );
      },
    );
    const chosen = computed(() => route.query.assessment ?? assessments.value?.[0]?.id ?? '');
    const monitoring = useLoad(
      () => [plan.value?.id, chosen.value],
      (signal) =>
        plan.value && chosen.value !== '' ? get(`${path}/monitoring`, { assessment: chosen.value }, { signal }) : null,
    );
    const lint = useLoad(
      () => plan.value?.id ?? '',
      (signal) => (plan.value ? beyond(() => get(`${path}/lint`, {}, { signal })) : null),
    );

    const rows = computed(() => {
      const standings = new Map((monitoring.value?.goals ?? []).map((one) => [one.goal, one]));
      return (plan.value?.document.goals ?? []).map((goal) => ({ goal, now: standings.get(goal.code) ?? null }));
    });
    const amount = (value, unit) => (isNumber(value) ? `${raw(value)} ${unitOf(unit)}` : NOTHING);
    const target = (goal) =>
      goal.target_level
        ? `${t('level')} ${goal.target_level}`
        : goal.deliverable
          ? textOf(goal.deliverable)
          : amount(goal.target_value, goal.unit);

    const columns = () => [
      {
        key: 'goal',
        title: t('goal'),
        isHeader: true,
        class: 'wide',
        cell: ({
          goal,
        }) => html`${textOf(goal.statement, goal.code)} <span
          class="code">${goal.code} · ${tOr(`goal_level.${goal.level}`, goal.level)}</span>
          ${goal.node && chosen.value ? html` <span
            class="code">${nodeLink(chosen.value, goal.node, goal.node, monitoring.value?.period)}</span>` : null}`,
      },
      { key: 'due', title: t('goal.due'), by: ({ goal }) => goal.due, cell: ({ goal }) => goal.due ?? NOTHING },
      { key: 'baseline', title: t('goal.baseline'), isNumber: true, cell: ({ goal }) => amount(goal.baseline_value, goal.unit) },
      { key: 'target', title: t('goal.target'), isNumber: true, cell: ({ goal }) => target(goal) },
      { key: 'expected', title: t('goal.expected'), isNumber: true, cell: ({ now }) => amount(now?.expected, now?.unit) },
      { key: 'actual', title: t('goal.actual'), isNumber: true, cell: ({ now }) => now?.level ?? amount(now?.actual, now?.unit) },
      {
        key: 'deviation',
        title: t('goal.deviation'),
        isNumber: true,
        by: ({ now }) => now?.deviation_years,
        cell: ({ now }) =>
          isNumber(now?.deviation_years) ? t('goal.years', { years: signed(now.deviation_years, 1) }) : NOTHING,
      },
      {
        key: 'progress',
        title: t('goal.progress'),
        class: 'with-bar',
        by: ({ now }) => now?.progress,
        cell: ({ now }) =>
          isNumber(now?.progress)
            ? html`<span class="bar" aria-hidden="true"><span
              style=${{ width: `${Math.max(0, Math.min(100, now.progress * 100))}%` }}></span></span><span
                class="figure">${percent(now.progress, 0)}</span>`
            : html`<span class="none">${NOTHING}</span>`,
      },
      {
        key: 'standing',
        title: t('goal.standing'),
        by: ({ now }) => now?.standing,
        cell: ({ now }) => (now ? html`<span class=${`state ${now.standing}`}>${tOr(`standing.${now.standing}`, now.standing)}
          </span>` : NOTHING),
      },
    ];

    const findings = () => {
      if (lint.problem) return problemView(lint.problem);
      if (!lint.value) return null;
      if (lint.value.findings.length === 0) return html`<p>${t('lint.clean')}</p>`;
      // A rule often finds the same in every goal: it is told once, with the goals below it.
      const rules = new Map();
      for (const finding of lint.value.findings) rules.set(finding.code, [...(rules.get(finding.code) ?? []), finding]);
      return [...rules].map(
        ([code, found]) => html`
        <details class="lever-group" key=${code}>
          <summary><span class=${`mark ${found[0].severity}`}>${tOr(`severity.${found[0].severity}`, found[0].severity)}</span>
            ${' '}${t('clause', { clause: found[0].clause })} <span class="code">${code}</span> · ${count(found.length)}</summary>
          <ul class="findings">${found.map(
            (finding) => html`
            <li key=${finding.pointer + finding.message}>${finding.message}${finding.waived ? html` <span
              class="mark">${t('lint.waived')}</span>` : null}
              <br /><span class="hint">${finding.hint}</span> <code>${finding.pointer}</code></li>`,
          )}</ul>
        </details>`,
      );
    };

    return () => {
      if (plan.problem) return html`<h1 tabindex="-1">${props.code}</h1>${problemView(plan.problem)}`;
      if (!plan.value) return html`<h1 tabindex="-1">${props.code}</h1>${waiting(plan)}`;
      const { document } = plan.value;
      const title = textOf(document.title, plan.value.code);
      return html`
        ${crumbs(
          [
            ['/goal-plans', t('nav.goal_plans')],
            [null, title],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${title}</h1>
        <p class="subtitle">${stateMark(plan.value.state)} · ${chosen.value ? cityLink(chosen.value, plan.value.city,
          cityName(names.value, plan.value.city)) : cityName(names.value, plan.value.city)}
          ${` · ${document.period.from} – ${document.period.to} · ${t('revision',
            { n: plan.value.revision })} · ${document.set.code} @ ${document.set.version}`}</p>
        ${
          document.statements?.length > 0
            ? html`<ul class="statements">${document.statements.map(
                (one) => html`
          <li key=${one.code}><strong>${tOr(`statement.${one.kind}`, one.kind)}</strong> ${textOf(one.text)}</li>`,
              )}</ul>`
            : null
        }
        <section><h2>${t('goal_plan.monitoring')}</h2>
          <div class="toolbar">${
            assessments.value?.length > 0
              ? choice(
                  t('goal_plan.by'),
                  chosen.value,
                  assessments.value.map((one) => [
                    one.id,
                    `${(one.summary?.periods ?? []).join(', ')} · ${moment(one.created_at)}`,
                  ]),
                  (id) => setQuery({ assessment: id }),
                )
              : html`<p class="hint">${t('goal_plan.no_assessment')}</p>`
          }</div>
          ${problemView(monitoring.problem)}
          ${
            monitoring.value
              ? html`<ul class="level-counts">${Object.entries(monitoring.value.counts).map(
                  ([standing, n]) => html`
            <li key=${standing}><span class=${`state ${standing}`}>${tOr(`standing.${standing}`, standing)}</span> <span
              class="figure">${count(n)}</span></li>`,
                )}</ul>`
              : null
          }
          <${SortedTable} caption=${t('goals')} columns=${columns()} rows=${rows.value} rowKey=${({ goal }) => goal.code}
            isCaptionHidden=${true} />
          <${Drawing} path=${`${path}/charts/goal-path.svg`} query=${{ assessment: chosen.value }} title=${t('goal_plan.path')} />
        </section>
        ${
          plan.value.former_targets.length > 0
            ? html`
          <section><h2>${t('goal_plan.former')}</h2><ul>${plan.value.former_targets.map(
            (one) => html`
            <li key=${one.goal + one.revision}>${one.goal}: ${one.target_level ?? fixed(one.target_value)}${one.due
              ? ` (${one.due})` : ''} · ${t('revision', { n: one.revision })} · ${one.reason} <span class="code">${one.approver}
                </span></li>`,
          )}</ul></section>`
            : null
        }
        <section><h2>${t('lint')}</h2>${findings()}</section>
        ${
          document.reference_plans?.length > 0
            ? html`
          <section><h2>${t('goal_plan.references')}</h2><ul>${document.reference_plans.map(
            (one) => html`
            <li key=${one.code}>${textOf(one.title, one.code)} <span class="code">${tOr(`reference.${one.kind}`, one.kind)}
              </span></li>`,
          )}</ul></section>`
            : null
        }`;
    };
  },
};

// The page of a node, usually an indicator: what it is, how it is measured and scored, how the cities lie on it, how it moves.

import { computed, html } from '../view.js';
import { get, once, optional, segment } from '../api.js';
import {
  assessmentOf,
  cardOf,
  levelsOf,
  levelsOfSummary,
  outlineOfCard,
  outlineOfSet,
  rankingOf,
  ROOT,
  scoresOf,
  setOf,
} from '../assessment.js';
import { count, fixed, isNumber, quantile, raw, textOf, unitOf } from '../format.js';
import { useLoad } from '../load.js';
import { pathOf, route } from '../router.js';
import { t } from '../text.js';
import { distribution, trend } from '../parts/charts.js';
import { periodChoice } from '../parts/choices.js';
import { definitionView } from '../parts/definition.js';
import { Files, tableFiles } from '../parts/files.js';
import { cityLink, crumbs, nodeLink } from '../parts/links.js';
import { coverageMark, levelMark, scoreBar } from '../parts/marks.js';
import { basisNotice } from '../parts/notices.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

export const NodePage = {
  props: { id: String, node: String },
  setup(props) {
    const main = useLoad(
      () => [props.id, props.node, route.query.period],
      async (signal) => {
        const query = { node: props.node, period: route.query.period };
        const [assessment, ranking] = await Promise.all([assessmentOf(props.id, signal), rankingOf(props.id, query)]);
        const [document, scores] = await Promise.all([
          setOf(assessment?.set),
          scoresOf(props.id, { node: props.node, period: ranking.period }),
        ]);
        const first = ranking.items[0]?.city;
        const outline = document
          ? outlineOfSet(document)
          : first
            ? outlineOfCard(await cardOf(props.id, first, ranking.period))
            : [];
        return { assessment, ranking, document, outline, rows: new Map(scores.map((row) => [row.city, row])) };
      },
      { keeps: true },
    );
    const weights = useLoad(
      () => [props.id, main.value?.ranking.period],
      async () => {
        if (!main.value) return null;
        const answer = await optional(
          once(get, `/assessments/${segment(props.id)}/weights`, { period: main.value.ranking.period }),
        );
        return answer?.items.find((row) => row.node === props.node) ?? null;
      },
    );
    const movement = useLoad(
      () => [props.id, props.node, main.value?.assessment?.summary?.periods],
      async () => {
        const periods = main.value?.assessment?.summary?.periods ?? [];
        if (periods.length < 2) return null;
        const pages = await Promise.all(periods.map((period) => rankingOf(props.id, { node: props.node, period })));
        const part = (share) =>
          pages.map((page) =>
            quantile(
              page.items.map((row) => row.score),
              share,
            ),
          );
        return { periods, low: part(0.25), middle: part(0.5), high: part(0.75) };
      },
    );

    const own = computed(() => main.value?.document?.nodes.find((node) => node.code === props.node));
    const place = computed(() => main.value?.outline.find((node) => node.code === props.node));
    const children = computed(() => main.value?.outline.filter((node) => node.parent === props.node) ?? []);
    const levels = computed(() => {
      const known = levelsOf(main.value?.document);
      return known.length > 0 ? known : levelsOfSummary(main.value?.assessment?.summary);
    });
    const fullMark = () => main.value?.document?.full_mark ?? 100;

    const way = () => {
      const steps = [];
      for (
        let node = place.value;
        node && node.code !== ROOT;
        node = main.value.outline.find((one) => one.code === node.parent)
      ) {
        steps.unshift([node.code === props.node ? null : pathOf('assessments', props.id, 'nodes', node.code), node.title]);
      }
      return [
        [pathOf('assessments', props.id), textOf(main.value.ranking.set_title)],
        ...(steps.length > 0 ? steps : [[null, ROOT]]),
      ];
    };

    const definition = () =>
      definitionView({
        node: own.value,
        weight: weights.value,
        unit: place.value?.unit,
        items: main.value.document?.items ?? [],
        children: children.value.map((below) => [below.code, nodeLink(props.id, below.code, below.title, main.value.ranking.period)]),
      });

    const columns = () => {
      const row = (ranked) => main.value.rows.get(ranked.city) ?? {};
      const isLeaf = place.value?.isLeaf;
      const isPercent = own.value?.indicator?.display === 'percent';
      return [
        { key: 'rank', title: t('rank'), isNumber: true, by: (one) => one.rank, cell: (one) => count(one.rank) },
        {
          key: 'city',
          title: t('city'),
          isHeader: true,
          by: (one) => one.name,
          cell: (one) =>
            html`${cityLink(props.id, one.city, one.name, main.value.ranking.period)} <span class="code">${one.city}</span>`,
        },
        {
          key: 'score',
          title: t('score'),
          class: 'with-bar',
          by: (one) => one.score,
          cell: (one) => scoreBar(one.score, one.shown, fullMark()),
        },
        ...(isLeaf
          ? [
              {
                key: 'value',
                title: `${t('value')}${isPercent ? ' (%)' : unitOf(place.value.unit) ? ` (${unitOf(place.value.unit)})` : ''}`,
                isNumber: true,
                by: (one) => row(one).value,
                cell: (one) =>
                  html`${isPercent && isNumber(row(one).value) ? fixed(row(one).value * 100)
                    : raw(row(one).value)}${row(one).imputed ? html` <span class="mark warning">${t('imputed')}</span>` : null}`,
              },
            ]
          : [
              {
                key: 'coverage',
                title: t('coverage'),
                isNumber: true,
                by: (one) => one.coverage,
                cell: (one) => coverageMark(one.coverage),
              },
            ]),
        ...(main.value.ranking.items.some((one) => one.level)
          ? [{ key: 'level', title: t('level'), cell: (one) => levelMark(one.level, levels.value) }]
          : []),
      ];
    };

    return () => {
      if (main.problem) return html`<h1 tabindex="-1">${props.node}</h1>${problemView(main.problem)}`;
      if (!main.value) return html`<h1 tabindex="-1">${props.node}</h1>${waiting(main)}`;
      const { assessment, ranking } = main.value;
      const scored = ranking.items.map((row) => row.score);
      const known = scored.filter(isNumber);
      return html`
        ${crumbs(way(), t('crumbs'))}
        <h1 tabindex="-1">${place.value?.title ?? props.node} <span class="code">${props.node}</span></h1>
        <p class="subtitle">${textOf(ranking.set_title)} · ${ranking.period}</p>
        ${basisNotice(assessment?.basis)}
        <div class="toolbar">${periodChoice(t('period'), assessment?.summary?.periods, ranking.period)}</div>
        <div class="pair">
          <section><h2>${t('definition')}</h2>${definition()}</section>
          <section><h2>${t('view.distribution')}</h2>
            <p class="hint">${t('distribution.summary', { n: count(known.length), of: count(scored.length),
              low: fixed(quantile(known, 0.25)), middle: fixed(quantile(known, 0.5)), high: fixed(quantile(known, 0.75)) })}</p>
            ${distribution(t('distribution.of', { node: place.value?.title ?? props.node }), scored, { fullMark: fullMark() })}
            ${problemView(movement.problem)}
            ${
              movement.value
                ? html`<h2>${t('trend')}</h2>
              ${trend(t('trend.of_cities'), movement.value.periods, [
                { name: t('quartile.middle'), values: movement.value.middle },
                { name: t('quartile.low'), values: movement.value.low },
                { name: t('quartile.high'), values: movement.value.high },
              ])}`
                : null
            }
          </section>
        </div>
        ${problemView(weights.problem)}
        <section><h2>${t('view.ranking')}</h2>
          <${SortedTable} caption=${t('ranking.caption', { node: props.node, period: ranking.period })} columns=${columns()}
            rows=${ranking.items}
            rowKey=${(row) => row.city} sortedBy="rank" isCaptionHidden=${true} />
        </section>
        <${Files} label=${t('files.ranking')}
          files=${tableFiles(`/assessments/${segment(props.id)}/ranking`, { node: props.node, period: ranking.period },
            ['csv', 'xlsx', 'json'])} />`;
    };
  },
};

// Cities side by side: their shapes over the top nodes, and every node with the best of them marked.

import { computed, html } from '../view.js';
import {
  assessmentOf,
  cardOf,
  levelsOf,
  levelsOfSummary,
  outlineOfCard,
  rankingOf,
  ROOT,
  setOf,
  topNodes,
} from '../assessment.js';
import { count, fixed, isNumber, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { pathOf, route, setQuery } from '../router.js';
import { t } from '../text.js';
import { choice, periodChoice } from '../parts/choices.js';
import { radar } from '../parts/charts.js';
import { cityLink, crumbs, nodeLink } from '../parts/links.js';
import { levelMark } from '../parts/marks.js';
import { basisNotice } from '../parts/notices.js';
import { problemView, waiting } from '../parts/problem.js';
import { scrolled } from '../parts/table.js';

/** More lines than this nobody tells apart. */
const MOST = 6;

export const ComparePage = {
  props: { id: String },
  setup(props) {
    const codes = computed(() =>
      (route.query.cities ?? '')
        .split(',')
        .filter((code) => code !== '')
        .slice(0, MOST),
    );
    const frame = useLoad(
      () => [props.id, route.query.period],
      async (signal) => {
        const [assessment, ranking] = await Promise.all([
          assessmentOf(props.id, signal),
          rankingOf(props.id, { period: route.query.period }),
        ]);
        const document = await setOf(assessment?.set);
        const known = levelsOf(document);
        return {
          assessment,
          ranking,
          fullMark: document?.full_mark ?? 100,
          levels: known.length > 0 ? known : levelsOfSummary(assessment?.summary),
        };
      },
      { keeps: true },
    );
    const chosen = computed(() =>
      codes.value.length > 0 ? codes.value : (frame.value?.ranking.items.slice(0, 2).map((row) => row.city) ?? []),
    );
    const cards = useLoad(
      () => [props.id, frame.value?.ranking.period, chosen.value],
      async () =>
        frame.value ? Promise.all(chosen.value.map((city) => cardOf(props.id, city, frame.value.ranking.period))) : null,
    );

    const choose = (list) => setQuery({ cities: list.join(',') });
    const add = (city) => {
      if (city !== '') choose([...chosen.value, city]);
    };
    const remove = (city) => choose(chosen.value.filter((one) => one !== city));

    const chooser = () => {
      const names = new Map(frame.value.ranking.items.map((row) => [row.city, row.name]));
      const others = frame.value.ranking.items.filter((row) => !chosen.value.includes(row.city));
      return html`
        <ul class="chips">${chosen.value.map(
          (city) => html`
          <li key=${city}><span>${names.get(city) ?? city}</span>
            ${chosen.value.length > 1 ? html`<button type="button"
              aria-label=${t('compare.remove', { city: names.get(city) ?? city })}
                onClick=${() => remove(city)}>×</button>` : null}</li>`,
        )}</ul>
        ${
          chosen.value.length < MOST
            ? choice(t('compare.add'), '', [['', t('compare.choose')], ...others.map((row) => [row.city, row.name])], add)
            : html`<p class="hint">${t('compare.most', { n: MOST })}</p>`
        }`;
    };

    const comparison = () => {
      const outline = outlineOfCard(cards.value[0]);
      const rows = cards.value.map((card) => new Map(card.nodes.map((node) => [node.node, node])));
      const tops = topNodes(outline);
      const scoreOf = (place, code) => rows[place].get(code)?.score ?? null;
      const cell = (place, code) => {
        const values = rows.map((_, other) => scoreOf(other, code)).filter(isNumber);
        const value = scoreOf(place, code);
        if (!isNumber(value)) return html`<td class="number" key=${place}><span class="none">${t('score.none')}</span></td>`;
        const isBest = values.length > 1 && value === Math.max(...values) && value > Math.min(...values);
        return html`<td class="number" key=${place}>${isBest ? html`<strong>${fixed(value)}<span
          class="unseen"> ${t('compare.best')}</span></strong>` : fixed(value)}</td>`;
      };
      return html`
        ${radar(
          t('compare.radar'),
          tops,
          cards.value.map((card, place) => ({ name: card.name, values: tops.map((node) => scoreOf(place, node.code)) })),
          { fullMark: frame.value.fullMark, height: 420 },
        )}
        <p class="hint">${t('compare.hint')}</p>
        ${scrolled(
          t('compare.table'),
          html`
          <table class="tree">
            <caption>${t('compare.table')}</caption>
            <thead><tr><th scope="col">${t('node')}</th>${cards.value.map(
              (card) => html`
              <th scope="col" class="number" key=${card.city}>${cityLink(props.id, card.city, card.name, card.period)}</th>`,
            )}</tr></thead>
            <tbody>
              <tr><th scope="row">${t('rank')}</th>${rows.map((row, place) => html`<td class="number"
                key=${place}>${count(row.get(ROOT)?.rank)}</td>`)}</tr>
              <tr><th scope="row">${t('level')}</th>${rows.map((row, place) => html`<td class="number"
                key=${place}>${levelMark(row.get(ROOT)?.level, frame.value.levels)}</td>`)}</tr>
              ${outline.map(
                (node) => html`
                <tr key=${node.code} class=${`depth-${Math.min(node.depth, 5)}`}>
                  <th scope="row">${nodeLink(props.id, node.code, node.title, cards.value[0].period)} <span
                    class="code">${node.code}</span></th>
                  ${rows.map((_, place) => cell(place, node.code))}
                </tr>`,
              )}
            </tbody>
          </table>`,
        )}`;
    };

    return () => {
      if (frame.problem) return html`<h1 tabindex="-1">${t('compare')}</h1>${problemView(frame.problem)}`;
      if (!frame.value) return html`<h1 tabindex="-1">${t('compare')}</h1>${waiting(frame)}`;
      const { assessment, ranking } = frame.value;
      return html`
        ${crumbs(
          [
            [pathOf('assessments', props.id), textOf(ranking.set_title)],
            [null, t('compare')],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${t('compare')}</h1>
        <p class="subtitle">${textOf(ranking.set_title)} · ${ranking.period}</p>
        ${basisNotice(assessment?.basis)}
        <div class="toolbar">${periodChoice(t('period'), assessment?.summary?.periods, ranking.period)}${chooser()}</div>
        ${problemView(cards.problem)}
        ${cards.value?.length > 0 ? comparison() : waiting(cards)}`;
    };
  },
};

// What if a city had other raw values: sliders that are answered while they are dragged. Nothing is kept.

import { computed, html, nextTick, reactive, ref, shallowRef } from '../view.js';
import { segment, sendJson } from '../api.js';
import { assessmentOf, cardOf, explanationOf, levelsOf, outlineOfCard, ROOT, scoresOf, setOf, topNodes } from '../assessment.js';
import { count, fixed, isNumber, median, signed, textOf } from '../format.js';
import { latestOnly, whenQuiet } from '../latest.js';
import { useLoad } from '../load.js';
import { pathOf, route } from '../router.js';
import { leversOf } from '../supposed.js';
import { t } from '../text.js';
import { radar } from '../parts/charts.js';
import { LeverView } from '../parts/lever.js';
import { crumbs } from '../parts/links.js';
import { changeMark, figure, levelMark } from '../parts/marks.js';
import { basisNotice } from '../parts/notices.js';
import { problemView, waiting } from '../parts/problem.js';
import { scrolled } from '../parts/table.js';

/** How long a screen reader is left in peace while values still move. */
const QUIET_MS = 600;

export const WhatIfPage = {
  props: { id: String, city: String },
  setup(props) {
    const changes = reactive(new Map());
    const answer = shallowRef(null);
    const problem = shallowRef(null);
    const spoken = ref('');
    const filter = ref('');

    const base = useLoad(
      () => [props.id, props.city, route.query.period],
      async (signal) => {
        const [card, assessment] = await Promise.all([
          cardOf(props.id, props.city, route.query.period),
          assessmentOf(props.id, signal),
        ]);
        const outline = outlineOfCard(card);
        const tops = topNodes(outline);
        const [document, explanation, ...pages] = await Promise.all([
          setOf(assessment?.set),
          explanationOf(props.id, props.city, { node: ROOT, period: card.period }),
          ...tops.map((node) => scoresOf(props.id, { node: node.code, period: card.period })),
        ]);
        return {
          card,
          assessment,
          outline,
          tops,
          levels: levelsOf(document),
          fullMark: document?.full_mark ?? 100,
          levers: explanation ? leversOf(explanation.node, document) : null,
          medians: pages.map((rows) => median(rows.map((row) => row.score))),
        };
      },
      { keeps: true },
    );

    const speak = whenQuiet((text) => {
      spoken.value = text;
    }, QUIET_MS);
    const ask = latestOnly(async () => {
      const started = performance.now();
      try {
        if (changes.size === 0) {
          answer.value = null;
        } else {
          answer.value = await sendJson('POST', `/assessments/${segment(props.id)}/what-if`, {
            period: base.value.card.period,
            changes: [...changes].map(([item, value]) => ({ city: props.city, item, value })),
          });
        }
        problem.value = null;
      } catch (error) {
        problem.value = error;
      }
      await nextTick();
      performance.measure('what-if', { start: started, end: performance.now() });
      if (total.value)
        speak(t('what_if.spoken', { total: fixed(total.value.after), change: signed(total.value.after - total.value.before) }));
    });

    const change = (lever, value) => {
      if (value === lever.value || (value === null && lever.value === null)) changes.delete(lever.item);
      else changes.set(lever.item, value);
      ask();
    };
    const reset = () => {
      changes.clear();
      ask();
    };

    const own = computed(
      () => new Map((answer.value?.results ?? []).filter((row) => row.city === props.city).map((row) => [row.node, row])),
    );
    const before = computed(() => new Map((base.value?.card.nodes ?? []).map((node) => [node.node, node])));
    const scoreAfter = (code) => {
      const row = own.value.get(code);
      return row ? (row.score_after ?? null) : (before.value.get(code)?.score ?? null);
    };
    const total = computed(() => {
      const node = before.value.get(ROOT);
      if (!node) return null;
      const row = own.value.get(ROOT);
      return {
        before: node.score ?? null,
        after: row ? (row.score_after ?? null) : (node.score ?? null),
        level: row ? row.level_after : node.level,
        levelBefore: node.level,
        rank: row ? row.rank_after : node.rank,
        rankBefore: node.rank,
      };
    });
    const moved = computed(() =>
      (base.value?.outline ?? [])
        .filter((node) => own.value.has(node.code) && node.code !== ROOT)
        .map((node) => ({ ...node, row: own.value.get(node.code) }))
        .filter(({ row }) => row.score_after !== row.score_before),
    );

    const groups = () => {
      const wanted = filter.value.trim().toLowerCase();
      const fits = (lever) => wanted === '' || `${textOf(lever.title)} ${lever.item}`.toLowerCase().includes(wanted);
      return base.value.tops.map((node, place) => {
        const levers = base.value.levers.filter((lever) => lever.group === node.code && fits(lever));
        return levers.length === 0
          ? null
          : html`
          <details class="lever-group" key=${node.code} open=${place === 0 || wanted !== ''}>
            <summary>${node.title} <span class="figure"><${Live} text=${() => fixed(scoreAfter(node.code))} /></span></summary>
            ${levers.map(
              (lever) => html`
              <${LeverView} key=${lever.item} lever=${lever} changes=${changes} onMove=${change} />`,
            )}
          </details>`;
      });
    };

    const outcome = () => {
      const { card, tops, levels, fullMark, medians } = base.value;
      const now = total.value;
      return html`
        <dl class="figures">
          ${figure(t('total'), html`<strong class="big">${fixed(now.after)}
            </strong>`, isNumber(now.after) && isNumber(now.before) ? changeMark(now.after - now.before) : null)}
          ${levels.length === 0 ? null : figure(t('level'), levelMark(now.level, levels), now.level !== now.levelBefore
            ? t('what_if.level_was', { level: levels.find((one) => one.code === now.levelBefore)?.title ?? now.levelBefore
              ?? '' }) : null)}
          ${figure(t('rank'), html`<strong class="big">${count(now.rank)}
            </strong> / ${count(card.cohort)}`, isNumber(now.rank) && isNumber(now.rankBefore) && now.rank !== now.rankBefore
              ? t('what_if.rank_was', { rank: count(now.rankBefore) }) : null)}
        </dl>
        ${radar(
          t('what_if.radar'),
          tops,
          [
            { name: t('what_if.supposed'), values: tops.map((node) => scoreAfter(node.code)) },
            { name: t('what_if.now'), values: tops.map((node) => before.value.get(node.code)?.score ?? null) },
            { name: t('peer_median'), values: medians },
          ],
          { fullMark, height: 320, isLive: true },
        )}
        ${
          moved.value.length > 0
            ? scrolled(
                t('what_if.moved'),
                html`
          <table><caption>${t('what_if.moved')}</caption>
            <thead><tr><th scope="col">${t('node')}</th><th scope="col" class="number">${t('what_if.now')}</th><th scope="col"
              class="number">${t('what_if.supposed')}</th><th scope="col" class="number">${t('change')}</th></tr></thead>
            <tbody>${moved.value.map(
              ({ code, title, row }) => html`
              <tr key=${code}><th scope="row">${title} <span class="code">${code}</span></th><td
                class="number">${fixed(row.score_before)}</td><td class="number">${fixed(row.score_after)}</td>
                <td class="number">${isNumber(row.score_after) && isNumber(row.score_before)
                  ? changeMark(row.score_after - row.score_before) : ''}</td></tr>`,
            )}</tbody>
          </table>`,
              )
            : html`<p class="hint">${changes.size === 0 ? t('what_if.drag') : t('what_if.unmoved')}</p>`
        }
        ${answer.value?.fits === 'kept' ? html`<p class="hint">${t('what_if.kept')}</p>` : null}`;
    };

    return () => {
      if (base.problem) return html`<h1 tabindex="-1">${t('what_if')}</h1>${problemView(base.problem)}`;
      if (!base.value) return html`<h1 tabindex="-1">${t('what_if')}</h1>${waiting(base)}`;
      const { card, assessment, levers } = base.value;
      return html`
        ${crumbs(
          [
            [pathOf('assessments', props.id), textOf(card.set_title)],
            [pathOf('assessments', props.id, 'cities', props.city), card.name],
            [null, t('what_if')],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${t('what_if.of', { city: card.name })}</h1>
        <p class="subtitle">${textOf(card.set_title)} · ${card.period}</p>
        ${basisNotice(assessment?.basis)}
        <p class="unseen" role="status" aria-live="polite"><${Live} text=${() => spoken.value} /></p>
        ${
          levers === null
            ? html`<p>${t('not_for_you')}</p>`
            : html`
          <div class="split">
            <section class="levers" aria-label=${t('what_if.values')}>
              <div class="toolbar">
                <label class="choice">${t('filter')}<input type="search" value=${filter.value} onInput=${(event) => {
                  filter.value = event.target.value;
                }} /></label>
                <${Live} text=${() => html`<button type="button" class="secondary" disabled=${changes.size === 0}
                  onClick=${reset}>${t('what_if.reset', { n: changes.size })}</button>`} />
              </div>
              ${groups()}
            </section>
            <section class="outcome" aria-label=${t('what_if.outcome')}><${Live}
              text=${() => html`${problemView(problem.value)}${outcome()}`} /></section>
          </div>`
        }`;
    };
  },
};

/** What alone is drawn anew when an answer comes: a page of sliders is too much to draw while one of them is dragged. */
const Live = {
  props: { text: Function },
  setup(props) {
    return () => props.text();
  },
};

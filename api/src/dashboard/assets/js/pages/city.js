// The page of a city: where it stands, its shape, how it moves, what is strong and weak, what its gaps are, and why.

import { computed, html, ref } from '../view.js';
import { all, beyond, segment } from '../api.js';
import {
  assessmentOf,
  cardOf,
  levelsOf,
  levelsOfSummary,
  outlineOfCard,
  percentsOf,
  rankingOf,
  ROOT,
  scoresOf,
  setOf,
  statisticsOf,
  topNodes,
  uncertaintyOf,
} from '../assessment.js';
import { count, fixed, isNumber, measured, median, percent, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { pathOf, route } from '../router.js';
import { t, tOr } from '../text.js';
import { pointsOf } from '../trends.js';
import { periodChoice } from '../parts/choices.js';
import { distribution, radar, trend } from '../parts/charts.js';
import { DrawingWhenSeen } from '../parts/drawing.js';
import { ExplainDrawer } from '../parts/explain.js';
import { Files, tableFiles } from '../parts/files.js';
import { Gaps } from '../parts/gaps.js';
import { action, crumbs, link, nodeLink, offered } from '../parts/links.js';
import { changeMark, coverageMark, figure, levelMark, rangeOf } from '../parts/marks.js';
import { NodeTable } from '../parts/node-table.js';
import { basisNotice } from '../parts/notices.js';
import { problemView, waiting } from '../parts/problem.js';
import { intervalText } from './assessment.js';

/** How many strengths and weaknesses are listed. */
const LISTED = 5;

const DRAWINGS = ['score-card', 'wheel', 'intervals'];

export const CityPage = {
  props: { id: String, city: String },
  setup(props) {
    const wantedPeriod = () => route.query.period;
    const explained = ref('');

    const card = useLoad(
      () => [props.id, props.city, wantedPeriod()],
      async (signal) => {
        const [own, assessment] = await Promise.all([
          cardOf(props.id, props.city, wantedPeriod()),
          assessmentOf(props.id, signal),
        ]);
        return { ...own, assessmentItself: assessment };
      },
      { keeps: true },
    );
    const period = () => card.value?.period;
    const outline = computed(() => (card.value ? outlineOfCard(card.value) : []));
    const tops = computed(() => topNodes(outline.value));

    const set = useLoad(
      () => card.value?.assessmentItself?.set ?? null,
      () => setOf(card.value?.assessmentItself?.set),
    );
    const levels = computed(() => {
      const known = levelsOf(set.value);
      return known.length > 0 ? known : levelsOfSummary(card.value?.assessmentItself?.summary);
    });
    const percents = computed(() => percentsOf(set.value));
    const fullMark = () => set.value?.full_mark ?? 100;

    const peers = useLoad(
      () => [props.id, period(), tops.value.map((node) => node.code)],
      async () => {
        if (!card.value) return null;
        const [ranking, uncertainty, ...pages] = await Promise.all([
          rankingOf(props.id, { period: period() }),
          uncertaintyOf(props.id, period()),
          ...tops.value.map((node) => scoresOf(props.id, { node: node.code, period: period() })),
        ]);
        const best = ranking.items[0];
        return {
          ranking,
          interval: uncertainty?.cities.get(props.city) ?? null,
          best,
          medians: pages.map((rows) => median(rows.map((row) => row.score))),
          ofBest: pages.map((rows) => rows.find((row) => row.city === best?.city)?.score ?? null),
        };
      },
    );
    const points = useLoad(
      () => [props.id, props.city],
      () => pointsOf(props.id, props.city, ROOT),
    );
    const standings = useLoad(
      () => [props.id, props.city, period()],
      () => (period() ? statisticsOf(props.id, { what: 'standings', city: props.city, period: period(), most: LISTED }) : null),
    );
    const plans = useLoad(
      () => props.city,
      async (signal) => {
        const [goals, roadmaps] = await Promise.all([
          beyond(() => all('/goal-plans', { city: props.city }, { signal })),
          beyond(() => all('/roadmaps', { city: props.city }, { signal })),
        ]);
        return { goals: goals ?? [], roadmaps: roadmaps ?? [] };
      },
    );

    const total = computed(() => card.value?.nodes.find((node) => node.node === ROOT));
    /** The change to the period before, where the set is the same. */
    const change = computed(() => {
      const known = points.value?.points ?? [];
      const place = known.findIndex((point) => point.period === period());
      const [before, own] = [known[place - 1], known[place]];
      if (!before || own.isBreak || !isNumber(before.score) || !isNumber(own.score)) return null;
      return { by: own.score - before.score, since: before.period };
    });

    const figures = () => {
      const own = total.value;
      const interval = intervalText(peers.value?.interval);
      return html`
        <dl class="figures">
          ${figure(
            t('total'),
            isNumber(own.score)
              ? html`<strong class="big">${fixed(own.score)}</strong>`
              : html`<span class="none">${t('score.none')}</span>`,
            rangeOf(own) ? t('range.of', { range: rangeOf(own) }) : null,
          )}
          ${own.level || levels.value.length > 0 ? figure(t('level'), levelMark(own.level, levels.value)) : null}
          ${figure(
            t('rank'),
            isNumber(own.rank)
              ? html`<strong class="big">${count(own.rank)}</strong> / ${count(card.value.cohort)}`
              : html`<span class="none">${t('score.none')}</span>`,
            interval ? t('interval.of', { interval }) : peers.value ? t('interval.none') : null,
          )}
          ${figure(t('coverage'), coverageMark(own.coverage))}
          ${change.value ? figure(t('change.since', { period: change.value.since }), changeMark(change.value.by)) : null}
        </dl>`;
    };

    const shape = () => {
      if (peers.problem) return problemView(peers.problem);
      if (!peers.value) return waiting(peers);
      const scores = new Map(card.value.nodes.map((node) => [node.node, node.score ?? null]));
      return radar(
        t('radar.of', { city: card.value.name }),
        tops.value,
        [
          { name: card.value.name, values: tops.value.map((node) => scores.get(node.code) ?? null) },
          { name: t('peer_median'), values: peers.value.medians },
          ...(peers.value.best && peers.value.best.city !== props.city
            ? [{ name: `${t('best')}: ${peers.value.best.name}`, values: peers.value.ofBest }]
            : []),
        ],
        { fullMark: fullMark() },
      );
    };

    const movement = () => {
      if (points.problem) return problemView(points.problem);
      if (!points.value) return waiting(points);
      const known = points.value.points;
      if (known.length < 2) {
        return html`<p class="none">${t('trend.one')}</p>
          ${
            peers.value
              ? distribution(
                  t('distribution.with', { city: card.value.name }),
                  peers.value.ranking.items.map((row) => row.score),
                  { own: { name: card.value.name, value: total.value.score }, fullMark: fullMark() },
                )
              : null
          }`;
      }
      const periods = known.map((point) => point.period);
      const breaks = known.map((point, place) => place > 0 && point.isBreak);
      const notes = known.filter((point, place) => breaks[place] && point.note);
      return html`
        ${trend(t('trend.of_total', { city: card.value.name }), periods, [{ name: t('total'),
          values: known.map((point) => point.score), breaks }])}
        ${notes.map((point) => html`<p class="hint" key=${point.period}>${point.period}: ${point.note}</p>`)}
        ${trend(t('trend.of_rank', { city: card.value.name }), periods, [{ name: t('rank'),
          values: known.map((point) => point.rank), breaks }], { isRank: true, height: 200 })}`;
    };

    const standingList = (kind) => {
      const rows = (standings.value ?? []).filter((row) => row.standing === kind);
      if (rows.length === 0) return html`<p class="none">${t('standing.none')}</p>`;
      return html`<ol class="standings">${rows.map(
        (row) => html`
        <li key=${row.node}>
          <span>${nodeLink(props.id, row.node, row.title, period())} <span
            class="code">${isNumber(row.value) ? measured(row.value, row.unit, percents.value.has(row.node)) : ''}</span></span>
          <span class="figure">${fixed(row.score)} <span
            class="code">${t('rank.of', { rank: count(row.rank), n: count(row.cities) })}</span></span>
        </li>`,
      )}</ol>`;
    };

    const strengths = () => {
      if (standings.problem) return problemView(standings.problem);
      if (standings.isLoading && !standings.value) return waiting(standings);
      if (!standings.value) return html`<p>${t('not_for_you')}</p>`;
      return html`<div class="pair">
        <div><h3>${t('strengths')}</h3>${standingList('strength')}</div>
        <div><h3>${t('weaknesses')}</h3>${standingList('weakness')}</div></div>`;
    };

    const further = () => {
      const { goals, roadmaps } = plans.value ?? { goals: [], roadmaps: [] };
      if (goals.length === 0 && roadmaps.length === 0) return null;
      return html`
        <section><h2>${t('plans')}</h2>
          ${
            goals.length > 0
              ? html`<ul>${goals.map(
                  (plan) => html`
            <li key=${plan.id}>${link(pathOf('goal-plans', plan.code), textOf(plan.document.title,
              plan.code))} · ${tOr(`state.${plan.state}`, plan.state)}</li>`,
                )}</ul>`
              : null
          }
          ${roadmaps.map(
            (roadmap) => html`
            <details class="twin" key=${roadmap.id}>
              <summary>${t('roadmap')}: ${textOf(roadmap.title)} (${t('points_gained',
                { points: fixed(roadmap.points) })})</summary>
              <p>${link(pathOf('roadmaps', roadmap.id), t('own_page'))}</p>
              <${DrawingWhenSeen} path=${`/roadmaps/${segment(roadmap.id)}/charts/roadmap.svg`} query=${{}}
                title=${textOf(roadmap.title)} /></details>`,
          )}
        </section>`;
    };

    return () => {
      if (card.problem) return html`<h1 tabindex="-1">${props.city}</h1>${problemView(card.problem)}`;
      if (!card.value) return html`<h1 tabindex="-1">${props.city}</h1>${waiting(card)}`;
      const own = card.value;
      const chart = (name) => ({
        path: `/assessments/${segment(props.id)}/charts/${name}.svg`,
        query: { city: props.city, period: own.period },
      });
      return html`
        ${crumbs(
          [
            [pathOf('assessments', props.id), textOf(own.set_title)],
            [null, own.name],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${own.name} <span class="code">${props.city}</span></h1>
        <p class="subtitle">${textOf(own.set_title)} · ${own.period}</p>
        ${basisNotice(own.assessmentItself?.basis)}
        <div class="toolbar">
          ${periodChoice(t('period'), own.assessmentItself?.summary?.periods, own.period)}
          ${action(pathOf('assessments', props.id, 'cities', props.city, 'what-if'), t('what_if'), { period: own.period })}
          ${action(pathOf('assessments', props.id, 'compare'), t('compare'), { cities: [props.city,
            peers.value?.best?.city].filter((one, place, those) => one && those.indexOf(one) === place).join(','),
              period: own.period })}
        </div>
        ${total.value ? figures() : null}
        ${isNumber(total.value?.coverage) && total.value.coverage < 1 ? html`<p
          class="hint">${t('coverage.hint', { coverage: percent(total.value.coverage) })}</p>` : null}
        <div class="pair">
          <section><h2>${t('radar')}</h2>${shape()}</section>
          <section><h2>${t('trend')}</h2>${movement()}</section>
        </div>
        <section><h2>${t('standings')}</h2>${strengths()}</section>
        <section><h2>${t('card.nodes')}</h2>
          <${NodeTable} id=${props.id} period=${own.period} nodes=${own.nodes} percents=${percents.value} fullMark=${fullMark()}
            onExplain=${(
            node,
          ) => {
            explained.value = node;
          }} />
        </section>
        ${offered(
          () => html`
        <section><h2>${t('gaps')}</h2><${Gaps} id=${props.id} city=${props.city} period=${own.period} /></section>`,
        )}
        ${further()}
        <section><h2>${t('drawings')}</h2>
          ${DRAWINGS.map(
            (name) => html`
            <details class="twin" key=${name}><summary>${t(`drawing.${name}`)}</summary><${DrawingWhenSeen} ...${chart(name)}
              title=${`${t(`drawing.${name}`)} · ${own.name}`} /></details>`,
          )}
        </section>
        ${
          own.warnings.length > 0
            ? html`
          <section><h2>${t('warnings')}</h2><ul class="warnings">${own.warnings.map(
            (warning) => html`
            <li>${warning.message} <span class="code">${warning.code}</span></li>`,
          )}</ul></section>`
            : null
        }
        <${Files} label=${t('files.card')}
          files=${tableFiles(`/assessments/${segment(props.id)}/cities/${segment(props.city)}`, { period: own.period })} />
        <${ExplainDrawer} id=${props.id} city=${props.city} name=${own.name} period=${own.period} node=${explained.value}
          outline=${outline.value}
          warnings=${own.warnings} onGo=${(node) => {
            explained.value = node;
          }} onClose=${() => {
            explained.value = '';
          }} />`;
    };
  },
};

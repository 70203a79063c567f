// A roadmap: which projects are done when, what is spent, and where the city stands year by year.

import { computed, html } from '../view.js';
import { get, segment } from '../api.js';
import { levelsOf, setOf } from '../assessment.js';
import { count, fixed, isNumber, NOTHING, percent, raw, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { cityName, cityNames } from '../register.js';
import { pathOf } from '../router.js';
import { t, tOr } from '../text.js';
import { Drawing } from '../parts/drawing.js';
import { Files, tableFiles } from '../parts/files.js';
import { crumbs } from '../parts/links.js';
import { figure, levelMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

const TABLES = ['schedule', 'spend', 'expected'];

export const RoadmapPage = {
  props: { id: String },
  setup(props) {
    const path = `/roadmaps/${segment(props.id)}`;
    const found = useLoad(
      () => props.id,
      (signal) => get(path, {}, { signal }),
    );
    const names = useLoad(() => '', cityNames);
    const set = useLoad(
      () => found.value?.set ?? null,
      () => setOf(found.value?.set),
    );
    const levels = computed(() => levelsOf(set.value));
    const titles = computed(() => new Map((found.value?.schedule ?? []).map((one) => [one.project, textOf(one.title)])));
    const named = (codes) => codes.map((code) => titles.value.get(code) ?? code).join(t('list.comma'));

    const why = (one) => {
      if (!one.dropped) return '';
      const because = one.because_of ? ` (${titles.value.get(one.because_of) ?? one.because_of})` : '';
      return `${tOr(`roadmap.dropped.${one.dropped}`, one.dropped)}${because}`;
    };
    const projects = () => [
      { key: 'order', title: t('roadmap.order'), isNumber: true, by: (one) => one.order, cell: (one) => count(one.order) },
      {
        key: 'project',
        title: t('roadmap.project'),
        isHeader: true,
        class: 'wide',
        by: (one) => textOf(one.title, one.project),
        cell: (one) => html`${textOf(one.title, one.project)} <span class="code">${one.project}</span>
          ${one.critical ? html` <span class="mark">${t('roadmap.critical')}</span>` : null}`,
      },
      { key: 'start', title: t('roadmap.start'), isNumber: true, by: (one) => one.start, cell: (one) => one.start ?? NOTHING },
      { key: 'end', title: t('roadmap.end'), isNumber: true, by: (one) => one.end, cell: (one) => one.end ?? NOTHING },
      { key: 'cost', title: t('roadmap.cost'), isNumber: true, by: (one) => one.cost, cell: (one) => raw(one.cost) },
      {
        key: 'slack',
        title: t('roadmap.slack'),
        isNumber: true,
        by: (one) => one.slack_years,
        cell: (one) => count(one.slack_years),
      },
      { key: 'dropped', title: t('roadmap.dropped'), by: (one) => one.dropped, cell: why },
    ];
    const spending = () => [
      { key: 'year', title: t('roadmap.year'), isHeader: true, by: (one) => one.year, cell: (one) => one.year },
      {
        key: 'budget',
        title: t('roadmap.budget'),
        isNumber: true,
        by: (one) => one.budget,
        cell: (one) => (isNumber(one.budget) ? raw(one.budget) : t('roadmap.budget.total')),
      },
      {
        key: 'available',
        title: t('roadmap.available'),
        isNumber: true,
        by: (one) => one.available,
        cell: (one) => raw(one.available),
      },
      { key: 'spent', title: t('roadmap.spent'), isNumber: true, by: (one) => one.spent, cell: (one) => raw(one.spent) },
    ];
    const years = () => [
      { key: 'year', title: t('roadmap.year'), isHeader: true, by: (one) => one.year, cell: (one) => one.year },
      { key: 'score', title: t('total'), isNumber: true, by: (one) => one.score, cell: (one) => fixed(one.score) },
      { key: 'level', title: t('level'), cell: (one) => levelMark(one.level, levels.value) },
      {
        key: 'points',
        title: t('roadmap.points_gained'),
        isNumber: true,
        by: (one) => one.points_gained,
        cell: (one) => fixed(one.points_gained),
      },
      { key: 'at_work', title: t('roadmap.at_work'), class: 'wide', cell: (one) => named(one.at_work) || NOTHING },
    ];
    const shrunk = () => [
      {
        key: 'share',
        title: t('roadmap.shrunk.share'),
        isHeader: true,
        by: (one) => one.share,
        cell: (one) => percent(one.share, 0),
      },
      {
        key: 'points',
        title: t('roadmap.points_gained'),
        isNumber: true,
        by: (one) => one.points,
        cell: (one) => fixed(one.points),
      },
      {
        key: 'feasible',
        title: t('roadmap.shrunk.feasible'),
        cell: (one) => (typeof one.feasible === 'boolean' ? t(one.feasible ? 'yes' : 'no') : t('roadmap.unknown')),
      },
      { key: 'dropped', title: t('roadmap.shrunk.dropped'), class: 'wide', cell: (one) => named(one.dropped) || NOTHING },
    ];
    const stageView = (stage) => html`
      <li key=${stage.from}>
        <strong>${textOf(stage.title)}</strong> ${stage.from} – ${stage.to}
        ${isNumber(stage.score) ? html` · ${t('total')} ${fixed(stage.score)} ${levelMark(stage.level, levels.value)}` : null}
        ${stage.begins.length > 0 ? html`<p>${t('roadmap.begins')}${named(stage.begins)}</p>` : null}
        ${stage.ends.length > 0 ? html`<p>${t('roadmap.ends')}${named(stage.ends)}</p>` : null}
        ${
          stage.tasks.length > 0
            ? html`<ul>${stage.tasks.map((task) => html`<li key=${textOf(task)}>${textOf(task)}</li>`)}</ul>`
            : null
        }
      </li>`;
    const table = (caption, columns, rows, key) => html`
      <section><h2>${caption}</h2>
        <${SortedTable} caption=${caption} columns=${columns} rows=${rows} rowKey=${key} isCaptionHidden=${true} /></section>`;

    return () => {
      if (found.problem) return html`<h1 tabindex="-1">${t('roadmap')}</h1>${problemView(found.problem)}`;
      if (!found.value) return html`<h1 tabindex="-1">${t('roadmap')}</h1>${waiting(found)}`;
      const own = found.value;
      const title = textOf(own.document.title, t('roadmap'));
      const city = cityName(names.value, own.city);
      const done = own.schedule.filter((one) => isNumber(one.start));
      const unit = own.document.unit ? ` (${own.document.unit})` : '';
      return html`
        ${crumbs(
          [
            [pathOf('assessments', own.assessment), `${own.set.code} @ ${own.set.version}`],
            [pathOf('assessments', own.assessment, 'cities', own.city), city],
            [null, t('roadmap')],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${title}</h1>
        <p class="subtitle">${t('roadmap')} · ${city} · ${t('roadmap.from', { period: own.period })}</p>
        <dl class="figures">
          ${figure(t('roadmap.points_gained'), html`<strong class="big">${fixed(own.points)}</strong>`, t('roadmap.points.hint'))}
          ${figure(t('roadmap.done'), count(done.length), t('summary.of', { n: count(own.schedule.length) }))}
          ${figure(t('roadmap.proof'), t(own.optimal ? 'roadmap.optimal' : 'roadmap.not_proven'))}
          ${figure(t('roadmap.critical_path'), count(own.critical_years), t('roadmap.critical_path.years'))}
        </dl>
        <${Drawing} path=${`${path}/charts/roadmap.svg`} query=${{}} title=${title} />
        ${table(`${t('roadmap.projects')}${unit}`, projects(), own.schedule, (one) => one.project)}
        ${own.critical_path.length > 0 ? html`<p>${t('roadmap.critical_path')}: ${named(own.critical_path)}</p>` : null}
        <section><h2>${t('roadmap.stages')}</h2><ol class="stages">${own.stages.map(stageView)}</ol></section>
        ${table(t('roadmap.years'), years(), own.years, (one) => one.year)}
        ${table(`${t('roadmap.spend')}${unit}`, spending(), own.spend, (one) => one.year)}
        ${own.spend_after > 0 ? html`<p class="hint">${t('roadmap.spend_after', { amount: raw(own.spend_after) })}</p>` : null}
        ${own.shrunk.length > 0 ? table(t('roadmap.shrunk'), shrunk(), own.shrunk, (one) => one.share) : null}
        ${TABLES.map(
          (name) => html`<${Files} key=${name} label=${t(`roadmap.table.${name}`)}
          files=${tableFiles(`${path}/tables/${name}`, {}, ['csv', 'xlsx'])} />`,
        )}`;
    };
  },
};

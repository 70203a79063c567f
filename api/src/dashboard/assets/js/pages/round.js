// A round: its calendar, how complete its data are and who is late, and once it is published, its ranking.

import { computed, html, ref } from '../view.js';
import { all, beyond, get, optional, segment, whole } from '../api.js';
import { count, moment, percent, textOf, titleOf } from '../format.js';
import { useLoad } from '../load.js';
import { cityName, cityNames } from '../register.js';
import { pathOf } from '../router.js';
import { t, tOr } from '../text.js';
import { choice } from '../parts/choices.js';
import { Files, tableFiles } from '../parts/files.js';
import { cityLink, crumbs, link } from '../parts/links.js';
import { coverageMark, scoreBar, stateMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { scrolled, SortedTable } from '../parts/table.js';

const KINDS = ['city', 'department', 'item'];

export const RoundPage = {
  props: { code: String },
  setup(props) {
    const path = `/rounds/${segment(props.code)}`;
    const main = useLoad(
      () => props.code,
      async (signal) => {
        const round = await optional(get(path, {}, { signal }));
        // Without a key a round shows itself by its public ranking alone; where there is none either, the answer says why.
        const isPublished = !round || round.state === 'published';
        const ranking = isPublished ? await (round ? optional(whole(`${path}/ranking`)) : whole(`${path}/ranking`)) : null;
        return { round, ranking };
      },
    );

    const calendar = (round) => {
      const dates = [
        ['round.opens', round.opens_at],
        ['round.due', round.due_at],
        ['round.closes', round.closes_at],
        ['round.public_from', round.public_from],
      ];
      const known = dates.filter(([, at]) => at);
      return known.length === 0
        ? null
        : html`
        <section><h2>${t('round.calendar')}</h2>
          <ol class="calendar">${known.map(
            ([name, at]) => html`
            <li key=${name} class=${new Date(at) < new Date() ? 'past' : undefined}><strong>${t(name)}</strong> <time
              datetime=${at}>${moment(at)}</time></li>`,
          )}</ol>
        </section>`;
    };

    const head = (round) => html`
      <p class="subtitle">${stateMark(round.state)} · ${round.periods.join(', ')} · ${round.cities
        ? `${count(round.cities.length)} ${t('cities')} · ` : ''}
        ${round.set ? link(pathOf('sets', round.set.code, round.set.version), `${round.set.code} @ ${round.set.version}`) : null}
        ${round.visibility ? ` · ${t('round.visibility')}: ${tOr(`visibility.${round.visibility}`, round.visibility)}` : ''}</p>
      ${
        round.assessments.length > 0
          ? html`<p>${t('round.assessments')} ${round.assessments.map(
              (id, place) => html`
        ${place > 0 ? ' · ' : ''}${link(pathOf('assessments', id), t('round.assessment', { n: place + 1 }))}`,
            )}</p>`
          : null
      }
      ${
        round.classes?.length > 0
          ? html`
        <section><h2>${t('round.classes')}</h2><ul>${round.classes.map(
          (one) => html`
          <li key=${one.code}>${titleOf(one)} <span class="code">${one.code}
            </span> · ${link(pathOf('sets', one.set.code, one.set.version), `${one.set.code} @ ${one.set.version}`)}
            ${one.cities ? ` · ${count(one.cities.length)} ${t('cities')}` : ''}${one.assessment
              ? html` · ${link(pathOf('assessments', one.assessment), t('assessment'))}` : null}</li>`,
        )}</ul></section>`
          : null
      }`;

    return () => {
      if (main.problem) return html`<h1 tabindex="-1">${t('round')} ${props.code}</h1>${problemView(main.problem)}`;
      if (!main.value) return html`<h1 tabindex="-1">${t('round')} ${props.code}</h1>${waiting(main)}`;
      const { round, ranking } = main.value;
      return html`
        ${crumbs(
          [
            ['/rounds', t('nav.rounds')],
            [null, round ? titleOf(round) : props.code],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${round ? titleOf(round) : `${t('round')} ${props.code}`}</h1>
        ${round ? html`${head(round)}${calendar(round)}<${Completeness} path=${path} /><${Submissions} path=${path} />` : null}
        ${ranking ? html`<${RoundRanking} path=${path} ranking=${ranking} />` : null}`;
    };
  },
};

/** How much of what was asked for is there, by city, department or item. */
const Completeness = {
  props: { path: String },
  setup(props) {
    const by = ref(KINDS[0]);
    const names = useLoad(() => '', cityNames);
    const nameOf = (row) => (by.value === 'city' ? cityName(names.value, row.key) : row.key || t('department.none'));
    const rows = useLoad(
      () => by.value,
      (signal) => optional(all(`${props.path}/completeness`, { by: by.value }, { signal })),
    );
    const columns = () => [
      { key: 'key', title: t(`completeness.${by.value}`), isHeader: true, by: nameOf, cell: nameOf },
      {
        key: 'share',
        title: t('completeness.share'),
        class: 'with-bar',
        by: (row) => row.share,
        cell: (row) =>
          html`<span class="bar" aria-hidden="true"><span style=${{ width: `${row.share * 100}%` }}></span></span><span
            class="figure">${percent(row.share)}</span>`,
      },
      ...['reported', 'not_applicable', 'missing', 'rejected', 'blank', 'total'].map((name) => ({
        key: name,
        title: t(`completeness.${name}`),
        isNumber: true,
        by: (row) => row[name],
        cell: (row) => count(row[name]),
      })),
      ...(by.value === 'item'
        ? []
        : [
            {
              key: 'submissions',
              title: t('submissions'),
              class: 'wide',
              cell: (row) =>
                row.submissions.map((one) => html`<span key=${one.state}>${stateMark(one.state)} ${count(one.count)} </span>`),
            },
          ]),
    ];
    return () => html`
      <section><h2>${t('completeness')}</h2>
        <div class="toolbar">${choice(
          t('completeness.by'),
          by.value,
          KINDS.map((kind) => [kind, t(`completeness.${kind}`)]),
          (kind) => {
            by.value = kind;
          },
        )}</div>
        ${problemView(rows.problem)}
        ${rows.isLoading && !rows.value ? waiting(rows) : null}
        ${rows.value === null && !rows.isLoading && !rows.problem ? html`<p>${t('not_for_you')}</p>` : null}
        ${
          rows.value
            ? rows.value.length === 0
              ? html`<p class="none">${t('completeness.none')}</p>`
              : html`
          <${SortedTable} caption=${t('completeness')} columns=${columns()} rows=${rows.value} rowKey=${(row) => row.key}
            sortedBy="share" isCaptionHidden=${true} />
          <${Files} files=${tableFiles(`${props.path}/completeness`, { by: by.value }, ['csv', 'xlsx'])} />`
            : null
        }
      </section>`;
  },
};

/** The board of submissions: cities by departments, each in its state. */
const Submissions = {
  props: { path: String },
  setup(props) {
    const rows = useLoad(
      () => props.path,
      (signal) => beyond(() => all(`${props.path}/submissions`, {}, { signal })),
    );
    const names = useLoad(() => '', cityNames);
    const board = computed(() => {
      const cities = new Map();
      const departments = new Set();
      for (const one of rows.value ?? []) {
        departments.add(one.department);
        cities.set(one.city, (cities.get(one.city) ?? new Map()).set(one.department, one));
      }
      return { cities, departments: [...departments].sort() };
    });
    const cell = (submission) =>
      submission
        ? html`<td>${stateMark(submission.state)}${submission.late ? html` <span class="mark warning">${t('submission.late')}
          </span>` : null}</td>`
        : html`<td><span class="none">${t('submission.none')}</span></td>`;
    return () => {
      if (rows.problem) return problemView(rows.problem);
      if (!rows.value || rows.value.length === 0) return null;
      const { cities, departments } = board.value;
      return html`
        <section><h2>${t('submissions')}</h2>
          ${scrolled(
            t('submissions'),
            html`
            <table><caption class="unseen">${t('submissions')}</caption>
              <thead><tr><th scope="col">${t('city')}</th>${departments.map((name) => html`<th scope="col"
                key=${name}>${name || t('department.none')}</th>`)}</tr></thead>
              <tbody>${[...cities].map(
                ([city, own]) => html`
                <tr key=${city}><th scope="row">${cityName(names.value, city)}
                  </th>${departments.map((name) => cell(own.get(name)))}</tr>`,
              )}</tbody>
            </table>`,
          )}
        </section>`;
    };
  },
};

/** The ranking of a published round, class by class. */
const RoundRanking = {
  props: { path: String, ranking: Object },
  setup(props) {
    const assessmentOf = (row) => props.ranking.parts.find((part) => (part.class ?? null) === (row.class ?? null))?.assessment;
    const columns = () => [
      { key: 'rank', title: t('rank'), isNumber: true, by: (row) => row.rank, cell: (row) => count(row.rank) },
      {
        key: 'city',
        title: t('city'),
        isHeader: true,
        by: (row) => row.name,
        cell: (row) =>
          row.is_pseudonym || !assessmentOf(row)
            ? row.name
            : cityLink(assessmentOf(row), row.city, row.name, props.ranking.period),
      },
      ...(props.ranking.parts.length > 1
        ? [{ key: 'class', title: t('class'), by: (row) => row.class, cell: (row) => row.class }]
        : []),
      {
        key: 'score',
        title: t('total'),
        class: 'with-bar',
        by: (row) => row.score,
        cell: (row) => scoreBar(row.score, row.shown),
      },
      { key: 'level', title: t('level'), cell: (row) => row.level ?? '' },
      {
        key: 'coverage',
        title: t('coverage'),
        isNumber: true,
        by: (row) => row.coverage,
        cell: (row) => coverageMark(row.coverage),
      },
    ];
    return () => html`
      <section><h2>${t('round.results', { n: props.ranking.publication })}</h2>
        <ul>${props.ranking.parts.map((part) => html`<li key=${part.class}>${textOf(part.set_title)} <span
          class="code">${part.set.code} @ ${part.set.version}
            </span> · ${link(pathOf('assessments', part.assessment), t('assessment'))}</li>`)}</ul>
        ${props.ranking.note ? html`<p class="basis">${textOf(props.ranking.note)}</p>` : null}
        <${SortedTable} caption=${t('ranking.caption', { node: props.ranking.node, period: props.ranking.period })}
          columns=${columns()} rows=${props.ranking.items}
          rowKey=${(row) => row.city} isCaptionHidden=${true} />
        <${Files} files=${tableFiles(`${props.path}/ranking`, {}, ['csv', 'xlsx', 'json'])} />
      </section>`;
  },
};

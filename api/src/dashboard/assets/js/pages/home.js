// The first page: the newest assessment that has a result, with a choice of the others and of the rounds.

import { html } from '../view.js';
import { all, beyond, get } from '../api.js';
import { moment, textOf, titleOf } from '../format.js';
import { useLoad } from '../load.js';
import { go, href, pathOf, route } from '../router.js';
import { t } from '../text.js';
import { choice } from '../parts/choices.js';
import { offered } from '../parts/links.js';
import { problemView, waiting } from '../parts/problem.js';
import { AssessmentPage } from './assessment.js';

/** How many assessments are offered; older ones have addresses of their own. */
const OFFERED = 100;

export const Home = {
  setup() {
    const lists = useLoad(
      () => '',
      async (signal) => {
        const [assessments, rounds] = await Promise.all([
          get('/assessments', { limit: OFFERED }, { signal }),
          beyond(() => all('/rounds', {}, { signal })),
        ]);
        const ready = assessments.items.filter((one) => one.state === 'succeeded' || one.state === 'partial');
        return { ready, rounds: rounds ?? [] };
      },
      { keeps: true },
    );

    const assessmentText = (one) =>
      `${textOf(one.set_title, one.set.code)} · ${(one.summary?.periods ?? one.periods
        ?? []).join(', ')} · ${moment(one.created_at)}`;

    const chooser = ({ ready, rounds }, shown) => html`
      <div class="toolbar">
        ${choice(
          t('home.assessment'),
          shown,
          ready.map((one) => [one.id, assessmentText(one)]),
          (id) => go(pathOf('assessments', id)),
        )}
        ${
          rounds.length > 0
            ? choice(
                t('home.round'),
                '',
                [['', t('home.round.choose')], ...rounds.map((one) => [one.code, titleOf(one)])],
                (code) => {
                  if (code !== '') go(pathOf('rounds', code));
                },
              )
            : null
        }
      </div>`;

    const steps = () => html`
      <ol class="steps">
        <li>${t('home.step.set')} <a href=${href('/sets')}>${t('nav.sets')}</a></li>
        <li>${t('home.step.import')} <a href=${href('/imports')}>${t('nav.imports')}</a></li>
        <li>${t('home.step.assess')}</li>
      </ol>`;

    return () => {
      if (lists.problem)
        return html`<h1 tabindex="-1">CityGauge</h1>${offered(() => html`<p>${t('home.closed')}</p>`)}${problemView(lists.problem)}
          ${offered(() => html`<${PublicRound} />`)}`;
      if (!lists.value) return html`<h1 tabindex="-1" class="unseen">${t('nav.overview')}</h1>${waiting(lists)}`;
      const [latest] = lists.value.ready;
      if (!latest) return html`<h1 tabindex="-1">${t('home.empty')}</h1>${offered(steps)}`;
      return html`${offered(() => chooser(lists.value, latest.id))}
        <${AssessmentPage} id=${latest.id} known=${latest} key=${route.path} />`;
    };
  },
};

/** Published rounds that are public are shown without a key, to whoever knows their code. */
const PublicRound = {
  setup() {
    const open = (event) => {
      event.preventDefault();
      const code = new FormData(event.target).get('code').trim();
      if (code !== '') go(pathOf('rounds', code));
    };
    return () => html`
      <form class="card sign-in" onSubmit=${open}>
        <label>${t('home.public_round')} <input name="code" autocomplete="off" /></label>
        <button type="submit" class="secondary">${t('open')}</button>
      </form>`;
  },
};

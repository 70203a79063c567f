// What went wrong, in the words of the service; where a key is missing, the place to give one.

import { html, ref } from '../view.js';
import { Problem } from '../api.js';
import { isEmbedded, session, signIn } from '../session.js';
import { t } from '../text.js';
import { faultTable } from './faults.js';

/** Asks for a key. */
const SignIn = {
  setup() {
    const key = ref('');
    const submit = (event) => {
      event.preventDefault();
      if (key.value.trim() !== '') signIn(key.value);
    };
    return () => html`
      <form class="card sign-in" onSubmit=${submit}>
        <label>${t('signin.key')}
          <input type="password" name="key" autocomplete="off" placeholder="cg_…" value=${key.value}
            onInput=${(event) => {
              key.value = event.target.value;
            }} />
        </label>
        <p class="hint">${t('signin.hint')}</p>
        <button type="submit">${t('signin.do')}</button>
      </form>`;
  },
};

/**
 * Shows a problem with its details and hints.
 * @param {Error|null} problem
 */
export function problemView(problem) {
  if (!problem) return null;
  if (!(problem instanceof Problem)) {
    // A defect of this page: it belongs on the console as well, where it can be looked into.
    console.error(problem);
    return html`<div class="problem" role="alert"><strong>${t('problem.page')}</strong><p>${String(problem.message)}</p></div>`;
  }
  const mayRetry = problem.status === 401 && !isEmbedded;
  // Nobody has done anything wrong who has not given a key yet.
  if (mayRetry && session.key === '') return html`<p>${t('signin.needed')}</p><${SignIn} />`;
  return html`
    <div class="problem" role="alert">
      <strong>${problem.title}</strong>
      ${problem.detail ? html`<p>${problem.detail}</p>` : null}
      ${problem.errors.length > 0 ? faultTable(problem.errors, t('faults.of_request')) : null}
      ${problem.instance ? html`<p class="hint">${t('problem.instance')} <code>${problem.instance}</code></p>` : null}
    </div>
    ${mayRetry ? html`<p>${t('signin.refused')}</p><${SignIn} />` : null}`;
}

/** Shows that something is on its way, where nothing is there yet. */
export function waiting(state) {
  return state.isLoading && state.value === null ? html`<p class="waiting" role="status">${t('loading')}</p>` : null;
}

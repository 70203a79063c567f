// Choosing one of several: a select with its label, and links that switch between views of the same page.

import { html } from '../view.js';
import { href, route, setQuery } from '../router.js';
import { isEmbedded } from '../session.js';

/**
 * A select with its label.
 * @param {string} label
 * @param {string} value
 * @param {[string, string][]} options value and text
 * @param {(value: string) => void} choose
 */
export function choice(label, value, options, choose) {
  return html`
    <label class="choice">${label}
      <select value=${value} onChange=${(event) => choose(event.target.value)}>
        ${options.map(([one, text]) => html`<option key=${one} value=${one}>${text}</option>`)}
      </select>
    </label>`;
}

/** Chooses the period that the page shows; one period needs no choice. */
export function periodChoice(label, periods, period) {
  if (!periods || periods.length < 2) return null;
  return choice(
    label,
    period,
    periods.map((one) => [one, one]),
    (value) => setQuery({ period: value }, { keep: true }),
  );
}

/**
 * Switches between views of a page; the address keeps which.
 * @param {string} label
 * @param {[string, string][]} views name and title; the first one is shown unless another is asked for
 */
export function viewSwitch(label, views) {
  const shown = route.query.view ?? views[0][0];
  return html`
    <nav class="views" aria-label=${label}>
      <ul>${views.map(
        ([view, title]) => html`
        <li key=${view}>${
          isEmbedded
            ? html`<button type="button" class="plain" aria-pressed=${String(view === shown)}
              onClick=${() => setQuery({ view })}>${title}</button>`
            : html`<a href=${href(route.path, { ...route.query, view })}
              aria-current=${view === shown ? 'true' : undefined}>${title}</a>`
        }
        </li>`,
      )}
      </ul>
    </nav>`;
}

/** The view that is shown. */
export function viewOf(views) {
  const wanted = route.query.view;
  return views.some(([view]) => view === wanted) ? wanted : views[0][0];
}

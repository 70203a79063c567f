// Links between pages. An embedded view shows the words alone, because the other pages are not for its reader.

import { html } from '../view.js';
import { href, pathOf } from '../router.js';
import { isEmbedded } from '../session.js';

/** A link to a page. */
export function link(path, text, query) {
  return isEmbedded ? html`<span>${text}</span>` : html`<a href=${href(path, query)}>${text}</a>`;
}

/** What a page offers to do; an embedded view only shows. */
export const offered = (make) => (isEmbedded ? null : make());

/** A link that leads on to something to do. */
export const action = (path, text, query) => offered(() => link(path, text, query));

/** A link to a city of an assessment. */
export const cityLink = (id, city, name, period) => link(pathOf('assessments', id, 'cities', city), name, { period });

/** A link to a node of an assessment. */
export const nodeLink = (id, node, title, period) => link(pathOf('assessments', id, 'nodes', node), title, { period });

/**
 * The way from the overview to this page.
 * @param {[string|null, string][]} steps path and text; the last one is this page
 */
export function crumbs(steps, label) {
  if (isEmbedded) return null;
  return html`
    <nav class="crumbs" aria-label=${label}>
      <ol>${steps.map(
        ([path, text], place) => html`
        <li key=${place}>${path === null ? html`<span aria-current="page">${text}</span>` : html`<a href=${href(path)}>${text}
          </a>`}</li>`,
      )}
      </ol>
    </nav>`;
}

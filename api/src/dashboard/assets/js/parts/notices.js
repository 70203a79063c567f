// What a reader must know before any figure: that data are invented, what a set is based on.

import { html } from '../view.js';
import { textOf } from '../format.js';
import { t } from '../text.js';

/** The server says so in the document: it alone knows that its cities do not exist. */
const isInvented = document.body.dataset.invented === 'true';

/** Says above everything else that the data are invented. */
export function inventedNotice() {
  return isInvented ? html`<p class="invented" role="note"><strong>${t('invented')}</strong></p>` : null;
}

/** The first statement of a note, and what follows it. */
function parted(note) {
  const end = /[。；;]|\.(?=\s)/.exec(note);
  const cut = end ? end.index + 1 : note.length;
  return [note.slice(0, cut), note.slice(cut).trim()];
}

/**
 * What a set is based on: the first statement always, the rest one step away.
 * @param {{standard?: string, edition?: string, note?: object}|null|undefined} basis
 */
export function basisNotice(basis) {
  const note = textOf(basis?.note);
  if (!note) return null;
  const [first, rest] = parted(note);
  const name = [basis.standard, basis.edition].filter(Boolean).join('-');
  return html`
    <details class="basis">
      <summary><strong>${[t('basis'), name].filter(Boolean).join(' · ')}</strong> ${first}</summary>
      <p>${rest}</p>
    </details>`;
}

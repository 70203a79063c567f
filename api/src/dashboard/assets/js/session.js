// Who is asking: a key that was typed in and lives as long as the tab, or the token of an embedded view.

import { reactive } from './view.js';

const KEY = 'citygauge.key';

/** The path of the one view that is shown, where the server has put one in; else empty. */
export const embeddedView = document.body.dataset.view ?? '';

/** Whether only one view is shown, without header and without links to others. */
export const isEmbedded = embeddedView !== '';

function keptKey() {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** @type {{key: string}} */
export const session = reactive({
  key: isEmbedded ? (new URLSearchParams(location.search).get('token') ?? '') : keptKey(),
});

/** Uses a key from now on. @param {string} key */
export function signIn(key) {
  session.key = key.trim();
  try {
    sessionStorage.setItem(KEY, session.key);
  } catch {
    // Without storage the key lasts until the page is loaded anew.
  }
}

export function signOut() {
  session.key = '';
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored then.
  }
}

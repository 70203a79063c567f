// Which page the address means. Routes stand behind the hash, so that the server serves a single document.

import { reactive } from './view.js';
import { embeddedView, isEmbedded } from './session.js';

/**
 * @typedef {object} Route
 * @property {string} path such as `/assessments/019a/cities/330100`
 * @property {string[]} segments its segments, decoded
 * @property {Record<string, string>} query
 */

function parse(hash) {
  const [path, search = ''] = hash.replace(/^#/, '').split('?');
  const segments = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  return { path: path === '' ? '/' : path, segments, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** Where we are. @type {Route} */
export const route = reactive(parse(isEmbedded ? embeddedView : location.hash));

/** The address of a page, for links. */
export function href(path, query = {}) {
  const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(known).toString();
  return `#${path}${search === '' ? '' : `?${search}`}`;
}

/** A path of segments that may hold any character. */
export function pathOf(...segments) {
  return `/${segments.map((part) => encodeURIComponent(part)).join('/')}`;
}

/** Goes to another page. */
export function go(path, query) {
  location.hash = href(path, query);
}

/**
 * Changes the query of this page. The history keeps it only where `keep` says so: a filter that is typed would fill it.
 */
export function setQuery(changes, { keep = false } = {}) {
  const query = { ...route.query, ...changes };
  if (isEmbedded) {
    Object.assign(route, { query });
    return;
  }
  const target = href(route.path, query);
  if (keep) history.pushState(null, '', target);
  else history.replaceState(null, '', target);
  Object.assign(route, parse(location.hash));
}

/** Listens for changes of the address. */
export function startRouter() {
  if (isEmbedded) return;
  const follow = () => {
    const next = parse(location.hash);
    const isOtherPage = next.path !== route.path;
    Object.assign(route, next);
    if (isOtherPage) {
      scrollTo(0, 0);
      focusHeading();
    }
  };
  addEventListener('hashchange', follow);
  addEventListener('popstate', follow);
}

/** How long a page may take until its heading stands. */
const HEADING_MS = 5_000;

let stopWatching = () => {};

/**
 * Moves the focus to the heading of a new page, so that a screen reader begins there. A page that loads puts its heading in anew, so
 * the focus is moved again as long as it would be lost, until the reader does something.
 */
function focusHeading() {
  stopWatching();
  const focus = () => document.querySelector('main h1')?.focus({ preventScroll: true });
  const observer = new MutationObserver(() => {
    if (document.activeElement === document.body) focus();
  });
  const stop = () => {
    observer.disconnect();
    clearTimeout(timer);
    removeEventListener('pointerdown', stop);
    removeEventListener('keydown', stop);
  };
  const timer = setTimeout(stop, HEADING_MS);
  addEventListener('pointerdown', stop);
  addEventListener('keydown', stop);
  stopWatching = stop;
  focus();
  observer.observe(document.body, { childList: true, subtree: true });
}

// The public API, and nothing else: requests with the key and the language, problems as exceptions, lists to their end.

import { preferences } from './preferences.js';
import { isEmbedded, session } from './session.js';
import { t } from './text.js';

const ROOT = '/api/v1';

/** The most members that a page of a list may have. */
export const LONGEST_PAGE = 1000;

/**
 * Why a request was not done: the problem document (RFC 9457), or what comes closest where there is none.
 */
export class Problem extends Error {
  /** @param {{status: number, title: string, detail?: string, code?: string, errors?: object[], instance?: string}} document */
  constructor(document) {
    super(document.title);
    this.status = document.status;
    this.title = document.title;
    this.detail = document.detail ?? '';
    this.code = document.code ?? '';
    this.errors = document.errors ?? [];
    this.instance = document.instance ?? '';
  }
}

/** Whether a request was given up because its answer is no longer wanted. */
export function isAborted(error) {
  return error?.name === 'AbortError';
}

/**
 * The address of a resource; values that are absent are left out of the query.
 * @param {string} path below `/api/v1`, each segment already encoded
 * @param {Record<string, unknown>} [query]
 */
export function address(path, query = {}) {
  const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? ROOT + path : `${ROOT}${path}?${search}`;
}

/** A segment of a path. */
export const segment = encodeURIComponent;

/**
 * Sends a request and gives the answer, whatever its type.
 * @param {string} method
 * @param {string} url as `address` makes it
 * @param {{body?: BodyInit, headers?: Record<string, string>, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>}
 */
export async function send(method, url, { body, headers = {}, signal } = {}) {
  const asked = { 'Accept-Language': preferences.lang === 'zh' ? 'zh-CN' : 'en', ...headers };
  if (session.key !== '') asked.Authorization = `Bearer ${session.key}`;
  let response;
  try {
    response = await fetch(url, { method, body, headers: asked, signal, credentials: 'omit' });
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new Problem({ status: 0, title: t('problem.unreachable'), detail: t('problem.unreachable.hint') });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('json')) {
    const document = await response.json().catch(() => null);
    if (document?.title) return new Problem({ status: response.status, ...document });
  }
  return new Problem({
    status: response.status,
    title: t('problem.status', { status: response.status }),
    detail: response.statusText,
  });
}

/** Reads a resource as JSON. */
export async function get(path, query, { signal } = {}) {
  const response = await send('GET', address(path, query), { headers: { Accept: 'application/json' }, signal });
  return response.json();
}

/** Reads a resource with its ETag, which a later write needs. @returns {Promise<{value: any, etag: string}>} */
export async function getTagged(path, query, { signal } = {}) {
  const response = await send('GET', address(path, query), { headers: { Accept: 'application/json' }, signal });
  return { value: await response.json(), etag: response.headers.get('etag') ?? '' };
}

/** Sends JSON and reads the JSON that comes back. */
export async function sendJson(method, path, value, { query, headers = {}, signal } = {}) {
  const response = await send(method, address(path, query), {
    body: value === undefined ? undefined : JSON.stringify(value),
    headers: { ...(value === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    signal,
  });
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}

/**
 * A list to its end: its first page, with the members of all pages.
 * @param {string} path
 * @param {Record<string, unknown>} [query]
 */
export async function whole(path, query = {}, { signal } = {}) {
  const first = await get(path, { limit: LONGEST_PAGE, ...query }, { signal });
  const items = [...first.items];
  for (let cursor = first.next; cursor;) {
    const page = await get(path, { limit: LONGEST_PAGE, ...query, cursor }, { signal });
    items.push(...page.items);
    cursor = page.next;
  }
  return { ...first, items };
}

/** Every member of a list. @returns {Promise<any[]>} */
export async function all(path, query, options) {
  return (await whole(path, query, options)).items;
}

/**
 * What a page can do without: `null` where the caller may not see it, or where there is none.
 * @template T
 * @param {Promise<T>} wanted
 * @returns {Promise<T|null>}
 */
export async function optional(wanted) {
  try {
    return await wanted;
  } catch (error) {
    if (error instanceof Problem && [401, 403, 404].includes(error.status)) return null;
    throw error;
  }
}

/**
 * What a page can do without and an embedded view has no right to read: there it is not asked for, and there is none.
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T|null>}
 */
export async function beyond(ask) {
  return isEmbedded ? null : optional(ask());
}

const kept = new Map();

/**
 * Reads what never changes, such as the results of an assessment, once per language and key.
 * @param {(path: string, query?: object) => Promise<any>} read `get`, `whole` or `all`
 */
export function once(read, path, query) {
  const name = JSON.stringify([read.name, preferences.lang, session.key, address(path, query)]);
  if (!kept.has(name)) {
    const reading = read(path, query);
    kept.set(name, reading);
    // A failure is no result: the next one to ask tries again.
    reading.catch(() => kept.delete(name));
  }
  return kept.get(name);
}

/**
 * Waits for a job, telling how far it is.
 * @param {string} id
 * @param {(job: {progress: number, state: string}) => void} [tell]
 */
export async function jobDone(id, tell = () => {}, { signal } = {}) {
  for (;;) {
    const job = await get(`/jobs/${segment(id)}`, { wait: '2s' }, { signal });
    tell(job);
    if (job.state !== 'queued' && job.state !== 'running') return job;
  }
}

/**
 * Fetches a file with the key, which a plain link could not send, and hands it to the browser to be kept.
 * @param {string} url
 * @param {string} [fallbackName] used where the answer names no file
 */
export async function download(url, fallbackName = 'citygauge') {
  const response = await send('GET', url);
  const blob = await response.blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileNameOf(response) ?? fallbackName;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function fileNameOf(response) {
  const disposition = response.headers.get('content-disposition') ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition);
  if (extended) return decodeURIComponent(extended[1]);
  return /filename="([^"]+)"/i.exec(disposition)?.[1] ?? null;
}

// Loading what a page shows: one value, its problem, and whether it is on its way.

import { onBeforeUnmount, shallowReactive, watch } from './view.js';
import { isAborted } from './api.js';
import { preferences } from './preferences.js';
import { session } from './session.js';

/**
 * Loads a value now, and again whenever what `of` gives changes, or the language or the key. A load that is overtaken is given up.
 * The value goes as soon as it is no longer that of what is asked for, so that no figure stands under another one's name; a page that
 * takes every label from the value itself `keeps` it until the next one is there, so that nothing flickers and no focus is lost.
 * @template T
 * @param {() => unknown} of what the value depends on
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {{keeps?: boolean}} [options]
 * @returns {{value: T|null, problem: Error|null, isLoading: boolean, reload: () => Promise<void>}}
 */
export function useLoad(of, load, { keeps = false } = {}) {
  const state = shallowReactive({ value: null, problem: null, isLoading: false, reload });
  let running = null;

  async function reload() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    state.isLoading = true;
    try {
      const value = await load(mine.signal);
      if (running === mine) Object.assign(state, { value, problem: null });
    } catch (error) {
      if (running === mine && !isAborted(error)) Object.assign(state, { value: null, problem: error });
    } finally {
      if (running === mine) state.isLoading = false;
    }
  }

  const start = () => {
    if (!keeps) state.value = null;
    return reload();
  };
  watch(() => JSON.stringify([of(), preferences.lang, session.key]), start, { immediate: true });
  onBeforeUnmount(() => running?.abort());
  return state;
}

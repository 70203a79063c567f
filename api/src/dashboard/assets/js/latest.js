// Keeping up with somebody who drags: never more than one request under way, and the last wish is always granted.

/**
 * Wraps `run` so that wishes that come while it is busy are replaced by the newest one.
 * @template T
 * @param {(wish: T) => Promise<void>} run must not throw
 * @returns {(wish: T) => void}
 */
export function latestOnly(run) {
  let isBusy = false;
  let next = null;
  return async function ask(wish) {
    if (isBusy) {
      next = { wish };
      return;
    }
    isBusy = true;
    await run(wish);
    while (next) {
      const { wish: newest } = next;
      next = null;
      await run(newest);
    }
    isBusy = false;
  };
}

/**
 * Wraps `run` so that it waits until nothing was asked for so long.
 * @template T
 * @param {(wish: T) => void} run
 * @param {number} quietMs
 * @returns {(wish: T) => void}
 */
export function whenQuiet(run, quietMs) {
  let timer = 0;
  return (wish) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(wish), quietMs);
  };
}

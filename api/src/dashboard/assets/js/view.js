// The one door to Vue and htm: templates without a compiler, because the content security policy forbids `eval`.

import { h } from '../vendor/vue/vue.runtime.esm-browser.prod.js';
import htm from '../vendor/htm/htm.module.js';

export {
  computed,
  createApp,
  h,
  nextTick,
  onBeforeUnmount,
  onMounted,
  reactive,
  ref,
  shallowReactive,
  shallowRef,
  watch,
} from '../vendor/vue/vue.runtime.esm-browser.prod.js';

/**
 * Turns what stands between the tags into Vue nodes. Children of a component become its default slot.
 */
function element(type, props, ...children) {
  // Without this htm would keep static parts and hand out the same node twice, which Vue may have moved meanwhile.
  this[0] = 3;
  if (typeof type === 'string') return h(type, props, children);
  return h(type, props, children.length > 0 ? { default: () => children } : undefined);
}

/** A tagged template: html`<p class="note">${text}</p>`. */
export const html = htm.bind(element);

// A chart that the service drew: fetched with the key, put in as it came, with links to the picture and to its numbers.

import { html, onBeforeUnmount, onMounted, ref, watch } from '../view.js';
import { address, download, isAborted, send } from '../api.js';
import { isDark, preferences } from '../preferences.js';
import { t } from '../text.js';
import { problemView } from './problem.js';

/** Elements that a drawing has no use for, and that would do something. */
const ACTIVE = 'script, foreignObject, style, iframe, image, animate, set, a';

/** Reads a drawing and leaves only what draws. */
function parsed(text) {
  const root = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  if (root.nodeName !== 'svg') throw new Error(t('drawing.unreadable'));
  root.querySelectorAll(ACTIVE).forEach((one) => one.remove());
  for (const element of [root, ...root.querySelectorAll('*')]) {
    for (const { name } of [...element.attributes]) {
      if (name.startsWith('on') || name === 'style' || name.endsWith('href')) element.removeAttribute(name);
    }
  }
  // The style sheet makes it as wide as there is room.
  root.classList.add('drawn');
  return document.importNode(root, true);
}

/** Shows the drawing at `path`. */
export const Drawing = {
  props: { path: String, query: Object, title: String },
  setup(props) {
    const holder = ref(null);
    const problem = ref(null);
    const isLoading = ref(false);
    let running = null;

    const wanted = (more) =>
      address(props.path, {
        ...props.query,
        lang: preferences.lang,
        theme: isDark() ? 'dark' : 'light',
        ...more,
      });

    async function draw() {
      running?.abort();
      const mine = new AbortController();
      running = mine;
      isLoading.value = true;
      try {
        const answer = await send('GET', wanted(), { headers: { Accept: 'image/svg+xml' }, signal: mine.signal });
        const picture = parsed(await answer.text());
        if (running !== mine) return;
        problem.value = null;
        holder.value?.replaceChildren(picture);
      } catch (error) {
        if (isAborted(error) || running !== mine) return;
        problem.value = error;
        holder.value?.replaceChildren();
      } finally {
        if (running === mine) isLoading.value = false;
      }
    }

    const keep = async (more) => {
      try {
        await download(wanted(more), props.title);
      } catch (error) {
        problem.value = error;
      }
    };

    onMounted(draw);
    watch(() => wanted(), draw);
    onBeforeUnmount(() => running?.abort());

    return () => html`
      <figure class="drawing">
        <div ref=${holder} class="sheet" role="group" aria-label=${props.title} tabindex="0"
          aria-busy=${isLoading.value ? 'true' : undefined}></div>
        ${problem.value ? html`<p class="hint">${t('drawing.missing')}</p>${problemView(problem.value)}` : null}
        <figcaption>${props.title}
          <button type="button" class="plain" onClick=${() => keep()}>SVG</button>
          <button type="button" class="plain" onClick=${() => keep({ format: 'csv' })}>CSV</button>
        </figcaption>
      </figure>`;
  },
};

/** A drawing that is fetched when it comes into sight, as when the details around it are opened. */
export const DrawingWhenSeen = {
  props: { path: String, query: Object, title: String },
  setup(props) {
    const isSeen = ref(false);
    const place = ref(null);
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      isSeen.value = true;
      observer.disconnect();
    });
    onMounted(() => observer.observe(place.value));
    onBeforeUnmount(() => observer.disconnect());
    return () =>
      isSeen.value
        ? html`<${Drawing} path=${props.path} query=${props.query} title=${props.title} />`
        : html`<p ref=${place} class="waiting">${t('loading')}</p>`;
  },
};

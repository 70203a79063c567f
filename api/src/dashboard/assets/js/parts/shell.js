// The frame around every page: header, navigation, the page itself. An embedded view has the page only.

import { html, ref, shallowRef, watch } from '../view.js';
import { chooseLanguage, chooseTheme, preferences } from '../preferences.js';
import { go, href, route } from '../router.js';
import { isEmbedded, session, signOut } from '../session.js';
import { t } from '../text.js';
import { pageOf } from '../pages.js';
import { inventedNotice } from './notices.js';
import { problemView } from './problem.js';

const SECTIONS = [
  ['/', 'nav.overview'],
  ['/rounds', 'nav.rounds'],
  ['/goal-plans', 'nav.goal_plans'],
  ['/imports', 'nav.imports'],
  ['/sets', 'nav.sets'],
  ['/maps', 'nav.maps'],
];

/** The section that a page belongs to. */
function isCurrent(path) {
  if (path === '/') return route.path === '/' || route.segments[0] === 'assessments';
  return route.path === path || route.path.startsWith(`${path}/`);
}

const Header = {
  setup() {
    const isOpen = ref(false);
    watch(
      () => route.path,
      () => {
        isOpen.value = false;
      },
    );
    return () => html`
      <header class="top">
        <a class="brand" href=${href('/')}><img src="/assets/icon.svg" alt="" width="28" height="28" />CityGauge</a>
        <button type="button" class="menu" aria-expanded=${String(isOpen.value)} aria-controls="sections"
          onClick=${() => {
            isOpen.value = !isOpen.value;
          }}>${t('nav.menu')}</button>
        <nav id="sections" aria-label=${t('nav.label')} class=${isOpen.value ? 'open' : undefined}>
          <ul>${SECTIONS.map(
            ([path, title]) => html`
            <li key=${path}><a href=${href(path)} aria-current=${isCurrent(path) ? 'page' : undefined}>${t(title)}</a></li>`,
          )}
          </ul>
          <div class="choices">
            <button type="button" class="plain" lang=${preferences.lang === 'zh' ? 'en' : 'zh-CN'}
              onClick=${() => chooseLanguage(preferences.lang === 'zh' ? 'en' : 'zh')}>${preferences.lang === 'zh' ? 'English'
                : '中文'}</button>
            <label class="theme"><span class="unseen">${t('theme')}</span>
              <select value=${preferences.theme} onChange=${(event) => chooseTheme(event.target.value)}>
                ${['system', 'light', 'dark'].map((theme) => html`<option key=${theme} value=${theme}>${t(`theme.${theme}`)}
                  </option>`)}
              </select>
            </label>
            ${session.key === '' ? null : html`<button type="button" class="plain" onClick=${signOut}>${t('signout')}</button>`}
          </div>
        </nav>
      </header>`;
  },
};

/** Leads past the header; a plain link would change the hash, and with it the page. */
function skip(event) {
  event.preventDefault();
  document.querySelector('main h1')?.focus();
}

export const Shell = {
  setup() {
    const page = shallowRef(null);
    const problem = shallowRef(null);

    watch(
      () => route.path,
      async (path) => {
        const found = pageOf(route.segments);
        if (!found) {
          page.value = { missing: path };
          return;
        }
        try {
          const component = await found.load();
          if (route.path === path) page.value = { component, props: found.props, path };
          problem.value = null;
        } catch (error) {
          problem.value = error;
        }
      },
      { immediate: true },
    );
    watch(
      () => [preferences.lang, route.path],
      () => {
        document.title = `CityGauge · ${t('title')}`;
      },
      { immediate: true },
    );

    const content = () => {
      if (problem.value) return problemView(problem.value);
      if (!page.value) return html`<p class="waiting" role="status">${t('loading')}</p>`;
      if (page.value.missing) {
        return html`<h1 tabindex="-1">${t('page.missing')}</h1>
          <p>${t('page.missing.hint', { path: page.value.missing })}</p>
          <p><button type="button" onClick=${() => go('/')}>${t('nav.overview')}</button></p>`;
      }
      // A page of another path is another page: nothing of the former one may be seen on it.
      return html`<${page.value.component} key=${page.value.path} ...${page.value.props} />`;
    };
    return () => html`
      ${isEmbedded ? null : html`<a class="skip" href="#main" onClick=${skip}>${t('skip')}</a><${Header} />`}
      <main id="main" class=${isEmbedded ? 'embedded' : undefined}>
        ${inventedNotice()}
        ${content()}
      </main>
      ${
        isEmbedded
          ? null
          : html`
        <footer class="bottom">
          <a href="/docs/">${t('nav.api')}</a> · <a href="/openapi.json">openapi.json</a>
        </footer>`
      }`;
  },
};

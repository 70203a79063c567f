// A gap analysis on a page of its own.

import { html } from '../view.js';
import { get, segment } from '../api.js';
import { textOf } from '../format.js';
import { useLoad } from '../load.js';
import { cityName, cityNames } from '../register.js';
import { pathOf } from '../router.js';
import { t } from '../text.js';
import { GapAnalysis } from '../parts/gap-analysis.js';
import { crumbs } from '../parts/links.js';
import { basisNotice } from '../parts/notices.js';
import { problemView, waiting } from '../parts/problem.js';

export const GapAnalysisPage = {
  props: { id: String },
  setup(props) {
    const found = useLoad(
      () => props.id,
      (signal) => get(`/gap-analyses/${segment(props.id)}`, {}, { signal }),
    );
    const names = useLoad(() => '', cityNames);

    return () => {
      if (found.problem) return html`<h1 tabindex="-1">${t('gaps')}</h1>${problemView(found.problem)}`;
      if (!found.value) return html`<h1 tabindex="-1">${t('gaps')}</h1>${waiting(found)}`;
      const analysis = found.value;
      const city = cityName(names.value, analysis.city);
      return html`
        ${crumbs(
          [
            [pathOf('assessments', analysis.assessment), textOf(analysis.set_title)],
            [pathOf('assessments', analysis.assessment, 'cities', analysis.city), city],
            [null, t('gaps')],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${t('gaps.of_city', { city })}</h1>
        <p class="subtitle">${textOf(analysis.set_title)} · ${analysis.period}</p>
        ${basisNotice(analysis.basis)}
        <section><h2>${t('gaps.result')}</h2><${GapAnalysis} analysis=${analysis} /></section>`;
    };
  },
};

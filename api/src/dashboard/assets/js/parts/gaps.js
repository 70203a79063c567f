// The gaps of a city to a reference: an analysis that was made before, or a new one.

import { computed, html, ref } from '../view.js';
import { all, optional, sendJson } from '../api.js';
import { moment } from '../format.js';
import { useLoad } from '../load.js';
import { pathOf } from '../router.js';
import { t } from '../text.js';
import { choice } from './choices.js';
import { GapAnalysis, referenceText } from './gap-analysis.js';
import { link } from './links.js';
import { problemView, waiting } from './problem.js';

const REFERENCES = ['peer_median', 'peer_top_quartile', 'best', 'full_mark', 'previous'];

export const Gaps = {
  props: { id: String, city: String, period: String },
  setup(props) {
    const against = ref(REFERENCES[0]);
    const chosen = ref('');
    const problem = ref(null);
    const isBusy = ref(false);
    const analyses = useLoad(
      () => [props.id, props.city, props.period],
      async (signal) => {
        const known = await optional(all('/gap-analyses', { assessment: props.id }, { signal }));
        return known?.filter((one) => one.city === props.city && one.period === props.period) ?? null;
      },
    );
    const shown = computed(() => analyses.value?.find((one) => one.id === chosen.value) ?? analyses.value?.[0] ?? null);

    const make = async () => {
      isBusy.value = true;
      problem.value = null;
      try {
        const made = await sendJson('POST', '/gap-analyses', {
          assessment: props.id,
          city: props.city,
          period: props.period,
          against: against.value,
        });
        await analyses.reload();
        chosen.value = made.id;
      } catch (error) {
        problem.value = error;
      } finally {
        isBusy.value = false;
      }
    };

    const maker = () => html`
      <div class="toolbar">
        ${choice(
          t('gaps.against'),
          against.value,
          REFERENCES.map((one) => [one, referenceText(one)]),
          (value) => {
            against.value = value;
          },
        )}
        <button type="button" class="secondary" aria-busy=${isBusy.value ? 'true' : undefined} disabled=${isBusy.value}
          onClick=${make}>${t('gaps.make')}</button>
        ${
          analyses.value.length > 1
            ? choice(
                t('gaps.known'),
                shown.value.id,
                analyses.value.map((one) => [one.id, `${referenceText(one.against)} · ${moment(one.created_at)}`]),
                (id) => {
                  chosen.value = id;
                },
              )
            : null
        }
      </div>`;

    return () => {
      if (analyses.problem) return problemView(analyses.problem);
      if (analyses.isLoading && !analyses.value) return waiting(analyses);
      if (!analyses.value) return html`<p>${t('not_for_you')}</p>`;
      return html`
        ${maker()}
        ${problemView(problem.value)}
        ${
          shown.value
            ? html`<${GapAnalysis} key=${shown.value.id} analysis=${shown.value} />
          <p>${link(pathOf('gap-analyses', shown.value.id), t('own_page'))}</p>`
            : html`<p class="none">${t('gaps.none')}</p>`
        }`;
    };
  },
};

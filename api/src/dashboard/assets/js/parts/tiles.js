// A grid of tiles, one per city: what a map shows without its geometry. Tiles stand by rank, or in groups of an attribute.

import { computed, html, ref } from '../view.js';
import { compareTexts, count, percent, score } from '../format.js';
import { useLoad } from '../load.js';
import { register } from '../register.js';
import { t } from '../text.js';
import { LOW_COVERAGE } from '../assessment.js';
import { choice } from './choices.js';
import { stepOfScore } from './colours.js';
import { cityLink } from './links.js';
import { problemView } from './problem.js';

/** More groups than this are no groups any more. */
const MOST_GROUPS = 40;

export const TileGrid = {
  props: { id: String, period: String, ranking: Array, levels: Array, fullMark: Number },
  setup(props) {
    const by = ref('');
    const known = useLoad(() => '', register);
    const attributes = computed(() => {
      const values = new Map();
      for (const [, city] of known.value ?? []) {
        for (const [name, value] of Object.entries(city.attributes ?? {}))
          values.set(name, (values.get(name) ?? new Set()).add(value));
      }
      return [...values].filter(([, those]) => those.size > 1 && those.size <= MOST_GROUPS).map(([name]) => name);
    });
    const groups = computed(() => {
      if (by.value === '') return [['', props.ranking]];
      const found = new Map();
      for (const row of props.ranking) {
        const value = known.value?.get(row.city)?.attributes?.[by.value] ?? t('tiles.without');
        found.set(value, [...(found.get(value) ?? []), row]);
      }
      return [...found].sort(([one], [other]) => compareTexts(one, other));
    });

    const levelTitle = (code) => props.levels.find((level) => level.code === code)?.title ?? code;
    const tile = (row) => {
      const step = stepOfScore(row.score, props.fullMark);
      const isLow = row.coverage !== null && row.coverage !== undefined && row.coverage < LOW_COVERAGE;
      return html`
        <li key=${row.city} class=${step === null ? 'tile missing' : `tile step-${step}`}>
          <span class="tile-rank">${row.rank ? count(row.rank) : ''}</span>
          <span class="tile-name">${cityLink(props.id, row.city, row.name, props.period)}</span>
          <span class="tile-score">${step === null ? t('score.none') : score(row.score, row.shown)}</span>
          <span class="tile-level">${row.level ? levelTitle(row.level) : ''}${isLow
            ? ` · ${t('coverage')} ${percent(row.coverage, 0)}` : ''}</span>
        </li>`;
    };
    return () => html`
      ${problemView(known.problem)}
      ${
        attributes.value.length > 0
          ? choice(t('tiles.by'), by.value, [['', t('tiles.by_rank')], ...attributes.value.map((one) => [one, one])], (value) => {
              by.value = value;
            })
          : null
      }
      ${groups.value.map(
        ([name, rows]) => html`
        <div key=${name} class="tile-group">
          ${name === '' ? null : html`<h2>${name} <span class="code">${count(rows.length)}</span></h2>`}
          <ul class="tiles">${rows.map(tile)}</ul>
        </div>`,
      )}`;
  },
};

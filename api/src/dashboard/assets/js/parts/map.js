// Cities on a map that the operator uploaded. The approval number (审图号) is part of the drawing, so that no copy of it is without.

import { computed, html, ref } from '../view.js';
import { get, once, segment } from '../api.js';
import { fixed, isNumber, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { go, pathOf } from '../router.js';
import { isEmbedded } from '../session.js';
import { t } from '../text.js';
import { Chart, echarts } from './chart.js';
import { choice } from './choices.js';
import { hatched, ordered, surface } from './colours.js';
import { problemView, waiting } from './problem.js';

export const CityMap = {
  props: { id: String, period: String, ranking: Array, levels: Array, fullMark: Number, maps: Array },
  setup(props) {
    const chosen = ref(props.maps[0]?.code ?? '');
    const map = computed(() => props.maps.find((one) => one.code === chosen.value));
    const geometry = useLoad(
      () => chosen.value,
      async () => {
        if (chosen.value === '') return null;
        const [{ registerMap }, shapes] = await Promise.all([echarts(), once(get, `/maps/${segment(chosen.value)}/geojson`)]);
        registerMap(chosen.value, shapes);
        return { known: new Set(shapes.features.map((feature) => String(feature.properties?.[map.value.key]))) };
      },
    );
    const missing = computed(() => props.ranking.filter((row) => !geometry.value?.known.has(row.city)));

    const option = () => {
      const { text, line, quiet } = surface();
      const names = new Map(props.ranking.map((row) => [row.city, row]));
      return {
        aria: { enabled: true, decal: { show: false } },
        legend: { show: false },
        tooltip: {
          formatter: ({ name }) => {
            const row = names.get(name);
            return row
              ? `${row.name}: ${isNumber(row.score) ? fixed(row.score) : t('score.none')}`
              : `${name}: ${t('score.none')}`;
          },
        },
        visualMap: {
          min: 0,
          max: props.fullMark,
          orient: 'horizontal',
          left: 'center',
          bottom: 4,
          inRange: { color: ordered() },
          text: [t('heatmap.high'), t('heatmap.low')],
          textStyle: { color: text },
        },
        graphic: [
          {
            type: 'text',
            right: 12,
            top: 12,
            style: { text: `${t('map.approval')} ${map.value.approval_number}`, fill: text, fontSize: 13 },
          },
        ],
        series: [
          {
            type: 'map',
            map: chosen.value,
            nameProperty: map.value.key,
            roam: true,
            showLegendSymbol: false,
            itemStyle: { areaColor: hatched(), borderColor: quiet },
            emphasis: { label: { show: false }, itemStyle: { borderWidth: 2, borderColor: text } },
            label: { show: false },
            select: { disabled: true },
            data: props.ranking
              .filter((row) => isNumber(row.score))
              .map((row) => ({ name: row.city, value: row.score, itemStyle: { borderColor: line } })),
          },
        ],
      };
    };
    const twin = () => ({
      heads: [t('city'), t('total')],
      rows: props.ranking.map((row) => [row.name, isNumber(row.score) ? fixed(row.score) : t('score.none')]),
    });
    const pick = ({ name }) => {
      if (!isEmbedded && props.ranking.some((row) => row.city === name))
        go(pathOf('assessments', props.id, 'cities', name), { period: props.period });
    };
    return () => html`
      ${
        props.maps.length > 1
          ? choice(
              t('map'),
              chosen.value,
              props.maps.map((one) => [one.code, textOf(one.title, one.code)]),
              (value) => {
                chosen.value = value;
              },
            )
          : null
      }
      ${problemView(geometry.problem)}
      ${waiting(geometry)}
      ${
        geometry.value && map.value
          ? html`
        <${Chart} label=${`${textOf(map.value.title, map.value.code)} · ${t('map.approval')} ${map.value.approval_number}`}
          option=${option} table=${twin()} height=${520} isWhole=${true} onPick=${pick} />
        <p class="hint">${t('map.approval')} ${map.value.approval_number} · ${t('map.hint')}</p>
        ${
          missing.value.length > 0
            ? html`<p class="hint">${t('map.without')} ${missing.value.map((row) => row.name).join(', ')}</p>`
            : null
        }`
          : null
      }`;
  },
};

// Cities by the top nodes of the set: a chart to see patterns in, and a table with the same cells to sort by and to read.

import { computed, html, ref } from '../view.js';
import { scoresOf } from '../assessment.js';
import { fixed, isNumber } from '../format.js';
import { useLoad } from '../load.js';
import { go, pathOf } from '../router.js';
import { t } from '../text.js';
import { isEmbedded } from '../session.js';
import { axis, Chart } from './chart.js';
import { choice } from './choices.js';
import { hatched, ordered, stepOfScore, surface } from './colours.js';
import { cityLink, nodeLink } from './links.js';
import { problemView, waiting } from './problem.js';
import { SortedTable, sorted } from './table.js';

const ROW_HEIGHT = 18;
const FOOT_HEIGHT = 60;

/** Titles stand upright where there is no room for them side by side. */
const isNarrow = (columns) => document.documentElement.clientWidth / (columns + 2) < 90;

/** The height of the titles at the top. */
const headHeight = (columns) => (isNarrow(columns) ? 150 : 60);

/** Draws a cell without a score: the library's own cells need a number. */
const hatchedCell = (fill) => (_, api) => {
  const [x, y] = api.coord([api.value(0), api.value(1)]);
  const [width, height] = api.size([1, 1]);
  return { type: 'rect', shape: { x: x - width / 2, y: y - height / 2, width, height }, style: { fill } };
};

export const Heatmap = {
  props: { id: String, period: String, ranking: Array, levels: Array, fullMark: Number, nodes: Array },
  setup(props) {
    const by = ref('rank');
    const scores = useLoad(
      () => [props.id, props.period, props.nodes.map((node) => node.code)],
      async () => {
        const pages = await Promise.all(props.nodes.map((node) => scoresOf(props.id, { node: node.code, period: props.period })));
        return new Map(pages.map((rows, place) => [props.nodes[place].code, new Map(rows.map((row) => [row.city, row.score]))]));
      },
    );
    const scoreOf = (city, node) => scores.value?.get(node)?.get(city) ?? null;
    const cities = computed(() => {
      if (by.value === 'rank') return props.ranking;
      if (by.value === 'name') return sorted(props.ranking, (row) => row.name, false);
      return sorted(props.ranking, (row) => scoreOf(row.city, by.value), true);
    });

    const option = () => {
      const cells = cities.value.flatMap((row, y) => props.nodes.map((node, x) => [x, y, scoreOf(row.city, node.code)]));
      const { text } = surface();
      return {
        grid: { left: 100, right: 8, top: headHeight(props.nodes.length), bottom: FOOT_HEIGHT, outerBoundsMode: 'none' },
        // Patterns over hundreds of cells would hide the colours; what is missing has its own hatching.
        aria: { enabled: true, decal: { show: false } },
        xAxis: axis({
          type: 'category',
          position: 'top',
          data: props.nodes.map((node) => node.title),
          axisLabel: isNarrow(props.nodes.length)
            ? { rotate: 90, color: text, interval: 0, width: 130, overflow: 'truncate' }
            : { color: text, interval: 0, width: 100, overflow: 'break' },
        }),
        yAxis: axis({
          type: 'category',
          inverse: true,
          data: cities.value.map((row) => row.name),
          axisLabel: { interval: 0, fontSize: 11, color: text, width: 88, overflow: 'truncate' },
        }),
        visualMap: {
          seriesIndex: 0,
          min: 0,
          max: props.fullMark,
          calculable: false,
          orient: 'horizontal',
          left: 'center',
          bottom: 8,
          inRange: { color: ordered() },
          text: [t('heatmap.high'), t('heatmap.low')],
          textStyle: { color: text },
        },
        tooltip: {
          formatter: ({ data: [x, y] }) => {
            const value = scoreOf(cities.value[y].city, props.nodes[x].code);
            return `${cities.value[y].name}\n${props.nodes[x].title}: ${isNumber(value) ? fixed(value) : t('score.none')}`;
          },
        },
        legend: { show: false },
        series: [
          {
            type: 'heatmap',
            name: t('score'),
            data: cells.filter(([, , value]) => isNumber(value)),
            itemStyle: { borderColor: surface().ground, borderWidth: 1 },
          },
          {
            type: 'custom',
            name: t('score.none'),
            renderItem: hatchedCell(hatched()),
            data: cells.filter(([, , value]) => !isNumber(value)).map(([x, y]) => [x, y]),
          },
        ],
      };
    };
    const pick = ({ data }) => {
      const row = data && cities.value[data[1]];
      if (row && !isEmbedded) go(pathOf('assessments', props.id, 'cities', row.city), { period: props.period });
    };
    const columns = () => [
      { key: 'rank', title: t('rank'), isNumber: true, by: (row) => row.rank, cell: (row) => row.rank ?? '' },
      {
        key: 'city',
        title: t('city'),
        isHeader: true,
        by: (row) => row.name,
        cell: (row) => cityLink(props.id, row.city, row.name, props.period),
      },
      ...props.nodes.map((node) => ({
        key: node.code,
        title: node.title,
        isNumber: true,
        class: 'heat',
        by: (row) => scoreOf(row.city, node.code),
        cell: (row) => {
          const value = scoreOf(row.city, node.code);
          const step = stepOfScore(value, props.fullMark);
          return step === null
            ? html`<span class="heat-cell missing">${t('score.none')}</span>`
            : html`<span class=${`heat-cell step-${step}`}>${fixed(value, 1)}</span>`;
        },
      })),
    ];
    return () => {
      if (scores.problem) return problemView(scores.problem);
      if (!scores.value || props.nodes.length === 0) return waiting(scores);
      const orders = [['rank', t('rank')], ['name', t('city')], ...props.nodes.map((node) => [node.code, node.title])];
      return html`
        <div class="toolbar">${choice(t('heatmap.by'), by.value, orders, (value) => {
          by.value = value;
        })}</div>
        <p class="hint">${t('heatmap.hint')} ${props.nodes.map((node, place) => html`${place > 0 ? ' · '
          : ''}${nodeLink(props.id, node.code, node.title, props.period)}`)}</p>
        <${Chart} label=${t('view.heatmap')} option=${option} isWhole=${true} onPick=${pick}
          height=${headHeight(props.nodes.length) + FOOT_HEIGHT + ROW_HEIGHT * cities.value.length} />
        <details class="twin">
          <summary>${t('chart.table')}</summary>
          <${SortedTable} caption=${t('view.heatmap')} columns=${columns()} rows=${props.ranking} rowKey=${(row) => row.city}
            sortedBy="rank" />
        </details>`;
    };
  },
};

// What the pages of an assessment have in common: its parts as the API gives them, and the tree of its set.

import { all, get, once, optional, segment, whole } from './api.js';
import { textOf } from './format.js';
import { t } from './text.js';

/** The code of the root of every set. */
export const ROOT = 'TOTAL';

/**
 * @typedef {object} OutlineNode
 * @property {string} code
 * @property {string} title in the reader's language
 * @property {string|null} parent
 * @property {number} depth 0 of the root
 * @property {boolean} isLeaf
 * @property {string|null} unit
 */

const base = (id) => `/assessments/${segment(id)}`;

/** The assessment itself; `null` where the caller sees its public results only. */
export function assessmentOf(id, signal) {
  return optional(get(base(id), {}, { signal }));
}

/** Cities by rank on a node. */
export function rankingOf(id, query) {
  return once(whole, `${base(id)}/ranking`, query);
}

/** Rows of scores: of a node, a city, a period, or all that these leave. */
export function scoresOf(id, query) {
  return once(all, `${base(id)}/scores`, query);
}

/** Everything about one city. */
export function cardOf(id, city, period) {
  return once(get, `${base(id)}/cities/${segment(city)}`, { period });
}

/** How a score came about; `null` where the caller may not see it. */
export function explanationOf(id, city, query) {
  return optional(once(get, `${base(id)}/cities/${segment(city)}/explain`, query));
}

/** A kind of statistics; `null` where the caller may not see it. */
export async function statisticsOf(id, query) {
  const answer = await optional(once(get, `${base(id)}/statistics`, query));
  return answer?.statistics.items ?? null;
}

/** The document of a set version; `null` where the caller may not see it. */
export async function setOf(ref) {
  if (!ref) return null;
  const found = await optional(once(get, `/indicator-sets/${segment(ref.code)}/versions/${segment(ref.version)}`));
  return found?.document ?? null;
}

/**
 * The newest uncertainty analysis of a period, with a row per city by code; `null` where there is none.
 */
export async function uncertaintyOf(id, period) {
  const analyses = await optional(all(`${base(id)}/uncertainty`));
  const analysis = analyses?.find((one) => one.state === 'succeeded' && one.summary?.period === period);
  if (!analysis) return null;
  const rows = await once(all, `${base(id)}/uncertainty/${analysis.number}/cities`);
  return { analysis, cities: new Map(rows.map((row) => [row.city, row])) };
}

/** The tree of a set, root first, as its document has it. @returns {OutlineNode[]} */
export function outlineOfSet(document) {
  const depths = new Map([[ROOT, 0]]);
  const byCode = new Map(document.nodes.map((node) => [node.code, node]));
  const depthOf = (code) => {
    if (!depths.has(code)) depths.set(code, 1 + depthOf(byCode.get(code)?.parent ?? ROOT));
    return depths.get(code);
  };
  const inner = document.nodes
    .filter((node) => node.code !== ROOT)
    .map((node) => ({
      code: node.code,
      title: textOf(node.title, node.code),
      parent: node.parent ?? ROOT,
      depth: depthOf(node.code),
      isLeaf: Boolean(node.indicator),
      unit: node.indicator?.unit ?? null,
    }));
  const first = { code: ROOT, title: t('total'), parent: null, depth: 0, isLeaf: false, unit: null };
  return [first, ...inOrder(inner)];
}

/** A set may name its nodes in any order; a reader wants every parent right before its children. */
function inOrder(nodes) {
  const below = (parent) => nodes.filter((node) => node.parent === parent).flatMap((node) => [node, ...below(node.code)]);
  return below(ROOT);
}

/** The same, from the score card of a city: for those who see results but no sets. @returns {OutlineNode[]} */
export function outlineOfCard(card) {
  const parents = new Set(card.nodes.map((node) => node.parent));
  return card.nodes.map((node) => ({
    code: node.node,
    title: node.node === ROOT ? t('total') : node.title,
    parent: node.parent ?? null,
    depth: node.depth,
    isLeaf: !parents.has(node.node),
    unit: node.unit ?? null,
  }));
}

/** The nodes right below the root. @param {OutlineNode[]} outline */
export function topNodes(outline) {
  return outline.filter((node) => node.depth === 1);
}

/** The indicators whose raw values the set wants shown in per cent. @returns {Set<string>} */
export function percentsOf(document) {
  return new Set((document?.nodes ?? []).filter((node) => node.indicator?.display === 'percent').map((node) => node.code));
}

/**
 * The levels of a set, lowest first, each with its title.
 * @returns {{code: string, title: string, from: number|null}[]}
 */
export function levelsOf(document) {
  const levels = document?.levels;
  if (!levels) return [];
  const bands = (levels.bands ?? []).map((band) => ({ code: band.code, title: textOf(band.title, band.code), from: band.from }));
  const stages = (levels.staged ?? []).map((stage) => ({ code: stage.code, title: textOf(stage.title, stage.code), from: null }));
  return [...bands, ...stages];
}

/** The levels as the summary of an assessment names them, where the set itself is not to be seen. */
export function levelsOfSummary(summary) {
  return (summary?.levels ?? [])
    .filter((level) => level.level)
    .map((level) => ({ code: level.level, title: textOf(level.title, level.level), from: null }));
}

/** Below this a reader must know that much is missing. */
export const LOW_COVERAGE = 0.8;

// The values that can be supposed of a city: every data item its score was computed from, with the range in which it makes sense.

/**
 * @typedef {object} Lever
 * @property {string} item
 * @property {import('./format.js').Text|undefined} title
 * @property {string|null} unit
 * @property {'number'|'boolean'|'choice'} kind
 * @property {number|boolean|string|null} value as it was read; `null` where there is none
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {string[]} options of a choice
 * @property {string[]} nodes the leaves that read it
 * @property {string} group the top node above them
 */

/** The parameters of rules that are raw values: between and around them the score moves. */
function boundsOfRule(rule) {
  const pairs = [rule.worst, rule.best, rule.target, rule.cap, rule.benchmark, ...(rule.range ?? []), ...(rule.scale ?? [])];
  const points = [...(rule.points ?? []).map(([value]) => value), ...(rule.steps ?? []).map((step) => step.from)];
  return [...pairs, ...points].filter((value) => typeof value === 'number');
}

/** Whether a formula is nothing but the item, so that bounds of the leaf are bounds of the item. */
const isItself = (leaf) => leaf.formula?.replaceAll('`', '').trim() === leaf.items[0]?.item;

function rangeOf(value, known, leaves) {
  const bounds = leaves
    .filter(isItself)
    .flatMap((leaf) =>
      [...boundsOfRule(leaf.rule), leaf.fitted?.smallest, leaf.fitted?.largest].filter((one) => typeof one === 'number'),
    );
  const size = Math.abs(value ?? 0);
  const low = known?.min ?? (bounds.length > 1 ? Math.min(...bounds, value ?? Infinity) : Math.min(0, (value ?? 0) * 2));
  const high = known?.max ?? (bounds.length > 1 ? Math.max(...bounds, value ?? -Infinity) : size > 0 ? size * 2 : 100);
  return high > low ? [low, high] : [low, low + 1];
}

/** A step of about a two-hundredth of the range, written with few digits; counts move by whole numbers. */
function stepOf(low, high, isCount) {
  const step = 10 ** Math.floor(Math.log10((high - low) / 100));
  return isCount ? Math.max(1, step) : step;
}

/**
 * The levers of a city, in the order of the set.
 * @param {object} root the explanation of TOTAL, with everything below it
 * @param {object|null} document the document of the set, where it may be seen
 * @returns {Lever[]}
 */
export function leversOf(root, document) {
  const known = new Map((document?.items ?? []).map((item) => [item.code, item]));
  const read = new Map();
  const visit = (node, top) => {
    for (const item of node.leaf?.items ?? []) {
      // An earlier year cannot be supposed of this one.
      if (item.period !== root.period) continue;
      const entry = read.get(item.item) ?? { item, leaves: [], nodes: [], group: top };
      entry.leaves.push(node.leaf);
      entry.nodes.push(node.node);
      read.set(item.item, entry);
    }
    node.children.forEach((child) => visit(child, top ?? child.node));
  };
  visit(root, null);
  return [...read.values()].map(({ item, leaves, nodes, group }) => {
    const definition = known.get(item.item);
    const value = item.value ?? null;
    const kind =
      definition?.kind === 'boolean' || typeof value === 'boolean'
        ? 'boolean'
        : definition?.kind === 'choice' || typeof value === 'string'
          ? 'choice'
          : 'number';
    const [min, max] = kind === 'number' ? rangeOf(value, definition, leaves) : [0, 1];
    return {
      item: item.item,
      title: item.title,
      unit: item.unit ?? null,
      kind,
      value,
      min,
      max,
      step: stepOf(min, max, definition?.kind === 'count'),
      options: definition?.options ?? [],
      nodes,
      group,
    };
  });
}

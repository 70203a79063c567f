// Where each value of a JSON text stands, by its RFC 6901 pointer, so that a fault can be shown in its place and a value changed
// without touching the rest of the text.

/**
 * @typedef {{start: number, end: number}} Place offsets of a value, the end not included
 */

/** A text that is no JSON, with the offset where that shows. */
export class JsonFault extends Error {
  constructor(offset) {
    super('JSON');
    this.offset = offset;
  }
}

/**
 * The places of all values.
 * @param {string} text
 * @returns {Map<string, Place>}
 */
export function placesOf(text) {
  const places = new Map();
  let at = 0;

  const fail = () => {
    throw new JsonFault(Math.min(at, text.length));
  };
  const blank = () => {
    while (at < text.length && ' \t\r\n'.includes(text[at])) at += 1;
  };
  const expect = (mark) => {
    if (text[at] !== mark) fail();
    at += 1;
  };
  const string = () => {
    const start = at;
    expect('"');
    while (text[at] !== '"') {
      if (at >= text.length || text[at] < ' ') fail();
      at += text[at] === '\\' ? 2 : 1;
    }
    at += 1;
    try {
      return JSON.parse(text.slice(start, at));
    } catch {
      at = start;
      return fail();
    }
  };
  const members = (close, member) => {
    at += 1;
    blank();
    if (text[at] === close) {
      at += 1;
      return;
    }
    for (let place = 0; ; place += 1) {
      blank();
      member(place);
      blank();
      if (text[at] === close) {
        at += 1;
        return;
      }
      expect(',');
    }
  };
  const value = (pointer) => {
    blank();
    const start = at;
    if (text[at] === '{') {
      members('}', () => {
        const name = string();
        blank();
        expect(':');
        value(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      });
    } else if (text[at] === '[') {
      members(']', (place) => value(`${pointer}/${place}`));
    } else if (text[at] === '"') {
      string();
    } else {
      const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/.exec(text.slice(at, at + 64));
      if (!word) fail();
      at += word[0].length;
    }
    places.set(pointer, { start, end: at });
  };

  value('');
  blank();
  if (at < text.length) fail();
  return places;
}

/**
 * The place of a pointer, or of the nearest value around it where it names something that is not there.
 * @param {Map<string, Place>} places
 * @param {string} pointer
 * @returns {Place|null}
 */
export function nearestPlace(places, pointer) {
  for (let known = pointer; ; known = known.slice(0, known.lastIndexOf('/'))) {
    if (places.has(known)) return places.get(known);
    if (known === '') return null;
  }
}

/** The line and column (from 1) of an offset. */
export function lineOf(text, offset) {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1).length + 1 };
}

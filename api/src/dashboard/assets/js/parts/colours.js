// Colours that people tell apart whatever their sight: one hue from light to dark for what is ordered (after ColorBrewer's blues), and
// Okabe and Ito's for what is not. Steps are classes in app.css, so that light, dark and print each have their own.

import { isDark } from '../preferences.js';

/** How many steps the ordered colours have. */
const STEPS = 5;

/** The step (1 to 5) of a place among so many. */
export function stepOf(place, among) {
  if (among <= 1) return STEPS;
  return 1 + Math.round((place / (among - 1)) * (STEPS - 1));
}

/** The step of a score, or `null` where there is none. */
export function stepOfScore(value, fullMark = 100) {
  if (value === null || value === undefined) return null;
  return Math.min(STEPS, 1 + Math.floor((Math.max(0, value) / fullMark) * STEPS));
}

const ORDERED = {
  light: ['#deebf7', '#b3d0e8', '#7fb2d8', '#3f86bd', '#0b5c8a'],
  dark: ['#16324a', '#1f4e73', '#2f73a3', '#5fa3d0', '#a9d4f2'],
};

// Darkened for a light ground, so that a line stands out from it by three to one.
const DISTINCT = {
  light: ['#0b5c8a', '#b34700', '#00785a', '#8f4f7d', '#806000', '#4a4a4a'],
  dark: ['#7cc4f0', '#f0a050', '#4fd0a8', '#e09cc8', '#e8d44d', '#d0d0d0'],
};

const SURFACES = {
  light: { ground: '#ffffff', text: '#1f2a33', quiet: '#56636e', line: '#d4dbe1' },
  dark: { ground: '#161d24', text: '#e4eaef', quiet: '#a3b1bd', line: '#35424e' },
};

const mode = () => (isDark() ? 'dark' : 'light');

/** The ordered colours, least first. */
export const ordered = () => ORDERED[mode()];

/** Colours for series that have no order. */
export const distinct = () => DISTINCT[mode()];

/** Ground, text, quiet text and lines. */
export const surface = () => SURFACES[mode()];

/** A hatched ground for what has no score, in charts. */
export function hatched() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 8;
  const pen = canvas.getContext('2d');
  pen.strokeStyle = surface().quiet;
  pen.lineWidth = 1;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return { image: canvas, repeat: 'repeat' };
}

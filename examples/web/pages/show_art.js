// A picture for a show that has none: rows of seats before a stage, which of them are lit comes
// from the title, so that each show keeps its own.

import { svg } from './dom.js';

const width = 440;
const height = 120;
const rows = 5;

// Mulberry32: small, and the same everywhere.
function dice(text) {
  let state = 0;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 2654435761);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function showArt(title) {
  const roll = dice(title);
  const seats = [];
  for (let row = 0; row < rows; ++row) {
    const radius = 150 + row * 17;
    const half = Math.asin(Math.min(1, (width / 2 + 20) / radius) * 0.98);
    const count = Math.floor((2 * half * radius) / 15);
    for (let i = 0; i <= count; ++i) {
      const angle = -half + (2 * half * i) / count;
      const [x, y] = [width / 2 + radius * Math.sin(angle), -102 + radius * Math.cos(angle)];
      seats.push(
        svg('circle', {
          cx: x.toFixed(1),
          cy: y.toFixed(1),
          r: 4.4,
          opacity: (0.1 + 0.75 * roll() ** 2.2).toFixed(2),
        }),
      );
    }
  }
  return svg(
    'svg',
    { class: 'show-art', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    svg('ellipse', { class: 'stage', cx: width / 2, cy: -22, rx: 84, ry: 52 }),
    seats,
  );
}

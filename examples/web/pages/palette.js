// The looks of seats, from the colours of the style sheet, so that dark mode is decided there.

import { shapeCount } from './seat_shapes.js';

export const states = { f: 0, h: 1, s: 2, b: 3 };
export const stateNames = ['free', 'held', 'sold', 'blocked'];

function reader(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

// For buyers: what is free stands out, by price; the rest steps back.
function buyerLooks(colour, categories) {
  const free = categories.map((_, category) => ({
    form: 'shape',
    shape: category % shapeCount,
    fill: colour(`seat-price-${category % shapeCount}`),
    edge: colour('seat-edge'),
    text: colour(`seat-text-${category % shapeCount}`),
  }));
  return {
    free,
    held: { form: 'ring', fill: colour('seat-held') },
    sold: { form: 'dot', fill: colour('seat-gone') },
    blocked: { form: 'bar', fill: colour('seat-gone') },
  };
}

// For the box office: what is sold stands out, in the colours of the drawings that
// `seathold seats --svg` makes.
function officeLooks(colour, categories) {
  const free = {
    form: 'outline',
    fill: colour('surface'),
    edge: colour('seat-outline'),
    text: colour('ink-soft'),
  };
  return {
    free: categories.map(() => free),
    held: { form: 'hole', fill: colour('seat-held'), edge: colour('surface') },
    sold: { form: 'disc', fill: colour('seat-sold') },
    blocked: { form: 'square', fill: colour('seat-gone') },
  };
}

export function readPalette(element, view, categories) {
  const colour = reader(element);
  const looks =
    view === 'office' ? officeLooks(colour, categories) : buyerLooks(colour, categories);
  return {
    ...looks,
    chosen: { form: 'tick', fill: colour('accent'), edge: colour('accent-ink') },
    mine: { form: 'hole', fill: colour('accent'), edge: colour('accent-ink') },
    ink: colour('ink'),
    inkSoft: colour('ink-soft'),
    paper: colour('hall'),
    stage: colour('stage'),
    stageInk: colour('stage-ink'),
    font: colour('font-text'),
  };
}

// All looks in one row, as sprites are numbered: categories first, then the others.
export function lookList(palette) {
  return [
    ...palette.free,
    palette.held,
    palette.sold,
    palette.blocked,
    palette.chosen,
    palette.mine,
  ];
}

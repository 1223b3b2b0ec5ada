// What shapes and shades mean, with prices; drawn by the same code as the seats.

import { drawSeat } from './seat_shapes.js';
import { el } from './dom.js';
import { money } from './format.js';
import { readPalette } from './palette.js';
import { t } from './strings.js';

const radius_px = 8;

function sample(look) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const size_px = 22;
  const canvas = el('canvas', {
    class: 'sample',
    width: size_px * ratio,
    height: size_px * ratio,
    'aria-hidden': 'true',
  });
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, (size_px * ratio) / 2, (size_px * ratio) / 2);
  drawSeat(context, radius_px, look);
  return canvas;
}

export function priceLegend(plan, holder) {
  const { free } = readPalette(holder, 'buyer', plan.categories);
  return el(
    'ul',
    { class: 'legend prices' },
    plan.categories.map(({ name, prices }, category) =>
      el(
        'li',
        {},
        sample(free[category]),
        el('span', {}, name),
        el('b', { class: 'digits' }, money(prices[0]?.amount_minor ?? 0, plan.currency)),
      ),
    ),
  );
}

export function stateLegend(plan, holder, view) {
  const palette = readPalette(holder, view, plan.categories);
  const entries =
    view === 'office'
      ? [
          ['free', palette.free[0]],
          ['held', palette.held],
          ['sold', palette.sold],
          ['blocked', palette.blocked],
        ]
      : [
          ['chosen', palette.chosen],
          ['held', palette.held],
          ['sold', palette.sold],
          ['blocked', palette.blocked],
        ];
  return el(
    'ul',
    { class: 'legend states' },
    entries.map(([state, look]) => el('li', {}, sample(look), el('span', {}, t(`seat.${state}`)))),
  );
}

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

// One price, or from the lowest to the highest of several kinds of tickets.
function rangeText(prices, currency) {
  const amounts = prices.map(({ amount_minor }) => amount_minor);
  const ends = new Set([Math.min(...amounts), Math.max(...amounts)]);
  return [...ends].map((amount_minor) => money(amount_minor, currency)).join(' – ');
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
        el('b', { class: 'digits' }, rangeText(prices, plan.currency)),
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

// "Best for me": how many, and at what price; the house chooses.

import { el } from './dom.js';
import { money } from './format.js';
import { t } from './strings.js';

// `onWish({ seats, category })`; category is left out for any.
export function bestForm(plan, seatsMax, onWish) {
  let seats = 2;
  const number = el('output', { class: 'digits', 'aria-live': 'polite' }, String(seats));
  const step = (by) => {
    seats = Math.min(seatsMax, Math.max(1, seats + by));
    number.textContent = String(seats);
  };
  const stepper = el(
    'div',
    { class: 'stepper', role: 'group', 'aria-label': t('best.seats') },
    el(
      'button',
      { type: 'button', 'aria-label': t('best.fewer'), on: { click: () => step(-1) } },
      '−',
    ),
    number,
    el(
      'button',
      { type: 'button', 'aria-label': t('best.more'), on: { click: () => step(1) } },
      '+',
    ),
  );
  const category = el(
    'select',
    { 'aria-label': t('best.category') },
    el('option', { value: '' }, t('best.any')),
    plan.categories.map(({ name, prices }, index) =>
      el(
        'option',
        { value: index },
        `${name} · ${money(prices[0]?.amount_minor ?? 0, plan.currency)}`,
      ),
    ),
  );
  const submit = (event) => {
    event.preventDefault();
    onWish(category.value === '' ? { seats } : { seats, category: Number(category.value) });
  };
  return el(
    'form',
    { class: 'best', on: { submit } },
    el('h2', {}, t('best.title')),
    el('div', { class: 'best-wish' }, stepper, category),
    el('button', { class: 'button plain wide', type: 'submit' }, t('best.go')),
  );
}

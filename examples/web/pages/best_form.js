// "Best for me": how many, and at what price; the house chooses.

import { el } from './dom.js';
import { money } from './format.js';
import { typeText } from './seat_words.js';
import { t } from './strings.js';

// Ticket types that every category has: seats of any may be found.
function commonTypes({ categories }) {
  const [first, ...others] = categories.map(({ prices }) => prices);
  return (first ?? []).filter(({ ticket_type }) =>
    others.every((prices) => prices.some((price) => price.ticket_type === ticket_type)),
  );
}

// `onWish({ seats, category, ticket_type })`; category is left out for any.
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
  const types = commonTypes(plan);
  const type = el(
    'select',
    { 'aria-label': t('best.type'), hidden: types.length < 2 },
    types.map((price) => el('option', { value: price.ticket_type }, typeText(price))),
  );
  const submit = (event) => {
    event.preventDefault();
    const wish = { seats };
    if (category.value !== '') wish.category = Number(category.value);
    if (Number(type.value)) wish.ticket_type = Number(type.value);
    onWish(wish);
  };
  return el(
    'form',
    { class: 'best', on: { submit } },
    el('h2', {}, t('best.title')),
    el('div', { class: 'best-wish' }, stepper, category, type),
    el('button', { class: 'button plain wide', type: 'submit' }, t('best.go')),
  );
}

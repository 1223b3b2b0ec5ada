// Seats in words, for screen readers, tips and lists.

import { money } from './format.js';
import { stateNames } from './palette.js';
import { t } from './strings.js';

export function placeText(plan, index) {
  return t('seat.place', plan.place(index));
}

export function shortPlaceText(plan, index) {
  return t('seat.short', plan.place(index));
}

export function priceText(plan, index, type = 0) {
  return money(plan.price_minor(index, type), plan.currency);
}

// What a ticket type is called; the default one often has no name.
export function typeText({ name, ticket_type }) {
  return name || t(ticket_type === 0 ? 'choice.full_price' : 'choice.type_n', { n: ticket_type });
}

export function stateText(index, { state, chosen, mine }) {
  const own = mine.has(index) ? 'mine' : chosen.has(index) ? 'chosen' : null;
  return t(`seat.${own ?? stateNames[state[index]]}`);
}

// "Stalls, row C, seat 12. Category A, €45.00. Free."
export function fullText(plan, index, hall) {
  const parts = [
    placeText(plan, index),
    `${plan.categories[plan.category[index]].name}, ${priceText(plan, index)}`,
    stateText(index, hall),
  ];
  const more = plan.attributes[index];
  if (more) parts.push(more);
  return `${parts.join('. ')}.`;
}

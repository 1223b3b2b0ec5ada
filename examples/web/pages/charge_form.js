// Money into the wallet. The id is kept until there is an answer: asked twice, charged once.

import { el } from './dom.js';
import { handle } from './guard.js';
import { minorDigits, money } from './format.js';
import { newId } from './ids.js';
import { put } from './api.js';
import { t } from './strings.js';

const presets = [20, 50, 100, 200];

// "12.5" with 2 digits is 1250; null when it is no amount.
export function toMinor(text, digits) {
  const found = text
    .trim()
    .replace(',', '.')
    .match(/^(\d{1,12})(?:\.(\d*))?$/);
  if (!found || (found[2] ?? '').length > digits) return null;
  const minor = Number(found[1] + (found[2] ?? '').padEnd(digits, '0'));
  return minor > 0 ? minor : null;
}

// `onCharged(balance_after)`. `missing_minor`: what is short, filled in.
export function chargeForm(currency, { missing_minor = 0, onCharged }) {
  const digits = minorDigits(currency);
  let id = newId();
  const amount = el('input', {
    name: 'amount',
    inputmode: 'decimal',
    autocomplete: 'off',
    required: true,
    'aria-label': t('wallet.amount'),
  });
  const button = el('button', { class: 'button', type: 'submit' }, t('wallet.charge'));
  const set = (minor) => {
    amount.value = (minor / 10 ** digits).toFixed(digits);
  };
  const offers = missing_minor > 0 ? [] : presets.map((preset) => preset * 10 ** digits);
  if (missing_minor > 0) set(missing_minor);
  const submit = async (event) => {
    event.preventDefault();
    const amount_minor = toMinor(amount.value, digits);
    amount.setCustomValidity(amount_minor === null ? t('wallet.not_amount') : '');
    if (!amount.reportValidity()) return;
    button.disabled = true;
    try {
      const { balance_after } = await put(`/api/wallet/charges/${id}`, { amount_minor, currency });
      id = newId();
      onCharged(balance_after);
    } catch (error) {
      if (error.status && error.status < 500) id = newId();
      handle(error);
    }
    button.disabled = false;
  };
  amount.addEventListener('input', () => amount.setCustomValidity(''));
  return el(
    'form',
    { class: 'charge', on: { submit } },
    offers.length > 0 &&
      el(
        'div',
        { class: 'row' },
        offers.map((minor) =>
          el(
            'button',
            { class: 'chip', type: 'button', on: { click: () => set(minor) } },
            money(minor, currency),
          ),
        ),
      ),
    el(
      'div',
      { class: 'row' },
      el('span', { class: 'amount' }, amount, el('span', { class: 'soft' }, currency)),
      button,
    ),
  );
}

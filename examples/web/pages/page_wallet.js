// Balance, charging, and the statement.

import { chargeForm } from './charge_form.js';
import { el, replace } from './dom.js';
import { get } from './api.js';
import { handle, needsLogin } from './guard.js';
import { moment, money } from './format.js';
import { notice } from './notices.js';
import { t } from './strings.js';

const linesMax = 1000;

// The server tells the oldest first; people look for the newest.
async function lastLines(currency) {
  const lines = [];
  for (let after = 0; after !== null; ) {
    const page = await get(
      `/api/wallet/statement?currency=${currency}&after=${after}&limit=${linesMax}`,
    );
    lines.push(...page.lines);
    after = page.next;
  }
  return lines.reverse();
}

function statementRow(line, currency) {
  const amount = money(line.amount_minor, currency);
  return el(
    'li',
    {},
    el(
      'span',
      {},
      t(`wallet.${line.kind}`),
      el('small', { class: 'soft' }, moment(line.created_at)),
    ),
    el(
      'b',
      { class: `digits ${line.amount_minor > 0 ? 'plus' : ''}` },
      line.amount_minor > 0 ? `+${amount}` : amount,
    ),
    el('span', { class: 'digits soft' }, money(line.balance_after_minor, currency)),
  );
}

async function account(balance, charges_allowed, onCharged) {
  const { currency } = balance;
  const lines = await lastLines(currency);
  return el(
    'section',
    { class: 'card stack' },
    el('p', { class: 'eyebrow' }, t('wallet.balance')),
    el(
      'p',
      { class: 'big digits', id: `balance-${currency}` },
      money(balance.amount_minor, currency),
    ),
    charges_allowed && chargeForm(currency, { onCharged }),
    el('h2', {}, t('wallet.statement')),
    lines.length
      ? el(
          'ul',
          { class: 'statement' },
          lines.map((line) => statementRow(line, currency)),
        )
      : el('p', { class: 'soft' }, t('wallet.none')),
  );
}

export async function openWallet(root) {
  if (!needsLogin()) return;
  document.title = `${t('nav.wallet')} · SeatHold`;
  root.className = 'slim';
  const draw = async () => {
    const { balances, charges_allowed } = await get('/api/wallet');
    const charged = async () => {
      notice(t('wallet.charged'), 'good');
      await draw().catch(handle);
    };
    const accounts = await Promise.all(
      balances.map((balance) => account(balance, charges_allowed, charged)),
    );
    replace(root, el('h1', {}, t('nav.wallet')), accounts);
  };
  await draw().catch(handle);
}

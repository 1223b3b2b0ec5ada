// Giving the money of a reservation back: which seats, how much, and only then the button. The
// house gives back whole reservations.

import { el, icon, replace } from './dom.js';
import { get, put } from './api.js';
import { handle } from './guard.js';
import { money } from './format.js';
import { newId } from './ids.js';
import { notice } from './notices.js';
import { t } from './strings.js';

const salesMax = 100;

const place = ({ section, row, label }) => t('seat.short', { section, row, seat: label });

// The reservation that a sold seat belongs to: { hold, seats, total }; null where what was paid
// for it cannot be told.
async function findSale(performance, plan, index) {
  const { sales } = await get(`/api/performances/${performance}/sales?limit=${salesMax}`);
  const recent = sales.find(({ seats }) => seats.some((seat) => seat.index === index));
  if (recent) return recent;
  const { seats } = await get(`/api/performances/${performance}/door`);
  const hold = seats.find((seat) => seat.index === index)?.hold;
  const own = seats.filter((seat) => seat.hold === hold);
  // The door list has no amounts; where each category has one price, that was paid.
  if (!own.length || plan.categories.some(({ prices }) => prices.length !== 1)) return null;
  const amount_minor = own.reduce((sum, seat) => sum + plan.price_minor(seat.index), 0);
  return { hold, seats: own, total: { amount_minor, currency: plan.currency } };
}

export class RefundCard {
  // `onDone()` once the money is back.
  constructor(performance, plan, { onDone }) {
    this.performance = performance;
    this.plan = plan;
    this.onDone = onDone;
    this.element = el('section', { class: 'refund', hidden: true, 'aria-labelledby': 'refund' });
  }

  async openAt(index) {
    try {
      const sale = await findSale(this.performance, this.plan, index);
      if (sale) this.open(sale);
      else notice(t('refund.unknown'), 'bad');
    } catch (error) {
      handle(error);
    }
  }

  open({ hold, seats, total }) {
    // Asked twice, given back once: the id stays until there is an answer.
    const refund = { id: newId(), hold };
    const amount = money(total.amount_minor, total.currency);
    const confirm = el(
      'button',
      { class: 'button wide', id: 'confirm-refund', on: { click: () => this.#refund(refund) } },
      icon('repeat'),
      t('refund.do', { amount }),
    );
    const title = el('h2', { id: 'refund', tabindex: '-1' }, t('refund.title'));
    replace(
      this.element,
      title,
      el('p', { class: 'soft' }, t('refund.text', { n: seats.length })),
      el(
        'ul',
        { class: 'choice-list' },
        seats.map((seat) => el('li', {}, place(seat))),
      ),
      el(
        'p',
        { class: 'total' },
        el('span', {}, t('choice.total', { n: seats.length })),
        el('b', { class: 'digits' }, amount),
      ),
      confirm,
      el(
        'button',
        { class: 'button quiet wide', on: { click: () => this.close() } },
        t('refund.leave'),
      ),
    );
    this.element.hidden = false;
    this.confirm = confirm;
    title.focus();
  }

  close() {
    this.element.hidden = true;
  }

  async #refund({ id, hold }) {
    this.confirm.disabled = true;
    try {
      const { total } = await put(`/api/refunds/${id}`, { performance: this.performance, hold });
      notice(t('refund.done', { amount: money(total.amount_minor, total.currency) }), 'good');
      this.close();
    } catch (error) {
      handle(error);
    }
    this.confirm.disabled = false;
    this.onDone();
  }
}

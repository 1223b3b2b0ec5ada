// Balance, topping up where it is short, and the buttons that pay a hold or give it back.

import { ApiError, get, remove } from './api.js';
import { chargeForm } from './charge_form.js';
import { el, replace } from './dom.js';
import { handle } from './guard.js';
import { money } from './format.js';
import { notice } from './notices.js';
import { pay, paymentUnderWay } from './payment.js';
import { t } from './strings.js';

export class PayBox {
  // `onPaid()`, `onGivenBack()`, `onRefused()`: something else became of the hold.
  constructor(hold, listeners) {
    this.hold = hold;
    this.listeners = listeners;
    this.busy = false;
    this.wallet = { balance: 0, charges_allowed: false };
    this.element = el('div', { class: 'pay' });
  }

  async open() {
    // A page that was reloaded while it paid goes on with that.
    if (paymentUnderWay(this.hold.id)) await this.#pay();
    else await this.#load();
  }

  async #load() {
    try {
      const { balances, charges_allowed } = await get('/api/wallet');
      const own = balances.find(({ currency }) => currency === this.hold.total.currency);
      this.wallet = { balance: own?.amount_minor ?? 0, charges_allowed };
    } catch (error) {
      handle(error);
    }
    this.#draw();
  }

  // `short`: a payment was refused for lack of money.
  #draw(short = false) {
    const { total } = this.hold;
    const button = (name, style, text, act) =>
      el('button', { class: `button ${style} wide`, id: name, on: { click: act } }, text);
    replace(
      this.element,
      el(
        'p',
        { class: 'balance' },
        el('span', {}, t('wallet.balance')),
        el('b', { class: 'digits' }, money(this.wallet.balance, total.currency)),
      ),
      short && this.#missing(),
      button('pay', short ? 'plain' : '', t('hold.pay', { amount: this.#totalText() }), () =>
        this.#pay(),
      ),
      button('cancel', 'quiet', t('hold.cancel'), () => this.#giveBack()),
    );
  }

  #totalText() {
    return money(this.hold.total.amount_minor, this.hold.total.currency);
  }

  #missing() {
    const { amount_minor, currency } = this.hold.total;
    const missing_minor = amount_minor - this.wallet.balance;
    const text = t('hold.insufficient', { amount: money(missing_minor, currency) });
    const onCharged = (after) => {
      notice(t('wallet.charged'), 'good');
      this.wallet.balance = after.amount_minor;
      this.#draw(after.amount_minor < amount_minor);
    };
    return [
      el('p', { class: 'problem', role: 'alert' }, text),
      this.wallet.charges_allowed && chargeForm(currency, { missing_minor, onCharged }),
    ];
  }

  async #pay() {
    if (this.busy) return;
    this.busy = true;
    const button = this.element.querySelector('#pay');
    if (button) Object.assign(button, { disabled: true, textContent: t('hold.paying') });
    try {
      await pay(this.hold);
      this.listeners.onPaid();
    } catch (error) {
      await this.#notPaid(error);
    } finally {
      this.busy = false;
    }
  }

  async #notPaid(error) {
    await this.#load();
    if (error instanceof ApiError && error.code === 'insufficient_funds') return this.#draw(true);
    handle(error);
    return this.listeners.onRefused();
  }

  async #giveBack() {
    try {
      await remove(`/api/holds/${this.hold.id}?performance=${this.hold.performance}`);
      this.listeners.onGivenBack();
    } catch (error) {
      handle(error);
      this.listeners.onRefused();
    }
  }
}

// What is chosen, what it costs, and the button that asks for it.

import { el, icon, replace } from './dom.js';
import { money } from './format.js';
import { priceText, shortPlaceText, typeText } from './seat_words.js';
import { t } from './strings.js';

export class ChoicePanel {
  // `choice`: seats and their ticket types. `onHold()`, `onDrop(index)`.
  constructor(plan, choice, listeners) {
    this.plan = plan;
    this.choice = choice;
    this.listeners = listeners;
    this.element = el('section', { class: 'choice', 'aria-label': t('choice.title') });
  }

  show({ busy = false, closed = null } = {}) {
    const { seats } = this.choice;
    const total_minor = seats.reduce((sum, index) => sum + this.#price_minor(index), 0);
    this.element.classList.toggle('nothing', seats.length === 0);
    replace(
      this.element,
      seats.length
        ? el(
            'ul',
            { class: 'choice-list' },
            seats.map((index) => this.#row(index)),
          )
        : el('p', { class: 'soft' }, t('choice.none')),
      el(
        'div',
        { class: 'choice-foot' },
        el(
          'p',
          { class: 'total' },
          el('span', {}, t('choice.total', { n: seats.length })),
          el('b', { class: 'digits' }, money(total_minor, this.plan.currency)),
        ),
        el(
          'button',
          {
            class: 'button wide',
            id: 'hold',
            disabled: !seats.length || busy || closed !== null,
            on: { click: () => this.listeners.onHold() },
          },
          busy ? t('choice.asking') : (closed ?? t('choice.hold', { n: seats.length })),
        ),
      ),
    );
  }

  #price_minor(index) {
    return this.plan.price_minor(index, this.choice.typeOf(index));
  }

  // Nothing where there is nothing to choose.
  #typeChoice(index, place) {
    const prices = this.plan.prices(index);
    if (prices.length < 2) return null;
    const change = (event) => this.choice.setType(index, Number(event.target.value));
    const chosen = this.choice.typeOf(index);
    return el(
      'select',
      { class: 'type', 'aria-label': t('choice.type', { seat: place }), on: { change } },
      prices.map((price) => {
        const { ticket_type } = price;
        const selected = ticket_type === chosen;
        return el('option', { value: ticket_type, selected }, typeText(price));
      }),
    );
  }

  #row(index) {
    const place = shortPlaceText(this.plan, index);
    return el(
      'li',
      {},
      el('span', {}, place),
      this.#typeChoice(index, place),
      el('b', { class: 'digits' }, priceText(this.plan, index, this.choice.typeOf(index))),
      el(
        'button',
        {
          class: 'quiet',
          'aria-label': t('choice.drop', { seat: place }),
          on: { click: () => this.listeners.onDrop(index) },
        },
        icon('cross'),
      ),
    );
  }
}

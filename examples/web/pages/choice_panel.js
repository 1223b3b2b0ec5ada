// What is chosen, what it costs, and the button that asks for it.

import { el, icon, replace } from './dom.js';
import { money } from './format.js';
import { priceText, shortPlaceText } from './seat_words.js';
import { t } from './strings.js';

export class ChoicePanel {
  // `onHold()`, `onDrop(index)`.
  constructor(plan, listeners) {
    this.plan = plan;
    this.listeners = listeners;
    this.element = el('section', { class: 'choice', 'aria-label': t('choice.title') });
  }

  show(seats, { busy = false, closed = null } = {}) {
    const total_minor = seats.reduce((sum, index) => sum + this.plan.price_minor(index), 0);
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

  #row(index) {
    const place = shortPlaceText(this.plan, index);
    return el(
      'li',
      {},
      el('span', {}, place),
      el('b', { class: 'digits' }, priceText(this.plan, index)),
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

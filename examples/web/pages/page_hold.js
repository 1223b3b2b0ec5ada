// A hold: what it is, how long it lasts, and paying for it.

import { get } from './api.js';
import { chooseBefore } from './choice.js';
import { countDown } from './countdown.js';
import { el, icon, replace } from './dom.js';
import { forgetHold, myHold } from './my_hold.js';
import { forgetPlace } from './queue_place.js';
import { go } from './router.js';
import { handle, needsLogin } from './guard.js';
import { minutes, money, whenText } from './format.js';
import { notice } from './notices.js';
import { onClockJump } from './server_clock.js';
import { PayBox } from './pay_box.js';
import { t } from './strings.js';

const hurry_ms = 60000;
// Told by voice at these times; a countdown that speaks each second is of no use.
const spoken_s = [120, 60, 30, 10];

async function findDate(performance, hold) {
  const kept = myHold();
  if (kept?.hold === hold) return kept;
  const { reservations } = await get('/api/reservations');
  return reservations.find(({ id }) => id === hold) ?? null;
}

class HoldPage {
  constructor(root, hold, date) {
    this.root = root;
    this.hold = hold;
    this.date = date;
    this.stopCount = () => {};
    this.forgetJump = onClockJump(() => this.#readAgain());
    this.closed = false;
  }

  close() {
    this.closed = true;
    this.stopCount();
    this.forgetJump();
  }

  show() {
    this.stopCount();
    if (this.hold.state === 'held') this.#showHeld();
    else this.#showEnd();
  }

  async #readAgain() {
    try {
      const hold = await get(`/api/holds/${this.hold.id}?performance=${this.hold.performance}`);
      if (this.closed) return;
      const changed = hold.state !== this.hold.state || hold.expires_at !== this.hold.expires_at;
      this.hold = hold;
      if (changed) this.show();
    } catch (error) {
      if (!this.closed) handle(error);
    }
  }

  #heading(eyebrow) {
    const { date } = this;
    return el(
      'header',
      { class: 'hold-head' },
      el('p', { class: 'eyebrow' }, eyebrow),
      el('h1', {}, date?.title ?? t('hold.title')),
      date && el('p', { class: 'soft' }, whenText(date), el('br'), date.venue),
    );
  }

  #seatList() {
    const { seats, total } = this.hold;
    return el(
      'ul',
      { class: 'seat-list' },
      seats.map((seat) =>
        el(
          'li',
          {},
          el(
            'span',
            {},
            t('seat.place', { section: seat.section, row: seat.row, seat: seat.label }),
          ),
          el('b', { class: 'digits' }, money(seat.amount_minor, total.currency)),
        ),
      ),
      el(
        'li',
        { class: 'total' },
        el('span', {}, t('choice.total', { n: seats.length })),
        el('b', { class: 'digits' }, money(total.amount_minor, total.currency)),
      ),
    );
  }

  #showHeld() {
    const digits = el('p', {
      class: 'countdown digits',
      role: 'timer',
      'aria-live': 'off',
      id: 'countdown',
    });
    const rest = el('span', { class: 'time-left' });
    const spoken = el('p', { class: 'unseen', role: 'status' });
    this.payBox = new PayBox(this.hold, {
      onPaid: () => this.#paid(),
      onGivenBack: () => this.#givenBack(),
      onRefused: () => this.#readAgain(),
    });
    const clock = el(
      'div',
      { class: 'clock' },
      el('p', { class: 'soft' }, t('hold.left')),
      digits,
      el('div', { class: 'time-bar', 'aria-hidden': 'true' }, rest),
      spoken,
    );
    replace(
      this.root,
      this.#heading(t('hold.eyebrow')),
      clock,
      el('div', { class: 'card stack' }, this.#seatList(), this.payBox.element),
    );
    const whole_ms =
      Date.parse(this.hold.expires_at) - Date.parse(this.hold.created_at ?? this.hold.server_time);
    this.stopCount = countDown(this.hold.expires_at, {
      onTick: (left_ms) => this.#tick(left_ms, whole_ms, { clock, digits, rest, spoken }),
      onOver: () => this.#over(),
    });
    this.payBox.open();
  }

  #tick(left_ms, whole_ms, { clock, digits, rest, spoken }) {
    const text = minutes(left_ms);
    if (digits.textContent === text) return;
    digits.textContent = text;
    document.title = `${text} · ${this.date?.title ?? 'SeatHold'}`;
    rest.style.width = `${Math.min(100, (100 * left_ms) / Math.max(1, whole_ms))}%`;
    clock.classList.toggle('hurry', left_ms < hurry_ms);
    const seconds = Math.ceil(left_ms / 1000);
    if (spoken_s.includes(seconds)) spoken.textContent = t('hold.left_spoken', { n: seconds });
  }

  // The deadline has come: what became of the hold, the server says.
  async #over() {
    if (this.payBox.busy) return;
    await this.#readAgain();
    // The server's clock may be some milliseconds behind our idea of it.
    if (!this.closed && this.hold.state === 'held')
      setTimeout(() => this.closed || this.show(), 500);
  }

  #paid() {
    forgetHold(this.hold.id);
    // The pass is spent with it.
    if (this.date?.show) forgetPlace(this.date.show);
    if (this.closed) return;
    notice(t('hold.paid'), 'good');
    go(`/tickets/${this.hold.performance}/${this.hold.id}`, { replace: true });
  }

  #givenBack() {
    forgetHold(this.hold.id);
    notice(t('hold.cancelled'));
    if (!this.closed) go(this.#backToHall());
  }

  #backToHall() {
    return this.date?.show ? `/shows/${this.date.show}/dates/${this.hold.performance}` : '/';
  }

  // --- Over.

  #showEnd() {
    const { state } = this.hold;
    forgetHold(this.hold.id);
    document.title = `${t(`hold.${state}_title`)} · SeatHold`;
    if (state === 'confirmed')
      return go(`/tickets/${this.hold.performance}/${this.hold.id}`, { replace: true });
    const again = () => {
      chooseBefore(
        this.hold.performance,
        this.hold.seats.map(({ index }) => index),
      );
      go(this.#backToHall());
    };
    replace(
      this.root,
      this.#heading(t(`hold.${state}_title`)),
      el(
        'div',
        { class: 'card stack ended', role: 'alert' },
        icon('clock'),
        el('p', { class: 'lead' }, t(`hold.${state}_text`)),
        this.#seatList(),
        this.date?.show &&
          el(
            'button',
            { class: 'button wide', id: 'again', on: { click: again } },
            t('hold.again'),
          ),
      ),
    );
    return undefined;
  }
}

export async function openHold(root, { performance, hold }) {
  if (!needsLogin()) return undefined;
  root.className = 'slim hold-page';
  try {
    const [found, date] = await Promise.all([
      get(`/api/holds/${hold}?performance=${performance}`),
      findDate(performance, hold),
    ]);
    const page = new HoldPage(root, found, date);
    page.show();
    return () => page.close();
  } catch (error) {
    handle(error);
    return undefined;
  }
}

// Choosing seats. The map is live: a seat that somebody else takes meanwhile leaves the choice, and
// the page says so.

import { ApiError, get } from './api.js';
import { askHold, attemptUnderWay, finishAttempt } from './hold_attempt.js';
import { bestForm } from './best_form.js';
import { Choice } from './choice.js';
import { ChoicePanel } from './choice_panel.js';
import { closedText } from './dates.js';
import { el, icon, replace } from './dom.js';
import { notice } from './notices.js';
import { forgetPlace, passFor } from './queue_place.js';
import { go } from './router.js';
import { hallFrame } from './hall_frame.js';
import { HallView } from './hall_view.js';
import { handle, needsLogin } from './guard.js';
import { whenText } from './format.js';
import { myHold } from './my_hold.js';
import { priceLegend, stateLegend } from './legend.js';
import { SeatSource } from './seat_source.js';
import { shortPlaceText } from './seat_words.js';
import { t } from './strings.js';

const passProblems = ['not_admitted', 'pass_invalid', 'pass_over', 'pass_spent'];
const dark = matchMedia('(prefers-color-scheme: dark)');

class HallPage {
  constructor(root, date) {
    this.root = root;
    this.date = date;
    this.asked = []; // seats of a request under way: what becomes of them is our own doing
    this.busy = false;
    this.source = new SeatSource(date.id, {
      onMap: (map) => this.#anew(map.seats),
      onChanges: (changes) => this.#changed(changes),
      onState: (connected) => this.frame.showConnected(connected),
    });
    this.recolour = () => this.#drawLegends();
    dark.addEventListener('change', this.recolour);
  }

  close() {
    this.source.close();
    this.view?.close();
    dark.removeEventListener('change', this.recolour);
  }

  async open() {
    const { plan, map } = await this.source.open();
    this.plan = plan;
    this.choice = new Choice(this.date.id, this.date.seats_per_hold_max, () => this.#showChoice());
    this.view = new HallView(plan, map.seats, { onChoose: (index) => this.#choose(index) });
    this.frame = hallFrame(this.view);
    this.panel = new ChoicePanel(plan, this.choice, {
      onHold: () => this.#hold({ seats: this.#wishedSeats() }, this.choice.seats),
      onDrop: (index) => this.choice.toggle(index),
    });
    this.legends = el('div', { class: 'legends' });
    this.root.append(this.frame.frame, this.#aside());
    this.#drawLegends();
    this.#showMine();
    this.choice.keepOnly((index) => this.view.isFree(index));
    this.#showChoice();
    this.source.follow(map);
    if (attemptUnderWay(this.date.id)) await this.#finish(() => finishAttempt(this.date));
  }

  #aside() {
    const { date } = this;
    return el(
      'aside',
      { class: 'panel' },
      el(
        'header',
        {},
        el('a', { class: 'back', href: `#/shows/${date.show}` }, icon('back'), t('hall.dates')),
        el('p', { class: 'eyebrow' }, date.venue.name),
        el('h1', {}, date.title),
        el('p', { class: 'soft' }, whenText(date)),
      ),
      this.legends,
      bestForm(this.plan, date.seats_per_hold_max, (best) => this.#hold({ best }, [])),
      this.panel.element,
    );
  }

  #drawLegends() {
    replace(
      this.legends,
      priceLegend(this.plan, this.root),
      stateLegend(this.plan, this.root, 'buyer'),
    );
  }

  #showMine() {
    const hold = myHold();
    this.view.setMine(hold?.performance === this.date.id ? hold.seats : []);
  }

  #showChoice() {
    this.view.setChosen(this.choice.seats);
    this.panel.show({ busy: this.busy, closed: closedText(this.date) });
  }

  #choose(index) {
    if (this.busy) return;
    if (!this.choice.has(index) && !this.view.isFree(index)) {
      return notice(t('hall.not_free', { seat: shortPlaceText(this.plan, index) }));
    }
    if (!this.choice.toggle(index)) notice(t('hall.enough', { n: this.date.seats_per_hold_max }));
  }

  #anew(letters) {
    this.view.setLetters(letters);
    this.#dropTaken();
  }

  #changed(changes) {
    this.view.change(changes);
    if (changes.some(([index]) => this.choice.has(index))) this.#dropTaken();
  }

  #dropTaken() {
    const gone = this.choice.keepOnly(
      (index) => this.view.isFree(index) || this.asked.includes(index),
    );
    for (const index of gone) this.#sayTaken(index);
  }

  #sayTaken(index) {
    this.view.point(index);
    notice(t('hall.taken', { seat: shortPlaceText(this.plan, index) }), 'bad');
  }

  // --- Asking for seats.

  #wishedSeats() {
    return this.choice.seats.map((index) => {
      const [seat, ticket_type] = [this.plan.ids[index], this.choice.typeOf(index)];
      return ticket_type === 0 ? seat : { seat, ticket_type };
    });
  }

  async #hold(wish, seats) {
    if (this.busy || !needsLogin()) return;
    const pass = passFor(this.date.show);
    if (this.date.requires_pass && !pass) return this.#toQueue();
    const body = { performance: this.date.id, ...wish, ...(pass && { pass: pass.pass }) };
    await this.#finish(() => askHold(this.date, body), seats);
  }

  async #finish(ask, seats = []) {
    this.asked = seats;
    this.busy = true;
    this.#showChoice();
    try {
      const hold = await ask();
      this.choice.clear();
      go(`/holds/${this.date.id}/${hold.id}`);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.asked = [];
      this.busy = false;
      this.#showChoice();
    }
  }

  #refused(error) {
    if (!(error instanceof ApiError)) return handle(error);
    if (passProblems.includes(error.code)) return this.#passOver();
    const inTheWay = error.seats.map(({ index }) => index);
    this.choice.keepOnly((index) => !inTheWay.includes(index));
    for (const index of inTheWay) this.#sayTaken(index);
    if (!inTheWay.length) handle(error);
  }

  // What was kept of the place says that it is good, and is wrong.
  #passOver() {
    forgetPlace(this.date.show);
    this.#toQueue();
  }

  #toQueue() {
    notice(t('hall.needs_queue'));
    go(`/shows/${this.date.show}/queue?date=${this.date.id}`);
  }
}

export async function openHall(root, { show, performance }) {
  try {
    const { performances } = await get(`/api/shows/${show}/performances`);
    const date = performances.find(({ id }) => id === performance);
    if (!date) return go(`/shows/${show}`, { replace: true });
    document.title = `${date.title} · SeatHold`;
    root.className = 'hall-page';
    const page = new HallPage(root, date);
    await page.open();
    return () => page.close();
  } catch (error) {
    handle(error);
    return undefined;
  }
}

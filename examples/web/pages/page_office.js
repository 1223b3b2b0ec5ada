// The box office: the hall as it fills, the counts, the last sales, and seats on and off sale.

import { clockTime, count, money, whenText } from './format.js';
import { dateRow } from './dates.js';
import { el, icon, replace } from './dom.js';
import { get, post, send } from './api.js';
import { hallFrame } from './hall_frame.js';
import { HallView } from './hall_view.js';
import { handle, needsStaff } from './guard.js';
import { hasRole } from './session.js';
import { notice } from './notices.js';
import { RefundCard } from './refund_card.js';
import { SeatSource } from './seat_source.js';
import { states } from './palette.js';
import { stateLegend } from './legend.js';
import { t } from './strings.js';

const salesShown = 12;
const salesEach_ms = 2000;
const countNames = ['sold', 'held', 'free', 'blocked'];

class OfficePage {
  constructor(root, date) {
    this.root = root;
    this.date = date;
    this.picked = [];
    this.source = new SeatSource(date.id, {
      onMap: (map) => {
        this.view.setLetters(map.seats);
        this.#showCounts(map);
      },
      onChanges: (changes, counts) => {
        this.view.change(changes);
        this.#showCounts(counts);
        this.salesOld ||= changes.some(([, letter]) => letter === 's' || letter === 'f');
      },
      onState: (connected) => this.frame.showConnected(connected),
    });
  }

  close() {
    this.source.close();
    this.view?.close();
    clearInterval(this.timer);
  }

  async open() {
    const { plan, map } = await this.source.open();
    this.plan = plan;
    this.view = new HallView(plan, map.seats, {
      view: 'office',
      onChoose: (index) => this.#pick(index),
    });
    this.frame = hallFrame(this.view);
    this.counts = el('dl', { class: 'counts' });
    this.bar = el(
      'div',
      { class: 'fill-bar large', 'aria-hidden': 'true' },
      countNames.map((name) => el('span', { class: `part ${name}` })),
    );
    this.sales = el('ul', { class: 'sales' });
    this.tools = el('div', { class: 'office-tools' });
    const onDone = () => {
      this.salesOld = true;
    };
    this.refund = new RefundCard(this.date.id, plan, { onDone });
    this.root.append(this.frame.frame, this.#aside());
    this.#showCounts(map);
    this.#showTools();
    this.source.follow(map);
    this.salesOld = true;
    this.timer = setInterval(() => this.#loadSales(), salesEach_ms);
    await this.#loadSales();
  }

  #aside() {
    const { date } = this;
    return el(
      'aside',
      { class: 'panel' },
      el(
        'header',
        {},
        el('a', { class: 'back', href: '#/office' }, icon('back'), t('nav.office')),
        el('p', { class: 'eyebrow' }, date.venue.name),
        el('h1', {}, date.title),
        el('p', { class: 'soft' }, whenText(date)),
      ),
      this.counts,
      this.bar,
      stateLegend(this.plan, this.root, 'office'),
      this.tools,
      this.refund.element,
      el('section', {}, el('h2', {}, t('office.sales')), this.sales),
    );
  }

  #showCounts(counts) {
    const all = countNames.reduce((sum, name) => sum + counts[name], 0) || 1;
    countNames.forEach((name, i) => {
      this.bar.children[i].style.width = `${(100 * counts[name]) / all}%`;
    });
    replace(
      this.counts,
      countNames.map((name) =>
        el(
          'div',
          { class: name },
          el('dt', {}, t(`seat.${name}`)),
          el('dd', { class: 'digits', 'data-count': name }, count(counts[name])),
        ),
      ),
    );
  }

  async #loadSales() {
    if (!this.salesOld || document.hidden) return;
    this.salesOld = false;
    try {
      const { sales } = await get(`/api/performances/${this.date.id}/sales?limit=${salesShown}`);
      replace(
        this.sales,
        sales.length
          ? sales.map((sale) => this.#saleRow(sale))
          : el('li', { class: 'soft' }, t('office.no_sales')),
      );
    } catch (error) {
      handle(error);
    }
  }

  #saleRow(sale) {
    const { at, seats, total } = sale;
    const [first, ...more] = seats;
    const place = t('seat.short', { section: first.section, row: first.row, seat: first.label });
    const stillSold = seats.every(({ index }) => this.view.hall.state[index] === states.s);
    const refund = {
      class: 'quiet',
      'aria-label': t('refund.of', { seat: place }),
      title: t('refund.title'),
      on: { click: () => this.refund.open(sale) },
    };
    return el(
      'li',
      {},
      el('span', { class: 'soft digits' }, clockTime(at)),
      el(
        'span',
        {},
        place,
        more.length > 0 &&
          el('small', { class: 'soft' }, ` ${t('office.more', { n: more.length })}`),
      ),
      el('b', { class: 'digits' }, money(total.amount_minor, total.currency)),
      stillSold ? el('button', refund, icon('repeat')) : el('span', {}),
    );
  }

  // --- What the house may do.

  #pick(index) {
    const state = this.view.hall.state[index];
    if (state === states.s) return this.refund.openAt(index);
    if (state !== states.f && state !== states.b) return undefined;
    this.picked = this.picked.includes(index)
      ? this.picked.filter((seat) => seat !== index)
      : [...this.picked, index];
    this.view.setChosen(this.picked);
    this.#showTools();
    return undefined;
  }

  #showTools() {
    const none = this.picked.length === 0;
    const button = (name, act, disabled = false) =>
      el(
        'button',
        { class: 'button plain small', id: name, disabled, on: { click: act } },
        t(`office.${name}`),
      );
    replace(
      this.tools,
      el(
        'p',
        { class: 'soft' },
        none ? t('office.pick') : t('office.picked', { n: this.picked.length }),
      ),
      el(
        'div',
        { class: 'row' },
        button('block', () => this.#setSale('block'), none),
        button('unblock', () => this.#setSale('unblock'), none),
        button('door_list', () => this.#doorList()),
        hasRole('operator') &&
          button(this.date.on_sale ? 'close_sale' : 'open_sale', () => this.#switchSale()),
      ),
    );
  }

  async #setSale(change) {
    try {
      const seats = this.picked.map((index) => this.plan.ids[index]);
      const { results } = await post(
        `/api/performances/${this.date.id}/${change}`,
        { seats },
        { patience_ms: 10000 },
      );
      const refused = results.filter(({ code }) => code !== 'ok').length;
      if (refused) notice(t('office.refused', { n: refused }), 'bad');
      else notice(t(`office.${change}ed`, { n: results.length }), 'good');
      this.picked = [];
      this.view.setChosen([]);
      this.#showTools();
    } catch (error) {
      handle(error);
    }
  }

  async #switchSale() {
    try {
      this.date = await send('PATCH', `/api/performances/${this.date.id}`, {
        body: { on_sale: !this.date.on_sale },
        patience_ms: 10000,
      });
      this.#showTools();
    } catch (error) {
      handle(error);
    }
  }

  // A link cannot carry the login, so the page fetches the list and hands it over as a file.
  async #doorList() {
    try {
      const path = `/api/performances/${this.date.id}/door.csv`;
      const address = URL.createObjectURL(await get(path, { as: 'blob' }));
      el('a', { href: address, download: `door-${this.date.local_date}.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    } catch (error) {
      handle(error);
    }
  }
}

export async function openOfficeList(root) {
  if (!needsStaff()) return;
  document.title = `${t('nav.office')} · SeatHold`;
  root.className = 'narrow';
  try {
    const { shows } = await get('/api/shows');
    const lists = await Promise.all(shows.map(({ id }) => get(`/api/shows/${id}/performances`)));
    root.append(
      el('h1', {}, t('nav.office')),
      ...shows.map((show, i) =>
        el(
          'section',
          { class: 'stack' },
          el('h2', {}, show.title),
          el(
            'div',
            { class: 'date-list' },
            lists[i].performances.map((date) => dateRow(date, `#/office/${show.id}/${date.id}`)),
          ),
        ),
      ),
    );
  } catch (error) {
    handle(error);
  }
}

export async function openOffice(root, { show, performance }) {
  if (!needsStaff()) return undefined;
  try {
    const { performances } = await get(`/api/shows/${show}/performances`);
    const date = performances.find(({ id }) => id === performance);
    document.title = `${date.title} · ${t('nav.office')}`;
    root.className = 'hall-page office';
    const page = new OfficePage(root, date);
    await page.open();
    return () => page.close();
  } catch (error) {
    handle(error);
    return undefined;
  }
}

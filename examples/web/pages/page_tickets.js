// What one has bought, and what is shown at the door.

import { count, dateParts, money, whenText } from './format.js';
import { el, icon } from './dom.js';
import { get } from './api.js';
import { handle, needsLogin } from './guard.js';
import { qrImage } from './qr_image.js';
import { t } from './strings.js';

async function allReservations() {
  const all = [];
  let query = '';
  for (;;) {
    const { reservations, next } = await get(`/api/reservations${query}`);
    all.push(...reservations);
    if (!next) return all;
    query = `?after_performance=${next.performance}&after_hold=${next.hold}`;
  }
}

function row(reservation) {
  const { id, performance, state, seats, total } = reservation;
  const { day, month, year } = dateParts(reservation.local_date);
  const target = {
    held: `#/holds/${performance}/${id}`,
    confirmed: `#/tickets/${performance}/${id}`,
  }[state];
  return el(
    target ? 'a' : 'div',
    { class: `date-row ${state}`, href: target },
    el('span', { class: 'day' }, el('b', {}, day), el('span', {}, month), el('small', {}, year)),
    el(
      'span',
      { class: 'when' },
      el('strong', {}, reservation.title),
      el(
        'span',
        { class: 'soft' },
        t('tickets.seats', { n: seats.length, count: count(seats.length) }),
        ' · ',
        money(total.amount_minor, total.currency),
      ),
    ),
    el('span', { class: `tag ${state}` }, t(`tickets.${state}`)),
    target && icon('next'),
  );
}

export async function openTickets(root) {
  if (!needsLogin()) return;
  document.title = `${t('nav.tickets')} · SeatHold`;
  root.className = 'narrow';
  try {
    const all = await allReservations();
    const newest = all.sort((a, b) => (b.created_at ?? '').localeCompare(a.created_at ?? ''));
    const live = newest.filter(({ state }) => ['held', 'confirmed'].includes(state));
    const past = newest.filter(({ state }) => !['held', 'confirmed'].includes(state));
    root.append(
      el('h1', {}, t('nav.tickets')),
      live.length
        ? el('div', { class: 'date-list' }, live.map(row))
        : el('p', { class: 'empty' }, t('tickets.none')),
      (past.length > 0 &&
        el(
          'details',
          {},
          el('summary', {}, t('tickets.past', { n: past.length })),
          el('div', { class: 'date-list past' }, past.map(row)),
        )) ||
        '',
    );
  } catch (error) {
    handle(error);
  }
}

function ticketCard(tickets, ticket) {
  const fact = (name, text) => el('div', {}, el('dt', {}, t(`ticket.${name}`)), el('dd', {}, text));
  return el(
    'article',
    { class: 'ticket' },
    el(
      'div',
      { class: 'ticket-text' },
      el('p', { class: 'eyebrow' }, tickets.venue),
      el('h2', {}, tickets.title),
      el('p', { class: 'soft' }, whenText(tickets)),
      el(
        'dl',
        {},
        fact('section', ticket.section),
        fact('row', ticket.row),
        fact('seat', ticket.label),
      ),
    ),
    el(
      'div',
      { class: 'ticket-stub' },
      qrImage(
        ticket.qr_svg,
        t('ticket.code', { section: ticket.section, row: ticket.row, seat: ticket.label }),
      ),
      el('p', { class: 'unseen', 'data-ticket': ticket.ticket }),
    ),
  );
}

export async function openTicket(root, { performance, hold }) {
  if (!needsLogin()) return;
  root.className = 'narrow';
  try {
    const tickets = await get(`/api/tickets/${hold}?performance=${performance}`);
    document.title = `${tickets.title} · SeatHold`;
    root.append(
      el('a', { class: 'back', href: '#/tickets' }, icon('back'), t('nav.tickets')),
      el(
        'div',
        { class: 'row spread' },
        el('h1', {}, t('ticket.title', { n: tickets.tickets.length })),
        el(
          'button',
          { class: 'button plain small', on: { click: () => window.print() } },
          t('ticket.print'),
        ),
      ),
      el(
        'div',
        { class: 'tickets' },
        tickets.tickets.map((ticket) => ticketCard(tickets, ticket)),
      ),
    );
  } catch (error) {
    handle(error);
  }
}

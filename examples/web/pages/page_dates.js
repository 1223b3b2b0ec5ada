// The dates of a show, and how much room there is.

import { dateRow } from './dates.js';
import { el, icon } from './dom.js';
import { get } from './api.js';
import { handle } from './guard.js';
import { passFor } from './queue_place.js';
import { t } from './strings.js';

export async function openDates(root, { show }) {
  try {
    const { performances } = await get(`/api/shows/${show}/performances`);
    const title = performances[0]?.title ?? t('shows.no_dates');
    document.title = `${title} · SeatHold`;
    root.className = 'narrow';
    const target = (date) =>
      date.requires_pass && date.on_sale && !passFor(show)
        ? `#/shows/${show}/queue?date=${date.id}`
        : `#/shows/${show}/dates/${date.id}`;
    root.append(
      el('a', { class: 'back', href: '#/' }, icon('back'), t('nav.shows')),
      el(
        'div',
        { class: 'hero' },
        el('h1', {}, title),
        el('p', { class: 'lead' }, t('dates.lead')),
      ),
      el(
        'div',
        { class: 'date-list' },
        performances.map((date) => dateRow(date, target(date))),
      ),
    );
  } catch (error) {
    handle(error);
  }
}

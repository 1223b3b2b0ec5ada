// What is on.

import { count, venueDates } from './format.js';
import { el, icon } from './dom.js';
import { get } from './api.js';
import { handle } from './guard.js';
import { showArt } from './show_art.js';
import { t } from './strings.js';

function card(show) {
  return el(
    'a',
    { class: 'show-card', href: `#/shows/${show.id}` },
    showArt(show.title),
    el('p', { class: 'eyebrow' }, show.venues.join(', ')),
    el('h2', {}, show.title),
    el(
      'p',
      { class: 'soft' },
      show.first_date ? venueDates(show.first_date, show.last_date) : t('shows.no_dates'),
    ),
    el(
      'p',
      { class: 'card-foot' },
      el('span', {}, t('shows.dates', { n: show.performances, count: count(show.performances) })),
      show.requires_pass && el('span', { class: 'tag' }, t('shows.queue')),
      icon('next'),
    ),
  );
}

export async function openShows(root) {
  document.title = 'SeatHold';
  try {
    const { shows } = await get('/api/shows');
    root.className = 'narrow';
    root.append(
      el(
        'div',
        { class: 'hero' },
        el('h1', {}, t('shows.title')),
        el('p', { class: 'lead' }, t('shows.lead')),
      ),
      shows.length
        ? el('div', { class: 'cards' }, shows.map(card))
        : el('p', { class: 'empty' }, t('shows.none')),
    );
  } catch (error) {
    handle(error);
  }
}

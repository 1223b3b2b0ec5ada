// Dates of a show as they are listed for buyers and for the box office.

import { count, dateParts, moment, venueTime } from './format.js';
import { el, icon } from './dom.js';
import { serverNow } from './server_clock.js';
import { t } from './strings.js';

// Why no seat can be had now, or null.
export function closedText(date) {
  const now = serverNow();
  if (date.sale_opens_at && now < Date.parse(date.sale_opens_at)) {
    return t('dates.opens', { when: moment(date.sale_opens_at) });
  }
  if (!date.on_sale) return t('dates.closed');
  if (date.sale_state === 'sold_out') return t('dates.sold_out');
  if (date.sale_state === 'all_held') return t('dates.all_held');
  return null;
}

export function fillBar(date) {
  const part = (name) => {
    const span = el('span', { class: `part ${name}` });
    span.style.width = `${(100 * date[name]) / Math.max(1, date.seats)}%`;
    return span;
  };
  const parts = ['sold', 'held', 'blocked'].map(part);
  return el('span', { class: 'fill-bar', 'aria-hidden': 'true' }, parts);
}

export function dateRow(date, href) {
  const { day, month, weekday, year } = dateParts(date.local_date);
  return el(
    'a',
    { class: 'date-row', href },
    el('span', { class: 'day' }, el('b', {}, day), el('span', {}, month), el('small', {}, year)),
    el(
      'span',
      { class: 'when' },
      el('strong', {}, `${weekday}, ${venueTime(date.local_date, date.local_time)}`),
      el('span', { class: 'soft' }, date.venue.name),
    ),
    el(
      'span',
      { class: 'room' },
      fillBar(date),
      el(
        'span',
        { class: 'soft' },
        closedText(date) ?? t('dates.free', { n: date.free, count: count(date.free) }),
      ),
    ),
    icon('next'),
  );
}

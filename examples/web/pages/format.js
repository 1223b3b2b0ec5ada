// Money, dates and durations as people write them in the language chosen.

import { locale } from './strings.js';

// Amounts are whole minor units, possibly beyond what a double holds: the decimal point is set in
// the text, and Intl reads the text.
export function money(amount_minor, currency) {
  const format = new Intl.NumberFormat(locale(), { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  return format.format(decimal(String(amount_minor), digits));
}

export function decimal(minor, digits) {
  const sign = minor.startsWith('-') ? '-' : '';
  const padded = minor.replace('-', '').padStart(digits + 1, '0');
  const whole = padded.slice(0, padded.length - digits);
  return digits === 0 ? sign + whole : `${sign}${whole}.${padded.slice(padded.length - digits)}`;
}

export function minorDigits(currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits;
}

export function count(n) {
  return new Intl.NumberFormat(locale()).format(n);
}

// The clock of the venue, wherever the reader is: date and time are taken as they stand.
function asItStands(local_date, local_time = '12:00') {
  return new Date(`${local_date}T${local_time.slice(0, 5)}:00Z`);
}

export function venueDate(local_date, style = 'full') {
  return new Intl.DateTimeFormat(locale(), { dateStyle: style, timeZone: 'UTC' }).format(
    asItStands(local_date),
  );
}

export function venueTime(local_date, local_time) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short', timeZone: 'UTC' }).format(
    asItStands(local_date, local_time),
  );
}

export function whenText({ local_date, local_time }) {
  return new Intl.DateTimeFormat(locale(), {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(asItStands(local_date, local_time));
}

export function dateParts(local_date) {
  const date = asItStands(local_date);
  const part = (options) =>
    new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', ...options }).format(date);
  return {
    day: String(date.getUTCDate()),
    month: part({ month: 'short' }),
    weekday: part({ weekday: 'long' }),
    year: String(date.getUTCFullYear()),
  };
}

export function venueDates(first, last) {
  if (first === last) return venueDate(first, 'long');
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeZone: 'UTC' });
  return format.formatRange(asItStands(first), asItStands(last));
}

export function moment(instant) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
}

export function clockTime(instant) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(new Date(instant));
}

// 4:05, rounded up: 0:00 is shown when it is over and not a second before.
export function minutes(left_ms) {
  const seconds = Math.max(0, Math.ceil(left_ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

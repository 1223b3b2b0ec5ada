// A buyer's place in the line of a show, shared by reloads and tabs: the last answer of the server,
// and when the next question is due.

import { drop, load, onOtherTab, save } from './store.js';
import { serverNow } from './server_clock.js';

const name = (show) => `place.${show}`;

export const placeFor = (show) => load(name(show));
export const forgetPlace = (show) => drop(name(show));
export const onPlaceElsewhere = (show, listener) => onOtherTab(name(show), listener);

export function keepPlace(answer) {
  const place = { ...answer, poll_at_ms: Date.now() + answer.next_poll_ms };
  save(name(answer.show), place);
  return place;
}

// What starts a hold, while it is good.
export function passFor(show) {
  const place = placeFor(show);
  if (place?.state !== 'admitted' || !place.pass) return null;
  return Date.parse(place.admitted_until) > serverNow() ? place : null;
}

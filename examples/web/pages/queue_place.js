// A buyer's place in the line of a show, shared by reloads and tabs: the last answer of the server,
// and when the next question is due.

import { drop, load, namesOf, onOtherTab, save } from './store.js';
import { serverNow } from './server_clock.js';

const prefix = 'place.';

export const placeFor = (show) => load(prefix + show);
export const forgetPlace = (show) => drop(prefix + show);

export function keepPlace(answer) {
  const place = { ...answer, poll_at_ms: Date.now() + answer.next_poll_ms };
  save(prefix + answer.show, place);
  return place;
}

export function waitingShows() {
  const shows = namesOf(prefix).map((name) => name.slice(prefix.length));
  return shows.filter((show) => placeFor(show)?.state === 'waiting');
}

// `listener(place)`: what another tab was told.
export function onPlaceElsewhere(listener) {
  onOtherTab(prefix, (place) => place && listener(place));
}

// What starts a hold, while it is good.
export function passFor(show) {
  const place = placeFor(show);
  if (place?.state !== 'admitted' || !place.pass) return null;
  return Date.parse(place.admitted_until) > serverNow() ? place : null;
}

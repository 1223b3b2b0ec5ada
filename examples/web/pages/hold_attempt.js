// Asking for seats, so that the answer is never lost: the id and the wish are kept until an answer
// came, and a page that was reloaded in between sends the same again.

import { ApiError, put } from './api.js';
import { drop, load, save } from './store.js';
import { newId } from './ids.js';
import { rememberHold } from './my_hold.js';

const name = (performance) => `attempt.${performance}`;

export const attemptUnderWay = (performance) => load(name(performance));

// `date`: for the header of every page, which shows the hold under way.
export async function askHold(date, wish) {
  save(name(date.id), { id: newId(), wish });
  return finishAttempt(date);
}

export async function finishAttempt(date) {
  const { id, wish } = attemptUnderWay(date.id);
  try {
    const hold = await put(`/api/holds/${id}`, wish);
    if (hold.state === 'held') remember(date, hold);
    drop(name(date.id));
    return hold;
  } catch (error) {
    // A refusal is an answer. "Unknown", "busy" and a login that is over are none: the same again.
    if (error instanceof ApiError && error.status < 500 && ![401, 429].includes(error.status)) {
      drop(name(date.id));
    }
    throw error;
  }
}

function remember(date, hold) {
  rememberHold({
    performance: date.id,
    show: date.show,
    hold: hold.id,
    title: date.title,
    venue: date.venue.name,
    local_date: date.local_date,
    local_time: date.local_time,
    seats: hold.seats.map(({ index }) => index),
    expires_at: hold.expires_at,
  });
}

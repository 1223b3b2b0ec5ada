// Keeps the buyer's places in lines alive. A poll is a heartbeat, and a place that is silent for a
// minute is given away: so it goes on whatever page is shown, until the wait is over.

import { ApiError, post } from './api.js';
import { after } from './steady_timer.js';
import { forgetPlace, keepPlace, onPlaceElsewhere, placeFor, waitingShows } from './queue_place.js';
import { notice } from './notices.js';
import { onSessionChange, session } from './session.js';
import { t } from './strings.js';

// Another tab asks first; a hidden one takes its answer.
const hiddenTabLag_ms = 700;
const busyPause_ms = 3000;
const patience_ms = 60000;

const rooms = new Map(); // by show: the waiting room on this page
const stops = new Map(); // by show: how to stop the next question

// `onPlace(place)` at each answer; `onError(error)` where a question was refused.
export function enterRoom(show, room) {
  rooms.set(show, room);
  return () => rooms.delete(show);
}

export function joinLine(show) {
  return ask(show, () => post(`/api/shows/${show}/queue`, {}, { patience_ms }));
}

export function pollPlace(show) {
  const { token } = placeFor(show) ?? {};
  if (!token || !session()) return undefined;
  const question = () => post('/api/queue/poll', { token, show }, { patience_ms });
  // It may have been given up while the question was under way.
  return ask(show, question, () => placeFor(show)?.token === token);
}

export async function leaveLine(show) {
  const place = placeFor(show);
  stop(show);
  forgetPlace(show);
  if (place) await post('/api/queue/leave', { token: place.token, show }).catch(() => {});
}

async function ask(show, question, stillWanted = () => true) {
  stop(show);
  try {
    const answer = await question();
    if (stillWanted()) take(keepPlace(answer));
  } catch (error) {
    if (stillWanted()) refused(show, error);
  }
}

function stop(show) {
  stops.get(show)?.();
  stops.delete(show);
}

function askLater(show, wait_ms) {
  stop(show);
  stops.set(
    show,
    after(Math.max(0, wait_ms), () => pollPlace(show)),
  );
}

function take(place) {
  const { show, state } = place;
  const lag_ms = document.hidden ? hiddenTabLag_ms : 0;
  if (state === 'waiting') askLater(show, place.poll_at_ms - Date.now() + lag_ms);
  else stop(show);
  if (state === 'expired' || state === 'closed') forgetPlace(show);
  const room = rooms.get(show);
  if (room) room.onPlace(place);
  else announce(state);
}

function announce(state) {
  if (state === 'admitted') notice(t('queue.your_turn'), 'good');
  else if (state !== 'waiting') notice(t(`queue.${state}_title`), 'bad');
}

function refused(show, error) {
  if (error instanceof ApiError && error.code === 'token_invalid') {
    return take({ show, state: 'expired' });
  }
  rooms.get(show)?.onError(error);
  // Without a login nothing can be asked; after it, see below.
  if (error.status !== 401) askLater(show, error.retry_after_ms || busyPause_ms);
  return undefined;
}

export function startKeeping() {
  const all = () => waitingShows().forEach((show) => pollPlace(show));
  onSessionChange((now) => now?.token && all());
  onPlaceElsewhere(take);
  all();
}

// The waiting room. The place is the server's: this page only shows it, asks again when told to,
// and keeps it for a reload and for other tabs.

import { ApiError, get, post } from './api.js';
import { after } from './steady_timer.js';
import { count } from './format.js';
import { el, icon, replace } from './dom.js';
import { forgetPlace, keepPlace, onPlaceElsewhere, placeFor } from './queue_place.js';
import { go } from './router.js';
import { handle, needsLogin } from './guard.js';
import { notice } from './notices.js';
import { t } from './strings.js';

// Another tab asks first; this one takes its answer.
const hiddenTabLag_ms = 700;
const busyPause_ms = 3000;

function waitText(wait_ms) {
  if (wait_ms === null || wait_ms === undefined) return t('queue.wait_unknown');
  const minutes = Math.ceil(wait_ms / 60000);
  return wait_ms < 60000 ? t('queue.wait_short') : t('queue.wait', { n: minutes });
}

class WaitingRoom {
  constructor(root, show, date) {
    this.show = show;
    this.date = date;
    this.stopTimer = () => {};
    this.closed = false;
    this.first = null;
    this.body = el('div', { class: 'queue-card' });
    root.append(this.body);
    this.stopListening = onPlaceElsewhere(show, (place) => place && this.#take(place));
  }

  close() {
    this.closed = true;
    this.stopTimer();
    this.stopListening();
  }

  async enter() {
    const kept = placeFor(this.show);
    if (kept && ['waiting', 'admitted'].includes(kept.state)) this.#draw(kept);
    await (kept?.token ? this.#poll(kept.token) : this.#join());
  }

  #join() {
    return this.#ask(() => post(`/api/shows/${this.show}/queue`, {}, { patience_ms: 60000 }));
  }

  #poll(token) {
    return this.#ask(() =>
      post('/api/queue/poll', { token, show: this.show }, { patience_ms: 60000 }),
    );
  }

  async #ask(question) {
    try {
      this.#take(keepPlace(await question()));
    } catch (error) {
      this.#refused(error);
    }
  }

  #refused(error) {
    if (this.closed) return;
    if (error instanceof ApiError && error.code === 'token_invalid') {
      forgetPlace(this.show);
      return this.#draw({ state: 'expired' });
    }
    handle(error);
    if (error.status === 401) return;
    const wait_ms = error.retry_after_ms || busyPause_ms;
    this.stopTimer = after(wait_ms, () => this.enter());
  }

  #take(place) {
    if (this.closed) return;
    this.stopTimer();
    if (place.state === 'admitted') return this.#admitted();
    this.#draw(place);
    if (place.state !== 'waiting') return forgetPlace(this.show);
    const lag_ms = document.hidden ? hiddenTabLag_ms : 0;
    this.stopTimer = after(Math.max(0, place.poll_at_ms - Date.now()) + lag_ms, () =>
      this.#poll(place.token),
    );
  }

  #admitted() {
    notice(t('queue.your_turn'), 'good');
    go(this.date ? `/shows/${this.show}/dates/${this.date}` : `/shows/${this.show}`, {
      replace: true,
    });
  }

  #draw(place) {
    if (place.state === 'waiting') this.#drawWaiting(place);
    else this.#drawEnd(place.state);
  }

  #drawWaiting({ ahead, estimated_wait_ms }) {
    this.first = Math.max(this.first ?? 0, ahead, 1);
    document.title = `${count(ahead)} · SeatHold`;
    const done = el('span', { class: 'queue-done' });
    done.style.width = `${100 * (1 - ahead / this.first)}%`;
    replace(
      this.body,
      el('p', { class: 'eyebrow' }, t('queue.title')),
      el(
        'p',
        { class: 'queue-number', 'aria-live': 'polite' },
        el('b', { class: 'digits', 'data-ahead': ahead }, count(ahead)),
        el('span', {}, t('queue.ahead', { n: ahead })),
      ),
      el('div', { class: 'queue-bar', 'aria-hidden': 'true' }, done),
      el('p', { class: 'lead' }, waitText(estimated_wait_ms)),
      el('p', { class: 'soft' }, t('queue.kept')),
      el(
        'div',
        { class: 'row' },
        this.date &&
          el(
            'a',
            { class: 'button plain', href: `#/shows/${this.show}/dates/${this.date}` },
            t('queue.look'),
          ),
        el(
          'button',
          { class: 'button quiet', on: { click: () => this.#leave() } },
          t('queue.leave'),
        ),
      ),
    );
  }

  // Says what happened, and does not pretend that the old place is still there.
  #drawEnd(state) {
    document.title = `${t(`queue.${state}_title`)} · SeatHold`;
    const again = () => {
      forgetPlace(this.show);
      this.first = null;
      this.#join();
    };
    replace(
      this.body,
      el('p', { class: 'eyebrow' }, t('queue.title')),
      el('h1', {}, t(`queue.${state}_title`)),
      el('p', { class: 'lead' }, t(`queue.${state}_text`)),
      el(
        'div',
        { class: 'row' },
        state === 'expired' &&
          el('button', { class: 'button', on: { click: again } }, t('queue.again')),
        el('a', { class: 'button plain', href: '#/' }, t('nav.shows')),
      ),
    );
  }

  async #leave() {
    const place = placeFor(this.show);
    this.close();
    forgetPlace(this.show);
    go(`/shows/${this.show}`);
    if (place)
      await post('/api/queue/leave', { token: place.token, show: this.show }).catch(() => {});
  }
}

export async function openQueue(root, { show, date }) {
  if (!needsLogin()) return undefined;
  root.className = 'narrow';
  const room = new WaitingRoom(root, show, date);
  get(`/api/shows/${show}/performances`)
    .then(({ performances }) => {
      root.prepend(
        el(
          'a',
          { class: 'back', href: `#/shows/${show}` },
          icon('back'),
          performances[0]?.title ?? '',
        ),
      );
    })
    .catch(() => {});
  await room.enter();
  return () => room.close();
}

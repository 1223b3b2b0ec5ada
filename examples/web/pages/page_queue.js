// The waiting room: shows the place that queue_keeper.js keeps.

import { count } from './format.js';
import { el, icon, replace } from './dom.js';
import { enterRoom, joinLine, leaveLine, pollPlace } from './queue_keeper.js';
import { get } from './api.js';
import { go } from './router.js';
import { handle, needsLogin } from './guard.js';
import { notice } from './notices.js';
import { placeFor } from './queue_place.js';
import { t } from './strings.js';

function waitText(wait_ms) {
  if (wait_ms === null || wait_ms === undefined) return t('queue.wait_unknown');
  const minutes = Math.ceil(wait_ms / 60000);
  return wait_ms < 60000 ? t('queue.wait_short') : t('queue.wait', { n: minutes });
}

class WaitingRoom {
  constructor(root, show, date) {
    this.show = show;
    this.date = date;
    this.first = 1;
    this.waiting = null;
    this.body = el('div', { class: 'queue-card' });
    root.append(this.body);
    this.close = enterRoom(show, { onPlace: (place) => this.#take(place), onError: handle });
  }

  async enter() {
    const kept = placeFor(this.show);
    if (kept?.state === 'waiting') this.#drawWaiting(kept);
    await (kept ? pollPlace(this.show) : joinLine(this.show));
  }

  #take(place) {
    if (place.state === 'admitted') this.#admitted();
    else if (place.state === 'waiting') this.#drawWaiting(place);
    else this.#drawEnd(place.state);
  }

  #admitted() {
    notice(t('queue.your_turn'), 'good');
    const next = this.date ? `/shows/${this.show}/dates/${this.date}` : `/shows/${this.show}`;
    go(next, { replace: true });
  }

  // The same elements each time, so that the number is read out and the bar moves.
  #drawWaiting({ ahead, estimated_wait_ms }) {
    this.first = Math.max(this.first, ahead);
    this.waiting ??= this.#buildWaiting();
    const { number, text, done, wait } = this.waiting;
    document.title = `${count(ahead)} · SeatHold`;
    number.dataset.ahead = ahead;
    number.textContent = count(ahead);
    text.textContent = t('queue.ahead', { n: ahead });
    wait.textContent = waitText(estimated_wait_ms);
    done.style.width = `${100 * (1 - ahead / this.first)}%`;
  }

  #buildWaiting() {
    const parts = {
      number: el('b', { class: 'digits' }),
      text: el('span'),
      done: el('span', { class: 'queue-done' }),
      wait: el('p', { class: 'lead' }),
    };
    const hall = `#/shows/${this.show}/dates/${this.date}`;
    const leave = { class: 'button quiet', on: { click: () => this.#leave() } };
    const look = this.date && el('a', { class: 'button plain', href: hall }, t('queue.look'));
    replace(
      this.body,
      el('p', { class: 'eyebrow' }, t('queue.title')),
      el('p', { class: 'queue-number', 'aria-live': 'polite' }, parts.number, parts.text),
      el('div', { class: 'queue-bar', 'aria-hidden': 'true' }, parts.done),
      parts.wait,
      el('p', { class: 'soft' }, t('queue.kept')),
      el('div', { class: 'row' }, look, el('button', leave, t('queue.leave'))),
    );
    return parts;
  }

  // Says what happened, and does not pretend that the old place is still there.
  #drawEnd(state) {
    document.title = `${t(`queue.${state}_title`)} · SeatHold`;
    this.waiting = null;
    this.first = 1;
    const again = () => joinLine(this.show);
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
    go(`/shows/${this.show}`);
    await leaveLine(this.show);
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

// The door: a scanner types a ticket and Enter, or the camera reads it, and the page says in one
// look whether to let them in.

import { clockTime } from './format.js';
import { el, icon, replace } from './dom.js';
import { handle, needsStaff } from './guard.js';
import { post } from './api.js';
import { t } from './strings.js';

const lookEach_ms = 250;
const sameAgain_ms = 4000;

const signs = { ok: 'check', seen_before: 'repeat', forged: 'cross', not_paid: 'cross' };

function answerCard(answer) {
  const seat =
    answer.section === undefined
      ? null
      : t('seat.place', { section: answer.section, row: answer.row, seat: answer.label });
  return el(
    'div',
    { class: `door-answer ${answer.reason}`, role: 'alert', 'data-reason': answer.reason },
    icon(signs[answer.reason] ?? 'cross'),
    el('p', { class: 'verdict' }, t(`door.${answer.reason}`)),
    seat && el('p', { class: 'lead' }, seat),
    answer.title && el('p', { class: 'soft' }, answer.title),
    answer.reason === 'seen_before' &&
      el('p', {}, t('door.first_seen', { when: clockTime(answer.first_seen_at) })),
  );
}

// Reads codes from the camera, where the browser can (a secure origin, and BarcodeDetector).
class Camera {
  constructor(onTicket) {
    this.onTicket = onTicket;
    this.video = el('video', {
      class: 'door-video',
      muted: true,
      playsinline: true,
      'aria-label': t('door.camera'),
    });
    this.last = { text: '', at: 0 };
  }

  static possible() {
    return 'BarcodeDetector' in window && navigator.mediaDevices?.getUserMedia;
  }

  async start() {
    this.detector = new BarcodeDetector({ formats: ['qr_code'] });
    this.stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment' },
    });
    this.video.srcObject = this.stream;
    await this.video.play();
    this.timer = setInterval(() => this.#look(), lookEach_ms);
  }

  async #look() {
    const [code] = await this.detector.detect(this.video).catch(() => []);
    if (!code) return;
    const again = code.rawValue === this.last.text && Date.now() - this.last.at < sameAgain_ms;
    this.last = { text: code.rawValue, at: Date.now() };
    if (!again) this.onTicket(code.rawValue);
  }

  stop() {
    clearInterval(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
  }
}

export async function openDoor(root) {
  if (!needsStaff()) return undefined;
  document.title = `${t('nav.door')} · SeatHold`;
  root.className = 'slim door-page';
  const result = el('div', { class: 'door-result' });
  const input = el('input', {
    id: 'ticket',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-label': t('door.ticket'),
    placeholder: t('door.ticket'),
    maxlength: 200,
  });
  const check = async (ticket) => {
    try {
      replace(
        result,
        answerCard(await post('/api/door/check', { ticket }, { patience_ms: 10000 })),
      );
    } catch (error) {
      replace(result);
      handle(error);
    }
  };
  const submit = (event) => {
    event.preventDefault();
    const ticket = input.value.trim();
    input.value = '';
    input.focus();
    if (ticket) check(ticket);
  };
  const camera = Camera.possible() ? new Camera(check) : null;
  const watch = async (event) => {
    event.target.remove();
    root.insertBefore(camera.video, result);
    await camera.start().catch(handle);
  };
  root.append(
    el('h1', {}, t('door.title')),
    el('p', { class: 'soft' }, t('door.lead')),
    el(
      'form',
      { class: 'row', on: { submit } },
      input,
      el('button', { class: 'button', type: 'submit' }, t('door.check')),
    ),
    camera ? el('button', { class: 'button plain', on: { click: watch } }, t('door.camera')) : '',
    result,
  );
  input.focus();
  return () => camera?.stop();
}

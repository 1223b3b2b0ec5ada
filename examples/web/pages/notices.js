// Short messages at the edge of the page. They are read out, and go by themselves.

import { el, icon } from './dom.js';
import { hasText, t } from './strings.js';
import { ApiError } from './api.js';

const shown_ms = 6000;
const noticesMax = 2;

// `kind`: "info", "good" or "bad".
export function notice(text, kind = 'info') {
  const list = document.getElementById('notices');
  if (list.lastChild?.textContent === text) return;
  const sign = { info: 'clock', good: 'check', bad: 'cross' }[kind];
  const item = el(
    'div',
    { class: `notice ${kind}` },
    icon(sign),
    el('p', {}, text),
    el(
      'button',
      { class: 'quiet', 'aria-label': t('notice.close'), on: { click: () => item.remove() } },
      icon('cross'),
    ),
  );
  list.append(item);
  while (list.children.length > noticesMax) list.firstChild.remove();
  setTimeout(() => item.remove(), shown_ms);
}

// What went wrong, in the reader's language; what the server says besides only where no word of
// ours is known.
export function errorText(error) {
  if (!(error instanceof ApiError)) return t('error.connection');
  const name = `error.${error.code}`;
  if (error.code === 'throttled' && error.retry_after_ms) {
    return t('error.throttled_for', { n: Math.ceil(error.retry_after_ms / 1000) });
  }
  return hasText(name) ? t(name) : `${t('error.other')} ${error.detail || error.message}`;
}

export function noticeError(error) {
  notice(errorText(error), 'bad');
}

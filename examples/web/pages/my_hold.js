// The hold under way, known to all tabs: { performance, hold, show, title, when, expires_at }.

import { drop, load, onOtherTab, save } from './store.js';

const listeners = new Set();
const tell = (hold) => listeners.forEach((listener) => listener(hold));

export const myHold = () => load('hold');

export function rememberHold(hold) {
  save('hold', hold);
  tell(hold);
}

export function forgetHold(id) {
  if (id && myHold()?.hold !== id) return;
  drop('hold');
  tell(null);
}

export function onMyHold(listener) {
  listeners.add(listener);
  onOtherTab('hold', listener);
  listener(myHold());
}

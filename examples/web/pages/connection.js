// Whether the host answers, for the banner at the top.

const listeners = new Set();
let connected = true;

export function setConnected(next) {
  if (next === connected) return;
  connected = next;
  for (const listener of listeners) listener(connected);
}

export function onConnection(listener) {
  listeners.add(listener);
  listener(connected);
}

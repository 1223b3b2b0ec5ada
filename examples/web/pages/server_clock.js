// What time it is at the server. Deadlines are the server's, and a buyer's clock may be wrong by
// hours: only the difference is used, learnt from every answer that carries server_time.

// Date.now() runs on while a laptop sleeps; performance.now() need not. So the wall clock carries
// the difference, and where the two disagree (sleep, or somebody set the clock) it is asked anew.
let offset_ms = 0;
let uncertainty_ms = Infinity;
let seen = { wall: Date.now(), steady: performance.now() };
const jumpListeners = new Set();
const jumpMin_ms = 2000;

export function serverNow() {
  return Date.now() + offset_ms;
}

// The answer was written between `sent_ms` and now, most likely half-way.
export function learnServerTime(server_time, sent_ms) {
  const received_ms = Date.now();
  const half_ms = Math.max(0, received_ms - sent_ms) / 2;
  if (half_ms > uncertainty_ms + 50) return;
  offset_ms = Date.parse(server_time) - (sent_ms + half_ms);
  uncertainty_ms = half_ms;
}

// `listener` is to read its deadlines again.
export function onClockJump(listener) {
  jumpListeners.add(listener);
  return () => jumpListeners.delete(listener);
}

// False before the first answer and after a jump: what a countdown would say then is a guess.
export function clockIsSure() {
  return uncertainty_ms < Infinity;
}

export function checkClock() {
  const now = { wall: Date.now(), steady: performance.now() };
  const jump_ms = now.wall - seen.wall - (now.steady - seen.steady);
  seen = now;
  if (Math.abs(jump_ms) < jumpMin_ms) return;
  uncertainty_ms = Infinity;
  for (const listener of jumpListeners) listener();
}

document.addEventListener('visibilitychange', checkClock);

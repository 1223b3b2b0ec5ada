// Time left until a deadline of the server. Each tick asks the clock anew, so that a tab that was
// hidden (one timer a second or less) or a machine that slept shows the right time at once.

import { checkClock, clockIsSure, serverNow } from './server_clock.js';

const tick_ms = 250;

// Calls `onTick(left_ms)` until none is left, then `onOver()` once. Returns how to stop.
export function countDown(deadline, { onTick, onOver }) {
  const end_ms = Date.parse(deadline);
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
  function tick() {
    checkClock();
    if (!clockIsSure()) return;
    const left_ms = end_ms - serverNow();
    onTick(Math.max(0, left_ms));
    if (left_ms > 0) return;
    stop();
    onOver();
  }
  timer = setInterval(tick, tick_ms);
  document.addEventListener('visibilitychange', tick);
  tick();
  return stop;
}

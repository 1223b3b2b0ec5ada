// setTimeout that keeps its word in a hidden tab; see timer_worker.js.

let worker = null;
let lastId = 0;
const waiting = new Map();

function start() {
  worker = new Worker('./timer_worker.js');
  worker.onmessage = ({ data: id }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    call?.();
  };
}

// Returns how to stop it.
export function after(after_ms, call) {
  if (!worker) start();
  const id = ++lastId;
  waiting.set(id, call);
  worker.postMessage({ id, after_ms });
  return () => waiting.delete(id);
}

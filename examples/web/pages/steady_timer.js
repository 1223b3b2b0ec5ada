// setTimeout that keeps its word in a hidden tab; see timer_worker.js. The page's own timer runs
// beside: a worker may not start, and a place in a line must not hang on that.

let worker = null;
let lastId = 0;
const waiting = new Map();

function fire(id) {
  const call = waiting.get(id);
  waiting.delete(id);
  call?.();
}

function start() {
  worker = new Worker('./timer_worker.js');
  worker.onmessage = ({ data: id }) => fire(id);
}

// Returns how to stop it.
export function after(after_ms, call) {
  if (!worker) start();
  const id = ++lastId;
  waiting.set(id, call);
  worker.postMessage({ id, after_ms });
  setTimeout(fire, after_ms, id);
  return () => waiting.delete(id);
}

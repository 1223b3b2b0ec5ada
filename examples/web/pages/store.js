// Small facts that a reload and other tabs are to find again: a place in a line, a hold under way.

const prefix = 'seathold.';

export function load(name) {
  try {
    return JSON.parse(localStorage.getItem(prefix + name));
  } catch {
    return null;
  }
}

export function save(name, value) {
  localStorage.setItem(prefix + name, JSON.stringify(value));
}

export function drop(name) {
  localStorage.removeItem(prefix + name);
}

// Those that begin with `beginning`.
export function namesOf(beginning) {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix + beginning));
  return names.map((name) => name.slice(prefix.length));
}

// Calls `listener` with what another tab has saved under a name that begins with `beginning`, or
// with null when it dropped it.
export function onOtherTab(beginning, listener) {
  window.addEventListener('storage', ({ key }) => {
    if (key?.startsWith(prefix + beginning)) listener(load(key.slice(prefix.length)));
  });
}

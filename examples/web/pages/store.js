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

// Calls `listener` when another tab changes `name`; returns how to stop.
export function onOtherTab(name, listener) {
  const heard = (event) => {
    if (event.key === prefix + name) listener(load(name));
  };
  window.addEventListener('storage', heard);
  return () => window.removeEventListener('storage', heard);
}

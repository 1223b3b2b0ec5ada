// Who is logged in, kept in localStorage so that a reload and a second tab have it too. There are
// no cookies: the token goes out with each request by hand, so that no other site can send one.

const key = 'seathold.session';
const listeners = new Set();

function read() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

let current = read();

export function session() {
  return current;
}

export function hasRole(role) {
  return current?.roles.includes(role) ?? false;
}

export function onSessionChange(listener) {
  listeners.add(listener);
}

function tell() {
  for (const listener of listeners) listener(current);
}

export function startSession(next) {
  current = next;
  localStorage.setItem(key, JSON.stringify(next));
  tell();
}

// What one buyer left here (a place, a hold, chosen seats) is not the next one's.
export function endSession() {
  current = null;
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith('seathold.') && name !== 'seathold.language') localStorage.removeItem(name);
  }
  tell();
}

// The token is over, the buyer is the same: their place and hold stay.
export function expireSession() {
  current = null;
  localStorage.removeItem(key);
  tell();
}

window.addEventListener('storage', (event) => {
  if (event.key !== key) return;
  current = read();
  tell();
});

// Who is logged in, kept in localStorage so that a reload and a second tab have it too. There are
// no cookies: the token goes out with each request by hand, so that no other site can send one.
//
// A token lives for minutes, a buyer's evening for longer: once it is over the session stays, with
// `over` set and no token, until the same person logs in again.

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

// Calls `listener(session)`. Returns how to stop it.
export function onSessionChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of listeners) listener(current);
}

function keep(next) {
  current = next;
  localStorage.setItem(key, JSON.stringify(next));
  tell();
}

// What one buyer left here (a place, a hold) is not the next one's.
function forgetBuyer() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith('seathold.') && name !== 'seathold.language') localStorage.removeItem(name);
  }
}

export function startSession(next) {
  if (current && current.user !== next.user) forgetBuyer();
  keep(next);
}

export function endSession() {
  current = null;
  forgetBuyer();
  tell();
}

// The host refused `token`. Another tab may have logged in again meanwhile.
export function expireSession(token) {
  if (current?.token === token) keep({ ...current, token: null, over: true });
}

window.addEventListener('storage', (event) => {
  if (event.key !== key) return;
  current = read();
  tell();
});

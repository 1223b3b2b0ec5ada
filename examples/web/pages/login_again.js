// A login that is over is asked for where one is: over the page, which keeps what was chosen and
// typed. Whatever waits for it then goes on as if nothing had been.

import { el } from './dom.js';
import { endSession, onSessionChange, session } from './session.js';
import { go } from './router.js';
import { loginForm } from './login_form.js';
import { t } from './strings.js';

let asked = null;

// True once the same person is logged in again, here or in another tab; false when they would
// rather not, or somebody else is. One question however many ask.
export function askLoginAgain() {
  asked ??= ask().finally(() => {
    asked = null;
  });
  return asked;
}

function ask() {
  const { user, email } = session();
  return new Promise((resolve) => {
    const dialog = el('dialog', { class: 'card login-again', 'aria-labelledby': 'login-again' });
    const answered = () => {
      if (session()?.over) return;
      dialog.close();
    };
    const forget = onSessionChange(answered);
    dialog.addEventListener('close', () => {
      forget();
      dialog.remove();
      resolve(session()?.user === user && !session().over);
    });
    dialog.append(content(email));
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('#password').focus();
  });
}

function content(email) {
  const leave = () => {
    endSession();
    go('/');
  };
  return loginForm({
    email,
    title: el('h2', { id: 'login-again' }, t('login.again')),
    note: t('login.over'),
    onLogin: () => {},
    last: el('button', { class: 'link', type: 'button', on: { click: leave } }, t('nav.logout')),
  });
}

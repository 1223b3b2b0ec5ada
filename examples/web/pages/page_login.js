// Log in, or open an account; then back to where one came from.

import { el, replace } from './dom.js';
import { go } from './router.js';
import { loginForm } from './login_form.js';
import { t } from './strings.js';

function safeTarget(then) {
  return then?.startsWith('/') && !then.startsWith('/login') ? then : '/';
}

function form(isNew, then, onSwitch) {
  const change = { class: 'link', type: 'button', on: { click: onSwitch } };
  return loginForm({
    isNew,
    title: el('h1', {}, t(isNew ? 'login.new_title' : 'login.title')),
    onLogin: () => go(safeTarget(then), { replace: true }),
    last: el('button', change, t(isNew ? 'login.have' : 'login.none')),
  });
}

export async function openLogin(root, { then, fresh }) {
  document.title = `${t('login.title')} · SeatHold`;
  root.className = 'slim';
  let isNew = fresh === '1';
  const draw = () => {
    const change = () => {
      isNew = !isNew;
      draw();
    };
    replace(root, el('div', { class: 'card' }, form(isNew, then, change)));
    root.querySelector('#email').focus();
  };
  draw();
}

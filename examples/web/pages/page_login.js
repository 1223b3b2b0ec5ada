// Log in, or open an account; then back to where one came from.

import { ApiError, post } from './api.js';
import { el, replace } from './dom.js';
import { errorText } from './notices.js';
import { go } from './router.js';
import { startSession } from './session.js';
import { t } from './strings.js';

function field(name, type, autocomplete) {
  const input = el('input', {
    id: name,
    name,
    type,
    autocomplete,
    required: true,
    maxlength: type === 'email' ? 320 : 1024,
  });
  return el('label', { class: 'field', for: name }, el('span', {}, t(`login.${name}`)), input);
}

function safeTarget(then) {
  return then?.startsWith('/') && !then.startsWith('/login') ? then : '/';
}

function form(isNew, then, onSwitch) {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const button = el(
    'button',
    { class: 'button wide', type: 'submit' },
    t(isNew ? 'login.register' : 'login.enter'),
  );
  const submit = async (event) => {
    event.preventDefault();
    const { email, password } = Object.fromEntries(new FormData(event.target));
    button.disabled = true;
    problem.textContent = '';
    try {
      const answer = await post(isNew ? '/api/register' : '/api/login', { email, password });
      startSession({ ...answer, email });
      go(safeTarget(then), { replace: true });
    } catch (error) {
      problem.textContent = error instanceof ApiError ? errorText(error) : t('error.connection');
      button.disabled = false;
    }
  };
  return el(
    'form',
    { class: 'card stack', on: { submit } },
    el('h1', {}, t(isNew ? 'login.new_title' : 'login.title')),
    field('email', 'email', 'username'),
    field('password', 'password', isNew ? 'new-password' : 'current-password'),
    isNew && el('p', { class: 'soft small' }, t('login.password_rule')),
    problem,
    button,
    el(
      'button',
      { class: 'link', type: 'button', on: { click: onSwitch } },
      t(isNew ? 'login.have' : 'login.none'),
    ),
  );
}

export async function openLogin(root, { then, fresh }) {
  document.title = `${t('login.title')} · SeatHold`;
  root.className = 'slim';
  let isNew = fresh === '1';
  const draw = () => {
    replace(
      root,
      form(isNew, then, () => {
        isNew = !isNew;
        draw();
      }),
    );
    root.querySelector('#email').focus();
  };
  draw();
}

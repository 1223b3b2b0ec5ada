// E-mail and password, as the login page and the question for a new login have them.

import { ApiError, post } from './api.js';
import { el } from './dom.js';
import { errorText } from './notices.js';
import { startSession } from './session.js';
import { t } from './strings.js';

function field(name, type, properties) {
  const input = el('input', { id: name, name, type, required: true, ...properties });
  return el('label', { class: 'field', for: name }, el('span', {}, t(`login.${name}`)), input);
}

// `email`: whose password is asked for; null where anybody may log in. `note`: above the fields.
// `onLogin()` once the session has begun. `last`: what stands below the button.
export function loginForm({ isNew = false, email = null, title, note = null, onLogin, last }) {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const enter = t(isNew ? 'login.register' : 'login.enter');
  const button = el('button', { class: 'button wide', type: 'submit' }, enter);
  const submit = async (event) => {
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(event.target));
    const credentials = { email: typed.email, password: typed.password };
    button.disabled = true;
    problem.textContent = '';
    try {
      const answer = await post(isNew ? '/api/register' : '/api/login', credentials);
      startSession({ ...answer, email: credentials.email });
      onLogin();
    } catch (error) {
      problem.textContent = error instanceof ApiError ? errorText(error) : t('error.connection');
      button.disabled = false;
    }
  };
  return el(
    'form',
    { class: 'stack', on: { submit } },
    title,
    note && el('p', { class: 'soft' }, note),
    field('email', 'email', {
      autocomplete: 'username',
      maxlength: 320,
      value: email ?? '',
      readonly: email !== null,
    }),
    field('password', 'password', {
      autocomplete: isNew ? 'new-password' : 'current-password',
      maxlength: 1024,
    }),
    isNew && el('p', { class: 'soft small' }, t('login.password_rule')),
    problem,
    button,
    last,
  );
}

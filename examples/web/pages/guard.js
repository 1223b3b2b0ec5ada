// Pages for people who are logged in, and for the house's own.

import { ApiError } from './api.js';
import { go, here } from './router.js';
import { hasRole, session } from './session.js';
import { notice, noticeError } from './notices.js';
import { t } from './strings.js';

export function toLogin() {
  go(`/login?then=${encodeURIComponent(here())}`, { replace: here().startsWith('/login') });
}

// False, and away to the login page, when nobody is logged in.
export function needsLogin() {
  if (session()) return true;
  toLogin();
  return false;
}

export function needsStaff() {
  if (!needsLogin()) return false;
  if (hasRole('staff')) return true;
  notice(t('error.access_denied'), 'bad');
  go('/', { replace: true });
  return false;
}

// What to do with an error that the page has no answer of its own to.
export function handle(error) {
  if (error.name === 'AbortError') return;
  if (error instanceof ApiError && error.status === 401) {
    notice(t('login.over'));
    if (!session()) toLogin();
  } else {
    noticeError(error);
  }
}

// The top of every page: where to go, who is there, and the time left of a hold under way.

import { countDown } from './countdown.js';
import { el, icon, replace } from './dom.js';
import { endSession, hasRole, onSessionChange, session } from './session.js';
import { go, here } from './router.js';
import { language, rememberLanguage, t } from './strings.js';
import { minutes } from './format.js';
import { myHold, onMyHold } from './my_hold.js';

const languages = { en: 'English', ko: '한국어' };

function link(path, name) {
  const inside =
    path === '/' ? here() === '/' || here().startsWith('/shows') : here().startsWith(path);
  return el('a', { href: `#${path}`, 'aria-current': inside ? 'page' : null }, t(name));
}

function links() {
  const own = session() ? [link('/tickets', 'nav.tickets'), link('/wallet', 'nav.wallet')] : [];
  const house = hasRole('staff') ? [link('/office', 'nav.office'), link('/door', 'nav.door')] : [];
  return [link('/', 'nav.shows'), ...own, ...house];
}

function languageChoice(onLanguage) {
  const change = (event) => {
    rememberLanguage(event.target.value);
    onLanguage(event.target.value);
  };
  return el(
    'select',
    { class: 'language', 'aria-label': t('nav.language'), on: { change } },
    Object.entries(languages).map(([tag, name]) =>
      el('option', { value: tag, lang: tag, selected: tag === language() }, name),
    ),
  );
}

function account() {
  if (!session())
    return el(
      'a',
      { class: 'button small', href: `#/login?then=${encodeURIComponent(here())}` },
      t('nav.login'),
    );
  const leave = () => {
    endSession();
    go('/');
  };
  return el(
    'button',
    { class: 'button small plain', title: session().email, on: { click: leave } },
    t('nav.logout'),
  );
}

export class Header {
  constructor(root, onLanguage) {
    this.root = root;
    this.onLanguage = onLanguage;
    this.stopCount = null;
    this.chip = el('a', { class: 'hold-chip', hidden: true });
    onMyHold(() => this.#showHold());
    onSessionChange(() => this.show());
  }

  show() {
    document.getElementById('skip').textContent = t('nav.skip');
    replace(
      this.root,
      el(
        'a',
        { class: 'brand', href: '#/' },
        el('img', { src: './icon.svg', alt: '', width: 28, height: 28 }),
        'SeatHold',
      ),
      el('nav', { 'aria-label': t('nav.label') }, links()),
      el('div', { class: 'tools' }, this.chip, languageChoice(this.onLanguage), account()),
    );
    // On a phone the row of links may be wider than the screen.
    const current = this.root.querySelector('nav [aria-current]');
    current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    this.#showHold();
  }

  #showHold() {
    this.stopCount?.();
    const hold = session() ? myHold() : null;
    const open = `/holds/${hold?.performance}/${hold?.hold}`;
    this.chip.hidden = !hold || here() === open;
    if (!hold) return;
    this.chip.href = `#${open}`;
    const left = el('span', { class: 'digits' });
    replace(this.chip, icon('clock'), left);
    this.stopCount = countDown(hold.expires_at, {
      onTick: (left_ms) => {
        left.textContent = minutes(left_ms);
        this.chip.setAttribute('aria-label', t('nav.hold', { time: minutes(left_ms) }));
      },
      onOver: () => {
        this.chip.hidden = true;
      },
    });
  }
}

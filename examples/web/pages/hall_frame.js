// The hall with the buttons at its edge, as buyers and the box office have it.

import { el, icon } from './dom.js';
import { t } from './strings.js';

export function hallFrame(view) {
  const button = (name, act) =>
    el(
      'button',
      {
        type: 'button',
        'aria-label': t(`hall.${act}`),
        title: t(`hall.${act}`),
        on: { click: () => view[act]() },
      },
      icon(name),
    );
  const state = el('p', { class: 'live-state', role: 'status' });
  const frame = el(
    'section',
    { class: 'hall-frame' },
    view.element,
    el('p', { class: 'unseen', id: 'hall-help' }, t('hall.help')),
    el(
      'div',
      { class: 'hall-tools' },
      button('plus', 'closer'),
      button('minus', 'further'),
      button('fit', 'fit'),
    ),
    state,
  );
  return {
    frame,
    showConnected(connected) {
      state.textContent = connected ? '' : t('hall.offline');
    },
  };
}

// The seat that the keyboard is on: a ring for the eye, and for the ear the one option of a list
// box, which is told again when the seat becomes another or something becomes of it.

import { el } from './dom.js';
import { fullText } from './seat_words.js';
import { states } from './palette.js';

const edge_px = 60;
const seen_px = 7; // radius from which a seat is large enough to be looked at

export function placeRound(element, at, radius_px) {
  element.style.width = element.style.height = `${2 * radius_px}px`;
  element.style.left = `${at.x - radius_px}px`;
  element.style.top = `${at.y - radius_px}px`;
}

export class SeatFocus {
  constructor(plan, camera, hall) {
    this.plan = plan;
    this.camera = camera;
    this.hall = hall;
    this.index = -1;
    this.ring = el('div', { class: 'seat-ring', hidden: true, 'aria-hidden': 'true' });
    this.options = [0, 1].map((n) =>
      el('div', { role: 'option', id: `seat-option-${n}`, class: 'unseen', hidden: true }),
    );
  }

  // Somewhere, before the first key: on a chosen seat, else on a free one.
  begin() {
    if (this.index >= 0) return;
    const [chosen] = this.hall.chosen;
    this.index = chosen ?? Math.max(0, this.hall.state.indexOf(states.f));
  }

  at() {
    return this.camera.toScreen(this.plan.x[this.index], this.plan.y[this.index]);
  }

  // Whether the seat can be seen where the camera is.
  inSight() {
    const { x, y } = this.at();
    const { width, height, radius_px } = this.camera;
    const inside = x > edge_px && y > edge_px && x < width - edge_px && y < height - edge_px;
    return inside && radius_px >= seen_px;
  }

  showRing(shown) {
    this.ring.hidden = !shown;
    this.placeRing();
  }

  placeRing() {
    if (!this.ring.hidden) placeRound(this.ring, this.at(), this.camera.radius_px * 1.3 + 3);
  }

  // Two options in turn: a reader speaks when the active one becomes another element.
  tell(listBox) {
    if (this.index < 0) return;
    const text = fullText(this.plan, this.index, this.hall);
    const [current, next] = this.options;
    if (current.textContent === text) return;
    this.options.reverse();
    current.textContent = '';
    current.hidden = true;
    next.textContent = text;
    next.hidden = false;
    next.setAttribute('aria-selected', String(this.hall.chosen.has(this.index)));
    next.setAttribute('aria-setsize', String(this.plan.count));
    next.setAttribute('aria-posinset', String(this.index + 1));
    listBox.setAttribute('aria-activedescendant', next.id);
  }
}

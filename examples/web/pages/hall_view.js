// The hall on the page: a canvas to look at, and beside it, for screen readers, a list box whose
// one option is the seat in focus.
//
// Canvas won over SVG. 20,000 seats, 912 x 740 pixels, Chromium 156 without a GPU, two busy cores:
//                                   canvas (pixels set by hand)     SVG (a circle a seat)
//   zoom, pan                         60, 60 frames/s                 12, 16 frames/s
//   1,000 changes a second            60 frames/s, 0.3 ms a frame     53 frames/s
// Canvas with one drawImage a seat zooms at 24 frames/s: the list of 20,000 is what takes long.

import { Camera } from './hall_camera.js';
import { el } from './dom.js';
import { placeRound, SeatFocus } from './seat_focus.js';
import { priceText, shortPlaceText, stateText } from './seat_words.js';
import { Gestures } from './hall_gestures.js';
import { HallPaint } from './hall_paint.js';
import { keyWish } from './hall_keys.js';
import { states } from './palette.js';
import { t } from './strings.js';

const comfortable_px = 12; // radius of seats that can be chosen with ease
const tappable_px = { mouse: 3.2, touch: 7, pen: 5 };
const reach_px = { mouse: 6, touch: 18, pen: 10 };
const glide_ms = 220;

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');

export class HallView {
  // `view`: "buyer" or "office". `onChoose(index)`: Enter, or a tap on a seat.
  constructor(plan, letters, { view = 'buyer', onChoose }) {
    this.plan = plan;
    this.onChoose = onChoose;
    this.hall = { state: new Uint8Array(plan.count), chosen: new Set(), mine: new Set() };
    this.camera = new Camera(plan.bounds, plan.pitch);
    this.painter = new HallPaint(plan, this.camera, view);
    this.painter.stageName = t('hall.stage');
    this.dirty = new Set();
    this.frame = 0;
    this.repaintAll = true;
    this.#build();
    this.setLetters(letters);
  }

  #build() {
    this.focus = new SeatFocus(this.plan, this.camera, this.hall);
    this.tip = el('div', { class: 'seat-tip', hidden: true, 'aria-hidden': 'true' });
    this.element = el(
      'div',
      {
        class: 'hall-view',
        role: 'listbox',
        tabindex: '0',
        'aria-multiselectable': 'true',
        'aria-label': t('hall.label', { n: this.plan.count }),
        'aria-describedby': 'hall-help',
        on: {
          keydown: (event) => this.#key(event),
          focus: () => this.#focused(),
          blur: () => this.focus.showRing(false),
        },
      },
      this.painter.seats,
      this.painter.names,
      this.focus.ring,
      this.tip,
      this.focus.options,
    );
    this.gestures = new Gestures(this.element, {
      onPan: (dx, dy) => this.#moved(() => this.camera.panBy(dx, dy)),
      onZoom: (x, y, factor) => this.#moved(() => this.camera.zoomAt(x, y, factor)),
      onTap: (x, y, kind) => this.#tap(x, y, kind),
      onHover: (x, y, kind) => this.#hover(x, y, kind),
      onLeave: () => {
        this.tip.hidden = true;
      },
    });
    this.recolour = () => this.#readColours();
    dark.addEventListener('change', this.recolour);
    this.resizing = new ResizeObserver(() => this.#resize());
    this.resizing.observe(this.element);
  }

  close() {
    dark.removeEventListener('change', this.recolour);
    this.resizing.disconnect();
    cancelAnimationFrame(this.frame);
  }

  // --- What it shows.

  setLetters(letters) {
    for (let i = 0; i < this.plan.count; ++i) this.hall.state[i] = states[letters[i]];
    this.#askFrame(true);
    this.focus.tell(this.element);
  }

  // Pairs [index, letter] as events bring them.
  change(changes) {
    for (const [index, letter] of changes) {
      this.hall.state[index] = states[letter];
      this.dirty.add(index);
    }
    this.#askFrame(false);
    if (changes.some(([index]) => index === this.focus.index)) this.focus.tell(this.element);
  }

  setChosen(indices) {
    this.#remark('chosen', indices);
  }

  setMine(indices) {
    this.#remark('mine', indices);
  }

  #remark(name, indices) {
    for (const index of [...this.hall[name], ...indices]) this.dirty.add(index);
    this.hall[name] = new Set(indices);
    this.#askFrame(false);
    this.focus.tell(this.element);
  }

  // Looks at a seat for a moment: it is what a message speaks of.
  point(index) {
    const at = this.camera.toScreen(this.plan.x[index], this.plan.y[index]);
    const pulse = el('div', { class: 'seat-pulse', 'aria-hidden': 'true' });
    placeRound(pulse, at, Math.max(10, this.camera.radius_px * 1.6));
    pulse.addEventListener('animationend', () => pulse.remove());
    setTimeout(() => pulse.remove(), 2500);
    this.element.append(pulse);
  }

  isFree(index) {
    return this.hall.state[index] === states.f;
  }

  // --- Where it looks.

  closer() {
    this.#glide(() => this.camera.zoomAt(this.camera.width / 2, this.camera.height / 2, 1.6));
  }

  further() {
    this.#glide(() => this.camera.zoomAt(this.camera.width / 2, this.camera.height / 2, 1 / 1.6));
  }

  fit() {
    this.#glide(() => this.camera.fit());
  }

  // Makes these seats large enough to be seen, in the middle.
  show(indices) {
    const x = indices.reduce((sum, i) => sum + this.plan.x[i], 0) / indices.length;
    const y = indices.reduce((sum, i) => sum + this.plan.y[i], 0) / indices.length;
    this.#glide(() => this.camera.centreOn(x, y, this.#comfortableScale()));
  }

  #comfortableScale() {
    return Math.max(this.camera.scale, comfortable_px / (0.42 * this.plan.pitch));
  }

  // Moves the camera by `change`, in a short glide: a jump would lose the reader's place.
  #glide(change) {
    const { camera } = this;
    const from = { scale: camera.scale, shiftX: camera.shiftX, shiftY: camera.shiftY };
    change();
    if (calm.matches) return this.#askFrame(true);
    this.gliding = {
      from,
      to: { scale: camera.scale, shiftX: camera.shiftX, shiftY: camera.shiftY },
      began: performance.now(),
    };
    Object.assign(camera, from);
    this.#askFrame(true);
  }

  #glideOn(now) {
    const { from, to, began } = this.gliding;
    const part = Math.min(1, Math.max(0, (now - began) / glide_ms));
    const eased = 1 - (1 - part) ** 3;
    for (const field of ['scale', 'shiftX', 'shiftY']) {
      this.camera[field] = from[field] + (to[field] - from[field]) * eased;
    }
    if (part === 1) this.gliding = null;
    return this.gliding !== null;
  }

  #moved(change) {
    this.gliding = null;
    change();
    this.#askFrame(true);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.element;
    if (!clientWidth || !clientHeight) return;
    this.camera.resize(clientWidth, clientHeight);
    this.painter.resize(clientWidth, clientHeight);
    this.#readColours();
    // A canvas that was resized is empty: not one frame of that.
    this.#paint(performance.now());
  }

  #readColours() {
    this.painter.readColours();
    this.#askFrame(true);
  }

  // --- Frames: however many changes come, one painting a frame.

  #askFrame(all) {
    this.repaintAll ||= all;
    this.frame ||= requestAnimationFrame((now) => this.#paint(now));
  }

  #paint(now) {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.painter.palette || !this.camera.width) return;
    const more = this.gliding ? this.#glideOn(now) : false;
    if (this.repaintAll) this.painter.paint(this.hall);
    else this.painter.repaint(this.dirty, this.hall);
    this.dirty.clear();
    this.repaintAll = false;
    this.focus.placeRing();
    if (more) this.#askFrame(true);
  }

  // --- Pointer.

  #seatAt(px, py, kind) {
    const at = this.camera.toPlan(px, py);
    const reach = Math.max(this.plan.pitch * 0.6, (reach_px[kind] ?? 6) / this.camera.scale);
    return this.plan.grid.nearest(at.x, at.y, reach);
  }

  #tap(px, py, kind) {
    this.focus.showRing(false);
    // Too small to be meant: come closer first.
    if (this.camera.radius_px < (tappable_px[kind] ?? 5)) {
      const at = this.camera.toPlan(px, py);
      return this.#glide(() => this.camera.centreOn(at.x, at.y, this.#comfortableScale()));
    }
    const index = this.#seatAt(px, py, kind);
    if (index < 0) return undefined;
    this.focus.index = index;
    this.onChoose(index);
    return this.focus.tell(this.element);
  }

  #hover(px, py, kind) {
    if (kind !== 'mouse') return;
    const index = this.camera.radius_px < tappable_px.mouse ? -1 : this.#seatAt(px, py, kind);
    this.element.classList.toggle('on-seat', index >= 0 && this.isFree(index));
    this.tip.hidden = index < 0;
    if (index < 0) return;
    this.tip.replaceChildren(
      el('strong', {}, shortPlaceText(this.plan, index)),
      el(
        'span',
        {},
        this.isFree(index) ? priceText(this.plan, index) : stateText(index, this.hall),
      ),
    );
    const at = this.camera.toScreen(this.plan.x[index], this.plan.y[index]);
    const top = at.y - this.camera.radius_px - 10;
    this.tip.style.transform = `translate(${Math.round(at.x)}px, ${Math.round(top)}px)`;
  }

  // --- Keyboard and screen reader.

  #focused() {
    // A click focuses too, and has no use for the ring.
    if (!this.element.matches(':focus-visible')) return;
    this.focus.begin();
    this.#lookAtFocus();
  }

  #key(event) {
    this.focus.begin();
    const wish = keyWish(event, this.plan, this.focus.index, (index) => this.isFree(index));
    if (!wish) return;
    event.preventDefault();
    if (wish.act === 'choose') this.onChoose(this.focus.index);
    else if (wish.act) this[wish.act]();
    else if (wish.move >= 0) this.focus.index = wish.move;
    if (!wish.act || wish.act === 'choose') this.#lookAtFocus();
    this.focus.tell(this.element);
  }

  #lookAtFocus() {
    if (!this.focus.inSight()) this.show([this.focus.index]);
    this.focus.showRing(true);
    this.focus.tell(this.element);
  }
}

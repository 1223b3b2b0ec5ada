// Fingers, mouse and wheel. One pointer drags, two pinch, a tap is told from a drag by how far it
// went. Says what is wanted; the camera is moved by whoever listens.

const dragFrom_px = 7;
const wheelStep = 0.0016;

function between([a, b]) {
  return {
    x: (a.x + b.x) / 2,
    y: (a.y + b.y) / 2,
    distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
  };
}

// `listeners`: onPan(dx, dy), onZoom(x, y, factor), onTap(x, y, kind), onHover(x, y), onLeave().
// All in CSS pixels of `element`; kind is "mouse", "touch" or "pen".
export class Gestures {
  constructor(element, listeners) {
    this.element = element;
    this.listeners = listeners;
    this.pointers = new Map();
    this.moved_px = 0;
    this.pinched = false;
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('pointerup', (event) => this.#up(event));
    element.addEventListener('pointercancel', (event) => this.#forget(event));
    element.addEventListener('pointerleave', () => listeners.onLeave());
    element.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  #at(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event) {
    if (event.button > 0) return;
    if (this.pointers.size === 0) {
      this.moved_px = 0;
      this.pinched = false;
    }
    this.pointers.set(event.pointerId, this.#at(event));
    if (this.pointers.size > 1) this.pinched = true;
    this.element.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const at = this.#at(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) return this.listeners.onHover(at.x, at.y, event.pointerType);
    if (this.pointers.size === 2) return this.#pinch(event.pointerId, at);
    this.moved_px += Math.hypot(at.x - before.x, at.y - before.y);
    this.pointers.set(event.pointerId, at);
    if (this.moved_px < dragFrom_px) return;
    this.listeners.onLeave();
    this.listeners.onPan(at.x - before.x, at.y - before.y);
  }

  #pinch(id, at) {
    const before = between([...this.pointers.values()]);
    this.pointers.set(id, at);
    const now = between([...this.pointers.values()]);
    this.listeners.onPan(now.x - before.x, now.y - before.y);
    this.listeners.onZoom(now.x, now.y, now.distance / before.distance);
  }

  #up(event) {
    const known = this.pointers.has(event.pointerId);
    this.#forget(event);
    if (!known || this.pinched || this.moved_px >= dragFrom_px) return;
    const at = this.#at(event);
    this.listeners.onTap(at.x, at.y, event.pointerType);
  }

  #forget(event) {
    this.pointers.delete(event.pointerId);
  }

  #wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A pinch on a touchpad comes as a wheel with the control key, in smaller steps.
    const strength = event.ctrlKey ? 6 : 1;
    const factor = Math.exp(-event.deltaY * lines * wheelStep * strength);
    const at = this.#at(event);
    this.listeners.onZoom(at.x, at.y, factor);
  }
}

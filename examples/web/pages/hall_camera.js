// Which part of the hall is seen, and how large: screen = plan * scale + shift, in CSS pixels.

const margin_px = 28;
const seatRadiusMax_px = 26;

export class Camera {
  constructor(bounds, pitch) {
    this.bounds = bounds;
    this.pitch = pitch;
    this.width = 1;
    this.height = 1;
    this.scale = 1;
    this.shiftX = 0;
    this.shiftY = 0;
  }

  // A seat takes a little less than the distance to its neighbour.
  get radius_px() {
    return 0.42 * this.pitch * this.scale;
  }

  get fitScale() {
    const { left, right, top, bottom } = this.bounds;
    const [width, height] = [this.width - 2 * margin_px, this.height - 2 * margin_px];
    return Math.max(1e-6, Math.min(width / (right - left), height / (bottom - top)));
  }

  get scaleMax() {
    return Math.max(seatRadiusMax_px / (0.42 * this.pitch), this.fitScale);
  }

  toScreen(x, y) {
    return { x: x * this.scale + this.shiftX, y: y * this.scale + this.shiftY };
  }

  toPlan(px, py) {
    return { x: (px - this.shiftX) / this.scale, y: (py - this.shiftY) / this.scale };
  }

  seen() {
    const from = this.toPlan(0, 0);
    const to = this.toPlan(this.width, this.height);
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  }

  // Keeps what is in the middle there; what was fitted stays fitted.
  resize(width, height) {
    const fitted = this.width === 1 || this.scale <= this.fitScale * 1.01;
    const centre = this.toPlan(this.width / 2, this.height / 2);
    this.width = width;
    this.height = height;
    if (fitted) this.fit();
    else this.centreOn(centre.x, centre.y, this.scale);
  }

  fit() {
    const { left, right, top, bottom } = this.bounds;
    this.centreOn((left + right) / 2, (top + bottom) / 2, this.fitScale);
  }

  centreOn(x, y, scale) {
    this.scale = Math.min(this.scaleMax, Math.max(this.fitScale, scale));
    this.shiftX = this.width / 2 - x * this.scale;
    this.shiftY = this.height / 2 - y * this.scale;
    this.#keepInSight();
  }

  // What lies under the point stays there.
  zoomAt(px, py, factor) {
    const scale = Math.min(this.scaleMax, Math.max(this.fitScale, this.scale * factor));
    const under = this.toPlan(px, py);
    this.scale = scale;
    this.shiftX = px - under.x * scale;
    this.shiftY = py - under.y * scale;
    this.#keepInSight();
  }

  panBy(dx, dy) {
    this.shiftX += dx;
    this.shiftY += dy;
    this.#keepInSight();
  }

  // The hall cannot be pushed out of its window; one that is smaller than it is centred.
  #keepInSight() {
    const { left, right, top, bottom } = this.bounds;
    this.shiftX = kept(this.shiftX, left * this.scale, right * this.scale, this.width);
    this.shiftY = kept(this.shiftY, top * this.scale, bottom * this.scale, this.height);
  }
}

function kept(shift, low, high, size) {
  const spare = size - 2 * margin_px - (high - low);
  if (spare >= 0) return (size - low - high) / 2;
  const least = size - margin_px * 3 - high;
  const most = margin_px * 3 - low;
  return Math.min(most, Math.max(least, shift));
}

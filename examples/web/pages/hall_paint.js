// Draws the hall: seats as pixels, and above them a layer of text and the stage.

import { lookList, readPalette } from './palette.js';
import { SeatPixels } from './seat_pixels.js';

const numbersFrom_px = 9.5; // radius from which a seat has room for its number
const rowNamesFrom_px = 4.5;
const sectionNamesTo_px = 8;

function layer(name) {
  const canvas = document.createElement('canvas');
  canvas.className = name;
  canvas.setAttribute('aria-hidden', 'true');
  return canvas;
}

export class HallPaint {
  constructor(plan, camera, view) {
    this.plan = plan;
    this.camera = camera;
    this.view = view;
    this.seats = layer('hall-seats');
    this.names = layer('hall-names');
    this.pixels = new SeatPixels(this.seats);
    this.sheetRadius_px = 0;
    this.sections = plan.sections.length > 1 ? plan.sectionMiddles() : [];
  }

  resize(width, height) {
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.names.width = Math.round(width * this.ratio);
    this.names.height = Math.round(height * this.ratio);
    this.pixels.resize(this.names.width, this.names.height);
  }

  readColours() {
    this.palette = readPalette(this.seats, this.view, this.plan.categories);
    this.looks = lookList(this.palette);
    this.sheetRadius_px = 0;
  }

  // Which sprite a seat has: see lookList.
  lookOf(index, { state, chosen, mine }) {
    const categories = this.plan.categories.length;
    if (mine.has(index)) return categories + 4;
    if (chosen.has(index)) return categories + 3;
    return state[index] === 0 ? this.plan.category[index] : categories + state[index] - 1;
  }

  #prepareSheet() {
    const radius_px = this.camera.radius_px;
    if (Math.abs(radius_px - this.sheetRadius_px) < 0.02) return;
    this.sheetRadius_px = radius_px;
    this.pixels.prepare(this.looks, radius_px, this.ratio);
  }

  paint(hall) {
    this.#prepareSheet();
    this.pixels.clear();
    const { left, top, right, bottom } = this.camera.seen();
    const margin = this.plan.pitch;
    // All of them while most are seen: looking up which costs more than that.
    const paint = (index) => this.#paintSeat(index, hall);
    if (this.camera.scale < this.camera.fitScale * 1.5)
      for (let i = 0; i < this.plan.count; ++i) paint(i);
    else this.plan.grid.visit(left - margin, top - margin, right + margin, bottom + margin, paint);
    this.pixels.show();
    this.#paintNames(hall);
  }

  // Only these seats; the camera is where it was.
  repaint(indices, hall) {
    const corners = [];
    for (const index of indices) {
      const corner = [this.#left(index), this.#top(index)];
      this.pixels.erase(...corner);
      this.#paintSeat(index, hall);
      corners.push(corner);
    }
    this.pixels.showPlaces(corners);
    if (this.camera.radius_px >= numbersFrom_px) this.#paintNames(hall);
  }

  #paintSeat(index, hall) {
    this.pixels.draw(this.lookOf(index, hall), this.#left(index), this.#top(index));
  }

  // Where the sprite of a seat begins, in whole device pixels.
  #left(index) {
    return Math.round(
      (this.plan.x[index] * this.camera.scale + this.camera.shiftX) * this.ratio -
        this.pixels.cell / 2,
    );
  }

  #top(index) {
    return Math.round(
      (this.plan.y[index] * this.camera.scale + this.camera.shiftY) * this.ratio -
        this.pixels.cell / 2,
    );
  }

  #paintStage(context) {
    const { stage } = this.plan;
    if (!stage) return;
    const { scale } = this.camera;
    const at = this.camera.toScreen(stage.x, stage.y);
    context.setTransform(this.ratio, 0, 0, this.ratio, at.x * this.ratio, at.y * this.ratio);
    context.rotate(stage.angle);
    const [half, depth] = [(stage.width * scale) / 2, stage.depth * scale];
    context.beginPath();
    context.moveTo(-half * 0.8, -depth / 2);
    context.lineTo(half * 0.8, -depth / 2);
    context.lineTo(half, depth * 0.36);
    context.quadraticCurveTo(0, depth * 0.62, -half, depth * 0.36);
    context.closePath();
    context.fillStyle = this.palette.stage;
    context.fill();
    // Never upside down, whichever way the stage looks.
    if (Math.cos(stage.angle) < 0) context.rotate(Math.PI);
    this.#paintStageName(context, half, depth);
  }

  #paintStageName(context, half, depth) {
    const size_px = Math.min(depth * 0.34, half * 0.2, 22);
    if (size_px < 6) return;
    context.font = `600 ${size_px}px ${this.palette.font}`;
    context.letterSpacing = `${size_px * 0.35}px`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = this.palette.stageInk;
    context.fillText(this.stageName, size_px * 0.17, 0);
    context.letterSpacing = '0px';
  }

  // A layer of its own, so that a change below does not rub out a name.
  #paintNames(hall) {
    const context = this.names.getContext('2d');
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.names.width, this.names.height);
    this.#paintStage(context);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const radius_px = this.camera.radius_px;
    if (radius_px >= numbersFrom_px) this.#paintNumbers(context, hall);
    if (radius_px >= rowNamesFrom_px) this.#paintRowNames(context);
    if (radius_px < sectionNamesTo_px) this.#paintSectionNames(context);
  }

  #paintNumbers(context, hall) {
    const { left, top, right, bottom } = this.camera.seen();
    context.font = `600 ${this.camera.radius_px * 0.78}px ${this.palette.font}`;
    this.plan.grid.visit(left, top, right, bottom, (index) => {
      const text = this.looks[this.lookOf(index, hall)].text;
      if (!text) return;
      const at = this.camera.toScreen(this.plan.x[index], this.plan.y[index]);
      context.fillStyle = text;
      context.fillText(this.plan.labels[index], at.x, at.y + this.camera.radius_px * 0.06);
    });
  }

  // At both ends of a row, outside of it.
  #paintRowNames(context) {
    const size_px = Math.min(13, this.camera.radius_px * 1.3);
    context.font = `500 ${size_px}px ${this.palette.font}`;
    context.fillStyle = this.palette.inkSoft;
    this.plan.seatsOfRow.forEach((seats, row) => {
      if (seats.length < 2) return;
      this.#paintRowName(context, this.plan.rows[row].name, seats[0], seats[1]);
      this.#paintRowName(context, this.plan.rows[row].name, seats.at(-1), seats.at(-2));
    });
  }

  #paintRowName(context, name, end, before) {
    const { x, y, pitch } = this.plan;
    const apart = Math.hypot(x[end] - x[before], y[end] - y[before]) || 1;
    const away = (pitch * 1.05) / apart;
    const at = this.camera.toScreen(
      x[end] + (x[end] - x[before]) * away,
      y[end] + (y[end] - y[before]) * away,
    );
    if (at.x < -20 || at.y < -20 || at.x > this.camera.width + 20 || at.y > this.camera.height + 20)
      return;
    context.fillText(name, at.x, at.y);
  }

  // The largest sections first; a name that would lie on another is left out until there is room.
  #paintSectionNames(context) {
    const size_px = this.camera.width < 500 ? 11 : 13;
    context.font = `600 ${size_px}px ${this.palette.font}`;
    context.lineJoin = 'round';
    context.lineWidth = 5;
    context.strokeStyle = this.palette.paper;
    context.fillStyle = this.palette.ink;
    const taken = [];
    for (const section of this.sections) {
      const at = this.camera.toScreen(section.x, section.y);
      const length = context.measureText(section.name).width;
      const [halfX, halfY] = section.turned ? [size_px, length] : [length, size_px];
      const box = { ...at, halfX: halfX / 2 + 3, halfY: halfY / 2 + 3 };
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      this.#paintSectionName(context, section, at);
    }
  }

  #paintSectionName(context, { name, turned }, at) {
    context.save();
    context.translate(at.x, at.y);
    if (turned) context.rotate(-Math.PI / 2);
    context.strokeText(name, 0, 0);
    context.fillText(name, 0, 0);
    context.restore();
  }
}

function overlap(a, b) {
  return Math.abs(a.x - b.x) < a.halfX + b.halfX && Math.abs(a.y - b.y) < a.halfY + b.halfY;
}

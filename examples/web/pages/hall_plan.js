// The hall as it never changes: seats as columns, in the order of maps and events.

import { SeatGrid } from './seat_grid.js';

// Usual distance between neighbours, from the first of them: halls are drawn to one scale.
function usualPitch(x, y, row) {
  const distances = [];
  for (let i = 1; i < row.length && distances.length < 500; ++i) {
    if (row[i] === row[i - 1]) distances.push(Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]));
  }
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] || 25;
}

function boundsOf(x, y, margin) {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i < x.length; ++i) {
    bounds.left = Math.min(bounds.left, x[i] - margin);
    bounds.right = Math.max(bounds.right, x[i] + margin);
    bounds.top = Math.min(bounds.top, y[i] - margin);
    bounds.bottom = Math.max(bounds.bottom, y[i] + margin);
  }
  return bounds;
}

function middle(seats, x, y) {
  const sum = seats.reduce((at, i) => ({ x: at.x + x[i], y: at.y + y[i] }), { x: 0, y: 0 });
  return { x: sum.x / seats.length, y: sum.y / seats.length };
}

export class Plan {
  constructor(hall) {
    const { seats } = hall;
    this.count = seats.id.length;
    this.ids = seats.id;
    this.labels = seats.label;
    this.x = Float32Array.from(seats.x);
    this.y = Float32Array.from(seats.y);
    this.row = Uint32Array.from(seats.row);
    this.category = Uint16Array.from(seats.category);
    this.rows = hall.rows;
    this.sections = hall.sections;
    this.categories = hall.categories;
    this.currency = hall.currency;
    this.attributes = hall.attributes;
    this.pitch = usualPitch(this.x, this.y, this.row);
    this.seatsOfRow = this.#groupByRow();
    this.stage = this.#findStage();
    this.bounds = this.#boundsWithStage();
    this.grid = new SeatGrid(this.x, this.y, this.pitch * 4);
    this.indexOfId = new Map(this.ids.map((id, index) => [id, index]));
  }

  #groupByRow() {
    const groups = this.rows.map(() => []);
    for (let i = 0; i < this.count; ++i) groups[this.row[i]].push(i);
    return groups;
  }

  // In front of the first row of the first section, on the side away from the second one.
  #findStage() {
    const ofFirst = this.seatsOfRow.filter(
      (seats, row) => seats.length && this.rows[row].section === 0,
    );
    if (ofFirst.length < 2) return null;
    const front = middle(ofFirst[0], this.x, this.y);
    const next = middle(ofFirst[1], this.x, this.y);
    const apart = Math.hypot(front.x - next.x, front.y - next.y);
    if (apart < this.pitch / 4) return null;
    const toStage = { x: (front.x - next.x) / apart, y: (front.y - next.y) / apart };
    return {
      ...this.#stagePlace(ofFirst[0], front, toStage),
      angle: Math.atan2(-toStage.x, toStage.y) + Math.PI,
    };
  }

  #stagePlace(frontRow, front, toStage) {
    // A curved row reaches further towards the stage at its ends than in its middle, or less.
    let reach = 0;
    let half = 0;
    for (const i of frontRow) {
      const [dx, dy] = [this.x[i] - front.x, this.y[i] - front.y];
      half = Math.max(half, Math.abs(dx * toStage.y - dy * toStage.x));
      if (Math.abs(dx * toStage.y - dy * toStage.x) < half * 0.7) {
        reach = Math.max(reach, dx * toStage.x + dy * toStage.y);
      }
    }
    const depth = Math.max(2.6 * this.pitch, half * 0.32);
    const away = reach + 2 * this.pitch + depth / 2;
    return {
      x: front.x + toStage.x * away,
      y: front.y + toStage.y * away,
      width: Math.max(half * 1.3, 6 * this.pitch),
      depth,
    };
  }

  #boundsWithStage() {
    const bounds = boundsOf(this.x, this.y, this.pitch * 2);
    if (!this.stage) return bounds;
    const half = Math.max(this.stage.width, this.stage.depth) / 2;
    const upright = Math.abs(Math.cos(this.stage.angle)) > 0.7;
    const [dx, dy] = upright ? [half, this.stage.depth / 2] : [this.stage.depth / 2, half];
    return {
      left: Math.min(bounds.left, this.stage.x - dx),
      right: Math.max(bounds.right, this.stage.x + dx),
      top: Math.min(bounds.top, this.stage.y - dy - this.pitch),
      bottom: Math.max(bounds.bottom, this.stage.y + dy + this.pitch),
    };
  }

  // [{ ticket_type, name, amount_minor }]: the default type, 0, comes first.
  prices(index) {
    return this.categories[this.category[index]].prices;
  }

  price_minor(index, type = 0) {
    const prices = this.prices(index);
    const price = prices.find(({ ticket_type }) => ticket_type === type) ?? prices[0];
    return price?.amount_minor ?? 0;
  }

  place(index) {
    const row = this.rows[this.row[index]];
    return { section: this.sections[row.section], row: row.name, seat: this.labels[index] };
  }

  // Where the name of a section stands: the middle seat of its middle row. The middle of all its
  // seats lies outside of a section that is bent. Along a row that runs up and down it is turned.
  sectionMiddles() {
    return this.sections
      .map((name, section) => {
        const rows = this.seatsOfRow.filter(
          (seats, row) => seats.length && this.rows[row].section === section,
        );
        const row = rows[rows.length >> 1] ?? [];
        const seat = row[row.length >> 1];
        const seats = rows.reduce((sum, { length }) => sum + length, 0);
        return { name, seats, x: this.x[seat], y: this.y[seat], turned: this.#runsUpAndDown(row) };
      })
      .filter(({ seats }) => seats > 0)
      .sort((a, b) => b.seats - a.seats);
  }

  #runsUpAndDown(row) {
    const [first, last] = [row[0], row.at(-1)];
    return Math.abs(this.y[last] - this.y[first]) > 1.5 * Math.abs(this.x[last] - this.x[first]);
  }
}

// Finds seats by place: squares of the drawing, each with the seats inside.

export class SeatGrid {
  constructor(x, y, cell) {
    this.x = x;
    this.y = y;
    this.cell = cell;
    this.squares = new Map();
    for (let i = 0; i < x.length; ++i) {
      const key = this.#key(Math.floor(x[i] / cell), Math.floor(y[i] / cell));
      const square = this.squares.get(key);
      if (square) square.push(i);
      else this.squares.set(key, [i]);
    }
  }

  #key(column, row) {
    return column * 65536 + row;
  }

  // Calls visit(index) for all seats in the rectangle, and a few beside it.
  visit(left, top, right, bottom, visit) {
    const [first, last] = [Math.floor(left / this.cell), Math.floor(right / this.cell)];
    const [upper, lower] = [Math.floor(top / this.cell), Math.floor(bottom / this.cell)];
    for (let column = first; column <= last; ++column) {
      for (let row = upper; row <= lower; ++row) {
        const square = this.squares.get(this.#key(column, row));
        if (square) for (const index of square) visit(index);
      }
    }
  }

  // The seat nearest to a point, at most `reach` away; -1 when there is none.
  nearest(px, py, reach) {
    let best = -1;
    let least = reach;
    this.visit(px - reach, py - reach, px + reach, py + reach, (i) => {
      const distance = Math.hypot(this.x[i] - px, this.y[i] - py);
      if (distance > least) return;
      least = distance;
      best = i;
    });
    return best;
  }
}

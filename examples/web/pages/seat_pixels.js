// The seats as pixels, set by hand: one drawImage a seat costs 20,000 entries of a display list,
// one image of all of them is a single one.

import { drawSeat } from './seat_shapes.js';

// Half the distance to the neighbours, in radii of a seat.
const eraserReach = 1.19;

function context2d(canvas) {
  // Kept in main memory, where it is written.
  return canvas.getContext('2d', { willReadFrequently: true });
}

export class SeatPixels {
  constructor(canvas) {
    this.canvas = canvas;
    this.sheet = document.createElement('canvas');
    this.sprites = [];
    this.cell = 0;
    this.wholeFrom = 250; // changed seats from which the whole image is cheaper to hand over
  }

  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  // One sprite a look, and an eraser: a disc, since a square would take a corner of neighbours that
  // sit askew.
  prepare(looks, radius_px, ratio) {
    this.cell = 2 * Math.ceil((radius_px * 1.25 + 1) * ratio) + 1;
    this.sheet.width = this.cell;
    this.sheet.height = this.cell;
    this.sprites = looks.map((look) => this.#sprite(look, radius_px, ratio));
    this.eraser = this.#sprite({ form: 'disc', fill: '#000' }, radius_px * eraserReach, ratio);
  }

  // The pixels that are not clear, by where they lie from the corner.
  #sprite(look, radius_px, ratio) {
    const { cell } = this;
    const context = context2d(this.sheet);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, cell, cell);
    context.setTransform(ratio, 0, 0, ratio, cell / 2, cell / 2);
    drawSeat(context, radius_px, look);
    const pixels = new Uint32Array(context.getImageData(0, 0, cell, cell).data.buffer);
    const seen = [...pixels.keys()].filter((i) => pixels[i] >>> 24 > 0);
    return {
      columns: Int32Array.from(seen, (i) => i % cell),
      rows: Int32Array.from(seen, (i) => Math.floor(i / cell)),
      offsets: Int32Array.from(seen, (i) => Math.floor(i / cell) * this.image.width + (i % cell)),
      pixels: Uint32Array.from(seen, (i) => pixels[i]),
    };
  }

  clear() {
    this.pixels.fill(0);
  }

  #inside(x, y) {
    return (
      x >= 0 && y >= 0 && x + this.cell <= this.image.width && y + this.cell <= this.image.height
    );
  }

  // Alpha is in the top byte of a pixel. Where two sprites meet, the denser pixel stays.
  draw(look, x, y) {
    const sprite = this.sprites[look];
    const { offsets, pixels } = sprite;
    if (!this.#inside(x, y))
      return this.#clipped(sprite, x, y, (to, pixel) => {
        this.pixels[to] = pixel;
      });
    const image = this.pixels;
    const from = y * this.image.width + x;
    for (let i = 0; i < offsets.length; ++i) {
      const to = from + offsets[i];
      if (pixels[i] >>> 24 >= image[to] >>> 24) image[to] = pixels[i];
    }
    return undefined;
  }

  erase(x, y) {
    this.#clipped(this.eraser, x, y, (to, pixel) => {
      if (pixel >>> 24 > 127) this.pixels[to] = 0;
    });
  }

  #clipped({ columns, rows, pixels }, x, y, put) {
    const { width, height } = this.image;
    for (let i = 0; i < pixels.length; ++i) {
      const [column, row] = [x + columns[i], y + rows[i]];
      if (column >= 0 && row >= 0 && column < width && row < height)
        put(row * width + column, pixels[i]);
    }
  }

  show() {
    context2d(this.canvas).putImageData(this.image, 0, 0);
  }

  showPlaces(corners) {
    if (corners.length > this.wholeFrom) return this.show();
    const context = context2d(this.canvas);
    for (const [x, y] of corners)
      context.putImageData(this.image, 0, 0, x, y, this.cell, this.cell);
    return undefined;
  }
}

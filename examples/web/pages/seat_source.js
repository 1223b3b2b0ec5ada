// A hall with its live seats: loads plan and map, then follows the changes.

import { get } from './api.js';
import { Live } from './live.js';
import { Plan } from './hall_plan.js';

export class SeatSource {
  // `onMap(map)`: all seats anew. `onChanges(changes, counts)`. `onState(connected)`.
  constructor(performance, listeners) {
    this.performance = performance;
    this.listeners = listeners;
    this.live = null;
    this.closed = false;
  }

  async open() {
    const [hall, map] = await Promise.all([
      get(`/api/performances/${this.performance}/hall`),
      this.#map(),
    ]);
    return { plan: new Plan(hall), map };
  }

  // Not before whoever listens has drawn the map.
  follow(map) {
    if (this.closed) return;
    this.live = new Live(this.performance, map.version, {
      onSeats: (data) => this.listeners.onChanges(data.changes, data),
      onReload: () => this.#reload(),
      onState: this.listeners.onState,
    });
  }

  async #reload() {
    try {
      const map = await this.#map();
      if (this.closed) return;
      this.listeners.onMap(map);
      this.live.resumeFrom(map.version);
    } catch {
      this.live.resumeFrom(this.live.last);
    }
  }

  #map() {
    return get(`/api/performances/${this.performance}/map`);
  }

  close() {
    this.closed = true;
    this.live?.close();
  }
}

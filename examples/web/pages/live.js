// Follows the seats of a performance: server-sent events, read with fetch, because an EventSource
// gives up for good at the first 502 of a proxy and cannot be told where to go on.
//
// A browser has six connections to a host over all its tabs, and keeps those of pages in its
// back/forward cache: so only a page that is looked at has one. What it missed comes by
// Last-Event-ID when it is looked at again.

const silenceMax_ms = 45000;
const firstPause_ms = 300;
const pauseMax_ms = 10000;

// Cuts a stream into events: { id, event, data }.
export function eventReader(onEvent) {
  let rest = '';
  let id = null;
  let fields = { event: 'message', data: [] };
  const dispatch = () => {
    if (fields.data.length) onEvent({ id, event: fields.event, data: fields.data.join('\n') });
    fields = { event: 'message', data: [] };
  };
  const line = (text) => {
    if (text === '') return dispatch();
    const [, name, value] = text.match(/^([^:]*):? ?(.*)$/);
    if (name === 'id') id = value;
    if (name === 'event') fields.event = value;
    if (name === 'data') fields.data.push(value);
  };
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const text of lines) line(text.replace(/\r$/, ''));
  };
}

export class Live {
  // `from`: the version of the map that is shown. `onSeats(data)`, `onReload()` (the server no
  // longer knows what was missed: load the map), `onState(connected)`.
  constructor(performance, from, { onSeats, onReload, onState }) {
    this.path = `/api/performances/${performance}/events`;
    this.last = from;
    this.listeners = { onSeats, onReload, onState };
    this.pause_ms = firstPause_ms;
    this.abort = null;
    this.timer = null;
    this.look = () => (document.hidden ? this.pause() : this.start());
    this.hide = () => this.pause();
    document.addEventListener('visibilitychange', this.look);
    window.addEventListener('pagehide', this.hide);
    window.addEventListener('pageshow', this.look);
    this.look();
  }

  close() {
    document.removeEventListener('visibilitychange', this.look);
    window.removeEventListener('pagehide', this.hide);
    window.removeEventListener('pageshow', this.look);
    this.pause();
  }

  // After a reload of the map.
  resumeFrom(version) {
    this.last = version;
    this.pause();
    this.look();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.abort?.abort();
    this.abort = null;
  }

  start() {
    if (this.abort || this.timer) return;
    this.abort = new AbortController();
    this.read(this.abort);
  }

  async read(abort) {
    try {
      await this.follow(abort);
    } catch {
      // Whatever ended it, the answer is the same: come again.
    }
    if (this.abort !== abort) return;
    this.abort = null;
    this.listeners.onState(false);
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.look();
      },
      this.pause_ms * (0.5 + Math.random()),
    );
    this.pause_ms = Math.min(2 * this.pause_ms, pauseMax_ms);
  }

  async follow(abort) {
    const response = await fetch(this.path, {
      headers: { Accept: 'text/event-stream', 'Last-Event-ID': this.last },
      signal: abort.signal,
      cache: 'no-store',
    });
    if (!response.ok) throw new Error(String(response.status));
    this.pause_ms = firstPause_ms;
    this.listeners.onState(true);
    const take = eventReader((event) => this.take(abort, event));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      // A connection that died without a word looks like silence; heartbeats are more frequent.
      const silence = setTimeout(() => reader.cancel(), silenceMax_ms);
      const { done, value } = await reader.read();
      clearTimeout(silence);
      if (done) return;
      take(value);
    }
  }

  take(abort, { id, event, data }) {
    if (this.abort !== abort) return;
    if (event === 'reload') return this.listeners.onReload();
    // The host is about to go, and says when it hopes to be back.
    if (event === 'stop') this.pause_ms = JSON.parse(data).retry_ms;
    if (event !== 'seats') return;
    if (id !== null) this.last = id;
    this.listeners.onSeats(JSON.parse(data));
  }
}

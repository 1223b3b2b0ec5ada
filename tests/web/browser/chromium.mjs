// A headless Chromium driven over its DevTools protocol by a pipe: messages are JSON that end in
// NUL, on descriptors 3 and 4. No package is needed for that.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.CHROMIUM ?? 'chromium';
const answerMax_ms = 30000;
let patienceMax_ms = Infinity;

// Where what is waited for is expected to stay away.
export function limitPatience(max_ms) {
  patienceMax_ms = max_ms;
}

export class Chromium {
  static async start(options = []) {
    const browser = new Chromium(options);
    await browser.send('Browser.getVersion');
    return browser;
  }

  constructor(options) {
    this.profile = mkdtempSync(join(tmpdir(), 'seathold-chromium-'));
    this.waiting = new Map();
    this.pages = new Map();
    this.lastId = 0;
    this.process = spawn(
      program,
      [
        '--headless=new',
        '--no-sandbox',
        '--remote-debugging-pipe',
        '--no-first-run',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        `--user-data-dir=${this.profile}`,
        ...options,
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    this.process.on('error', (error) => this.#fail(error));
    this.process.on('exit', () => this.#fail(new Error(`${program} ended`)));
    let rest = '';
    this.process.stdio[4].setEncoding('utf8').on('data', (text) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  #fail(error) {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  #take(message) {
    if (message.id === undefined) return this.pages.get(message.sessionId)?.heard(message);
    const { resolve, reject, timer } = this.waiting.get(message.id) ?? {};
    this.waiting.delete(message.id);
    clearTimeout(timer);
    if (message.error)
      return reject?.(new Error(`${message.error.message} ${message.error.data ?? ''}`));
    return resolve?.(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), answerMax_ms);
      this.waiting.set(id, { resolve, reject, timer });
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  // A browser of its own as far as pages can tell: own storage, own window.
  async person() {
    const { browserContextId } = await this.send('Target.createBrowserContext');
    return browserContextId;
  }

  async page(
    browserContextId,
    { width = 1280, height = 800, phone = false, dark = false, newWindow = true } = {},
  ) {
    const { targetId } = await this.send('Target.createTarget', {
      url: 'about:blank',
      browserContextId,
      newWindow,
      ...(newWindow && { width, height }),
    });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    this.pages.set(sessionId, page);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await page.send(`${domain}.enable`);
    await page.size(width, height, phone);
    await page.dark(dark);
    return page;
  }

  async stop() {
    await this.send('Browser.close').catch(() => {});
    await new Promise((resolve) => {
      if (this.process.exitCode !== null) return resolve();
      const timer = setTimeout(() => this.process.kill('SIGKILL'), 5000);
      this.process.on('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      return undefined;
    });
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

// What pages may not do without a test failing: throw, or break their content security policy.
export class Page {
  constructor(browser, sessionId, targetId) {
    this.browser = browser;
    this.sessionId = sessionId;
    this.targetId = targetId;
    this.complaints = [];
    this.listeners = new Map();
  }

  on(method, listener) {
    this.listeners.set(method, listener);
  }

  heard({ method, params }) {
    this.listeners.get(method)?.(params);
    if (method === 'Runtime.exceptionThrown') {
      const { text, exception } = params.exceptionDetails;
      this.complaints.push(`${text} ${exception?.description ?? ''}`);
    }
    if (
      method === 'Log.entryAdded' &&
      params.entry.level === 'error' &&
      params.entry.source !== 'network'
    ) {
      this.complaints.push(params.entry.text);
    }
  }

  send(method, params) {
    return this.browser.send(method, params, this.sessionId);
  }

  async size(width, height, phone = false) {
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: phone ? 2 : 1,
      mobile: phone,
    });
    await this.send('Emulation.setTouchEmulationEnabled', { enabled: phone });
  }

  dark(dark) {
    return this.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
    });
  }

  async open(url) {
    await this.send('Page.navigate', { url });
    await this.until('document.readyState === "complete"', 'the page loads');
  }

  front() {
    return this.send('Page.bringToFront');
  }

  async reload() {
    await this.send('Runtime.evaluate', { expression: 'window.beforeReload = true' });
    await this.send('Page.reload', { ignoreCache: true });
    await this.until(
      '!window.beforeReload && document.readyState === "complete"',
      'the page loads again',
    );
  }

  async run(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails)
      throw new Error(
        `${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`,
      );
    return result.value;
  }

  // Waits until `expression` is true, and gives its value.
  until(expression, what = expression, patience_ms = 15000) {
    return this.patiently(() => this.run(expression).catch(() => false), what, patience_ms);
  }

  async patiently(look, what, patience_ms = 15000) {
    const end = Date.now() + Math.min(patience_ms, patienceMax_ms);
    for (;;) {
      const value = await look();
      if (value) return value;
      if (Date.now() > end) throw new Error(`waited ${patience_ms} ms in vain: ${what}`);
      await new Promise((wake) => setTimeout(wake, 40));
    }
  }

  text(selector) {
    return this.run(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`);
  }

  async there(selector, patience_ms = 15000) {
    const found = `!!document.querySelector(${JSON.stringify(selector)})`;
    await this.until(found, `${selector} is there`, patience_ms);
  }

  async middleOf(selector) {
    await this.there(selector);
    return this.run(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: 'nearest' });
      const box = element.getBoundingClientRect();
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    })()`);
  }

  async clickAt(x, y) {
    const at = { x, y, button: 'left', clickCount: 1 };
    await this.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
    await this.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
    await this.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
  }

  async click(selector) {
    const enabled = `document.querySelector(${JSON.stringify(selector)})?.disabled === false`;
    const anyLink = `document.querySelector(${JSON.stringify(selector)})?.matches('a')`;
    await this.until(`${enabled} || ${anyLink}`, `${selector} can be pressed`);
    const { x, y } = await this.middleOf(selector);
    await this.clickAt(x, y);
  }

  async tapAt(x, y) {
    await this.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    await this.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  async tap(selector) {
    const { x, y } = await this.middleOf(selector);
    await this.tapAt(x, y);
  }

  // Two fingers that move apart from one place, or towards it.
  async pinch(x, y, from, to) {
    const fingers = (apart) => [
      { x: x - apart, y, id: 0 },
      { x: x + apart, y, id: 1 },
    ];
    await this.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(from) });
    for (let i = 1; i <= 8; ++i) {
      await this.send('Input.dispatchTouchEvent', {
        type: 'touchMove',
        touchPoints: fingers(from + ((to - from) * i) / 8),
      });
    }
    await this.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  async type(text) {
    await this.send('Input.insertText', { text });
  }

  async fill(selector, text) {
    await this.click(selector);
    await this.type(text);
  }

  async key(key, { shift = false } = {}) {
    const codes = {
      Enter: 13,
      Tab: 9,
      ' ': 32,
      ArrowLeft: 37,
      ArrowUp: 38,
      ArrowRight: 39,
      ArrowDown: 40,
      Home: 36,
      End: 35,
      Escape: 27,
    };
    const event = {
      key,
      code: key === ' ' ? 'Space' : key,
      windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0),
      modifiers: shift ? 8 : 0,
    };
    const text = { Enter: '\r', ' ': ' ' }[key] ?? (key.length === 1 ? key : undefined);
    await this.send('Input.dispatchKeyEvent', {
      type: text ? 'keyDown' : 'rawKeyDown',
      text,
      ...event,
    });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  async screenshot() {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data, 'base64');
  }

  async close() {
    this.browser.pages.delete(this.sessionId);
    await this.browser.send('Target.closeTarget', { targetId: this.targetId });
  }
}

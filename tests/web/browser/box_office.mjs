// A database with halls of our own, and the web host on it: started, killed, started again.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cli = process.env.SEATHOLD_CLI ?? 'seathold';
const web = process.env.SEATHOLD_WEB ?? 'seathold-web';
const newId = () => randomBytes(16).toString('hex');
const startMax_ms = 20000;
const password = 'a long enough secret';
const house = ['staff@example.org', 'operator@example.org'];

const newFolder = () => mkdtempSync(join(tmpdir(), 'seathold-browser-'));

// Shows by name: { show, performance }. `parts`: names of those that are to have a hall each, so
// that they may run at the same time.
export class BoxOffice {
  constructor(parts, template = null) {
    if (template) {
      Object.assign(this, template, { folder: newFolder() });
      cpSync(template.folder, this.folder, { recursive: true });
    } else this.#make(parts);
  }

  #make(parts) {
    this.folder = newFolder();
    this.pages = process.env.SEATHOLD_PAGES;
    this.port = 0;
    this.people = 0;
    this.#run('init');
    this.barn = this.#venue('Barn', 10, 12);
    this.arena = this.#venue('Arena', 100, 200);
    this.halls = Object.fromEntries(
      parts.map((part) => [part, this.#show(`Winter journey: ${part}`, this.barn)]),
    );
    this.#addShows();
    // The pages make no account of staff.
    for (const email of house) this.#register(email);
  }

  // The same database, to be served by a host of its own. `pages`: other pages than those that are
  // compiled in. REQUIRES: this one never started.
  copy(pages = this.pages) {
    return Object.assign(new BoxOffice([], this), { pages });
  }

  get db() {
    return join(this.folder, 'box.db');
  }

  #addShows() {
    const oneByOne = ['--queue', '--active-max', '1'];
    const shows = {
      rivals: ['Two for one seat', this.barn],
      short: ['Short <img src=x onerror=alert(1)> breath', this.barn, [], ['--hold-ttl-s', '3']],
      queued: ['One at a time', this.barn, oneByOne],
      brisk: ['Be quick', this.barn, [...oneByOne, '--grace-s', '3']],
      relogin: ['Back in a minute', this.barn, oneByOne],
      ending: ['Last call', this.barn],
      closing: ['Closing down', this.barn, oneByOne],
      kinds: ['Two prices', this.barn, [], ['--price', '*/1:reduced=30.00']],
      large: ['Twenty thousand', this.arena],
    };
    for (const [name, words] of Object.entries(shows)) this[name] = this.#show(...words);
  }

  #register(email) {
    this.#run('account', 'register', '--email', email, '--password-stdin');
  }

  // A command that reads nothing may end before it was given anything.
  #run(...words) {
    const input = words.includes('--password-stdin') ? { input: password } : {};
    const command = ['-q', '--db', this.db, ...words];
    return execFileSync(cli, command, { encoding: 'utf8', ...input }).trim();
  }

  #venue(name, rows, seats) {
    return this.#run('venue', 'make', '--name', name, '--rows', `${rows}`, '--seats', `${seats}`);
  }

  #show(title, venue, ofShow = [], ofDate = []) {
    const show = this.#run('show', 'add', '--title', title, ...ofShow);
    const performance = this.#run(
      'performance',
      'add',
      '--show',
      show,
      '--venue',
      venue,
      '--date',
      '2036-12-31',
      '--time',
      '19:30',
      '--currency',
      'EUR',
      '--price',
      '*=45.00',
      ...ofDate,
    );
    return { title, show, performance, hall: `/shows/${show}/dates/${performance}` };
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  // On the port that it had before, once it had one.
  async start() {
    const words = [
      web,
      '--db',
      this.db,
      '--port',
      `${this.port}`,
      // All buyers come from one address.
      '--connections-per-address',
      '4000',
      '--charges',
      '--logins-per-minute',
      '0',
      '--joins-per-minute',
      '0',
      '--staff',
      'staff@example.org',
      '--operator',
      'operator@example.org',
      ...(this.pages ? ['--pages', this.pages] : []),
    ];
    // Ends with this process, however that ends.
    const program = existsSync('/usr/bin/setpriv')
      ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--']
      : [];
    const [first, ...rest] = [...program, ...words];
    this.host = spawn(first, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.port = Number(await this.#announced());
  }

  #announced() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the host does not start')), startMax_ms);
      this.host.on('exit', (code) => reject(new Error(`the host ended with ${code}`)));
      this.host.stdout.setEncoding('utf8').on('data', (text) => {
        const found = text.match(/:(\d+)\//);
        if (!found) return;
        clearTimeout(timer);
        resolve(found[1]);
      });
    });
  }

  async kill(signal = 'SIGKILL') {
    if (!this.host || this.host.exitCode !== null || this.host.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      this.host.on('exit', resolve);
    });
    this.host.kill(signal);
    await ended;
  }

  async stop() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async ask(method, path, { token, body } = {}) {
    const headers = {
      'Content-Type': 'application/json',
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    const response = await fetch(this.address + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, ...(text.startsWith('{') ? JSON.parse(text) : { text }) };
  }

  // An account, logged in; with a name of its own unless one is given.
  async person(email = `buyer${++this.people}@example.org`) {
    const answer = await this.ask('POST', '/api/register', { body: { email, password } });
    const login = answer.token
      ? answer
      : await this.ask('POST', '/api/login', { body: { email, password } });
    if (!login.token) throw new Error(`${email}: ${JSON.stringify(login)}`);
    return { ...login, email, password };
  }

  // A seat by its index, as somebody who needs no page.
  async hold(person, { performance }, index) {
    const { seats } = await this.ask('GET', `/api/performances/${performance}/hall`);
    const answer = await this.ask('PUT', `/api/holds/${newId()}`, {
      token: person.token,
      body: { performance, seats: [seats.id[index]] },
    });
    if (answer.state !== 'held') throw new Error(`not held: ${JSON.stringify(answer)}`);
  }

  async charge(person, amount_minor) {
    await this.ask('PUT', `/api/wallet/charges/${newId()}`, {
      token: person.token,
      body: { amount_minor, currency: 'EUR' },
    });
  }
}

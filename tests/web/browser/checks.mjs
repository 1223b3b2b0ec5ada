// One line a check: "ok NAME" or "not ok NAME - why"; screenshots beside.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Checks {
  // `only`: how the name of the one check begins that is to run; all, where it is left out.
  // `word`: how a failure is told.
  constructor(folder, { only = '', word = 'not ok' } = {}) {
    this.folder = folder;
    this.only = only;
    this.word = word;
    this.ran = 0;
    this.failed = [];
    this.open = [];
    if (folder) mkdirSync(folder, { recursive: true });
  }

  // `body` throws when something is not as it should be; the pages it opened are closed after it.
  async check(name, body) {
    if (!name.startsWith(this.only)) return;
    this.ran += 1;
    try {
      await body();
      for (const page of this.open) this.noComplaints(page);
      this.tell(`ok ${name}`);
    } catch (error) {
      this.failed.push(name);
      const complaint = this.open.find((page) => page.complaints.length)?.complaints[0];
      this.tell(`${this.word} ${name} - ${error.message}${complaint ? `; ${complaint}` : ''}`);
      for (const [i, page] of this.open.entries())
        await this.shot(page, `failed-${name.replace(/\W+/g, '-')}-${i}`);
    }
    for (const page of this.open.splice(0)) await page.close().catch(() => {});
  }

  tell(line) {
    console.log(line);
  }

  // Scripts that throw, and what the content security policy stopped.
  noComplaints(page) {
    if (page.complaints.length) throw new Error(`the page complains: ${page.complaints[0]}`);
  }

  async shot(page, name) {
    if (this.folder)
      writeFileSync(join(this.folder, `${name}.png`), await page.screenshot().catch(() => ''));
  }
}

export function expect(fact, what) {
  if (!fact) throw new Error(what);
}

export function same(got, wanted, what) {
  if (got !== wanted)
    throw new Error(`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
}

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

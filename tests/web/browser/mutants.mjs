// Shows that the checks of the pages can fail: plants one bug at a time in a copy of them, and the
// check that its patch names must catch it.
//   node tests/web/browser/mutants.mjs FOLDER [NAME...]     default: every patch in mutants/
// The copies are made in FOLDER. A patch opens with "# plants: WHAT" and
// "# caught by: PART: HOW THE NAME OF THE CHECK BEGINS". Only that check runs, on a host of its
// own; the browser serves all.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { inLanes, parts } from './parts.mjs';
import { BoxOffice } from './box_office.mjs';
import { Checks } from './checks.mjs';
import { Chromium, limitPatience } from './chromium.mjs';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const lanes = 7; // most of the time a check waits in vain for what the bug prevents
const patienceMax_ms = 15000;
const patches = fileURLToPath(new URL('mutants', import.meta.url));
const source = fileURLToPath(new URL('../../../examples/web', import.meta.url));
const [folder, ...given] = process.argv.slice(2);
const all = readdirSync(patches)
  .filter((file) => file.endsWith('.patch'))
  .map((file) => file.slice(0, -'.patch'.length));

class QuietChecks extends Checks {
  tell() {}
}

// The folder of the pages with the bug.
function planted(name) {
  const copy = join(folder, name);
  const pages = join(copy, 'examples/web/pages');
  mkdirSync(join(copy, 'examples/web'), { recursive: true });
  cpSync(join(source, 'pages'), pages, { recursive: true });
  cpSync(join(source, 'openapi.json'), join(copy, 'examples/web/openapi.json'));
  execFileSync('patch', ['-s', '-d', copy, '-p1', '-i', join(patches, `${name}.patch`)]);
  return pages;
}

function target(name) {
  const [, part, check] = readFileSync(join(patches, `${name}.patch`), 'utf8').match(
    /^# caught by: (\w+): (.+)$/m,
  );
  return { part, check };
}

// How many checks ran, and how many failed. The part sees the planted pages alone.
async function attempt(browser, pages, { part, check }) {
  const checks = new QuietChecks(null, { only: check });
  const office = template.copy(pages);
  try {
    await office.start();
    await parts[part]({ browser, office, checks, pages, hall: office.halls[part] });
  } finally {
    await office.stop();
  }
  return { ran: checks.ran, failed: checks.failed.length };
}

async function verdict(browser, name) {
  let pages = null;
  try {
    pages = planted(name);
  } catch {
    return `not ok mutant ${name} - does not apply`;
  }
  const wanted = target(name);
  const { ran, failed } = await attempt(browser, pages, wanted);
  if (ran && failed) return `ok mutant ${name}`;
  const what = ran ? 'did not fail' : 'is not there';
  return `not ok mutant ${name} - the check that begins with "${wanted.check}" ${what}`;
}

let bad = 0;
limitPatience(patienceMax_ms);
const template = new BoxOffice(Object.keys(parts));
const browser = await Chromium.start();
try {
  await inLanes(lanes, given.length ? given : all, async (name) => {
    const line = await verdict(browser, name);
    if (!line.startsWith('ok ')) bad += 1;
    console.log(line);
  });
} finally {
  await browser.stop();
  await template.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(bad ? 1 : 0);

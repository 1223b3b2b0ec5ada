// The pages in a real browser, against the real host.
//   node tests/web/browser/run.mjs [--shots FOLDER] [NAME...]     default: every part
// SEATHOLD_CLI and SEATHOLD_WEB name the programs, CHROMIUM the browser, SEATHOLD_PAGES a folder of
// pages instead of those that are compiled in. Prints a line a check; ends with 1 when one failed.
// Parts run at the same time, each in a hall of its own. What fails may do so because the machine
// paused: it is told as "again NAME - why", and its part is run once more.
import { alone, inLanes, parts, withOwnHost } from './parts.mjs';
import { BoxOffice } from './box_office.mjs';
import { Checks } from './checks.mjs';
import { Chromium } from './chromium.mjs';

const lanes = 4;
const given = process.argv.slice(2);
const shots = given[0] === '--shots' ? given.splice(0, 2)[1] : null;
const names = given.length ? given : Object.keys(parts);
const unknown = names.filter((name) => !(name in parts));
if (unknown.length) throw new Error(`no such part: ${unknown}`);

let browser = null;

// Those of `names` in which a check failed, which is told by `word`.
async function attempt(names, word) {
  const failed = [];
  const shared = new BoxOffice(names);
  // Before the first of them starts.
  const own = names.filter((name) => withOwnHost.includes(name));
  const offices = new Map(own.map((name) => [name, shared.copy()]));
  const run = async (name) => {
    const own = offices.get(name);
    const office = own ?? shared;
    const checks = new Checks(shots, { word });
    try {
      await own?.start();
      await parts[name]({ browser, office, checks, hall: office.halls[name] });
    } finally {
      await own?.stop();
    }
    if (checks.failed.length) failed.push(name);
  };
  try {
    await shared.start();
    await inLanes(
      lanes,
      names.filter((name) => !alone.includes(name)),
      run,
    );
    for (const name of names) if (alone.includes(name)) await run(name);
  } finally {
    await shared.stop();
  }
  return failed;
}

let failed;
try {
  browser = await Chromium.start();
  failed = await attempt(names, 'again');
  if (failed.length) failed = await attempt(failed, 'not ok');
} finally {
  await browser?.stop();
}
process.exit(failed.length ? 1 : 0);

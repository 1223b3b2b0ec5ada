// The pages in a real browser, against the real host.
//   node tests/web/browser/run.mjs [--shots FOLDER] [NAME...]     default: every part
// SEATHOLD_CLI and SEATHOLD_WEB name the programs, CHROMIUM the browser, SEATHOLD_PAGES a folder of
// pages instead of those that are compiled in. Prints a line a check; ends with 1 when one failed.
import { BoxOffice } from './box_office.mjs';
import { buying } from './buying.mjs';
import { Checks } from './checks.mjs';
import { Chromium } from './chromium.mjs';
import { outage } from './outage.mjs';
import { rivals } from './rivals.mjs';
import { senses } from './senses.mjs';
import { speed } from './speed.mjs';
import { waiting } from './waiting.mjs';
import { words } from './words.mjs';

const parts = { words, buying, rivals, waiting, senses, speed, outage };
const given = process.argv.slice(2);
const shots = given[0] === '--shots' ? given.splice(0, 2)[1] : null;
const names = given.length ? given : Object.keys(parts);

const checks = new Checks(shots);
const office = new BoxOffice();
let browser = null;
try {
  await office.start();
  browser = await Chromium.start();
  for (const name of names) await parts[name]({ browser, office, checks });
} finally {
  await browser?.stop();
  await office.stop();
}
process.exit(checks.failed ? 1 : 0);

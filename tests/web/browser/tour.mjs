// Every page in every look: by day, by night, on a phone, in Korean.
import { canBeRead, canBeWalked, fitsItsWidth, hasNames, phone, speaks } from './looks.mjs';
import { Buyer } from './buyer.mjs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

const source = fileURLToPath(new URL('../../../examples/web/pages/', import.meta.url));

const looks = {
  day: {},
  night: { dark: true },
  phone,
  'phone-night': { ...phone, dark: true },
  keyboard: {},
  korean: phone,
};

// What a buyer comes to, in turn: name, and how to get there.
function stops({ office, hall }) {
  const { show } = hall;
  const tap = (buyer, selector) => buyer.page.run(`document.querySelector('${selector}').click()`);
  return [
    ['shows', (buyer) => buyer.goTo('/'), '.show-card'],
    ['dates', (buyer) => buyer.goTo(`/shows/${show}`), '.date-row'],
    ['hall', (buyer) => buyer.openHall(office.kinds), '.choice'],
    ['chosen', chooseSome, '.choice-list li'],
    ['hold', (buyer) => tap(buyer, '#hold'), '#pay'],
    ['short', (buyer) => tap(buyer, '#pay'), '.charge'],
    ['ticket', payUp, '.ticket .qr'],
    ['tickets', (buyer) => buyer.goTo('/tickets'), '.date-row'],
    ['wallet', (buyer) => buyer.goTo('/wallet'), '.statement'],
    ['waiting', (buyer) => buyer.goTo(`/shows/${office.queued.show}/queue`), '.queue-card'],
    ['login', (buyer) => buyer.goTo('/login'), '#email'],
  ];
}

// What the house comes to.
function houseStops({ office }) {
  const { show, performance } = office.kinds;
  return [
    ['office-list', (staff) => staff.goTo('/office'), '.date-row'],
    ['office', (staff) => staff.goTo(`/office/${show}/${performance}`), '.sales button'],
    ['office-refund', (staff) => staff.page.run(`document.querySelector('.sales button').click()`), '#confirm-refund'],
    ['door', (staff) => staff.goTo('/door'), '#ticket'],
    ['door-forged', forge, '.door-answer'],
  ];
}

// Two seats of two prices, the way a reload finds them.
async function chooseSome(buyer) {
  const { performance } = buyer.office.kinds;
  const { seats } = await buyer.office.ask('GET', `/api/performances/${performance}/map`);
  const free = [...seats].flatMap((letter, index) => (letter === 'f' ? [index] : [])).slice(0, 2);
  const name = `seathold.choice.${performance}`;
  await buyer.page.run(`sessionStorage.setItem('${name}', '${JSON.stringify(free)}');
    sessionStorage.setItem('${name}.types', '{"${free[0]}":1}')`);
  await buyer.page.reload();
}

async function payUp({ page }) {
  await page.run(`document.querySelector('.charge .button').click()`);
  await page.until('document.querySelector("#pay") && !document.querySelector(".charge")', 'money');
  await page.run(`document.querySelector('#pay').click()`);
}

async function forge({ page }) {
  await page.fill('#ticket', 'no such ticket');
  await page.key('Enter');
}

async function walk(who, look, list, inspect) {
  for (const [name, go, sign] of list) {
    await go(who);
    await who.page.there(sign);
    await who.page.until('!document.querySelector("#page[aria-busy]")', `${name} is shown`);
    await who.page.until('!document.getAnimations().some((a) => a.playState === "running")', 'calm');
    await who.checks.shot(who.page, `tour-${look}-${name}`);
    await inspect(who.page, name);
  }
}

export async function tour(world) {
  const { checks, office, pages = source } = world;
  const words = (language) => JSON.parse(readFileSync(join(pages, `strings.${language}.json`)));
  const [english, korean] = [words('en'), words('ko')];

  async function bothWays(look, inspect, prepare = async () => {}) {
    const buyer = await Buyer.come(world, await office.person(), looks[look]);
    await prepare(buyer);
    await walk(buyer, look, stops(world), inspect);
    const staff = await Buyer.come(world, await office.person('operator@example.org'), looks[look]);
    await prepare(staff);
    await walk(staff, look, houseStops(world), inspect);
  }

  for (const look of ['day', 'night', 'phone', 'phone-night']) {
    await checks.check(`each page by ${look}: contrast, names and room`, () =>
      bothWays(look, async (page, name) => {
        await fitsItsWidth(page, name);
        await canBeRead(page, name);
        await hasNames(page, name);
      }),
    );
  }

  await checks.check('each page by keyboard: what Tab comes to is in sight and in order', () =>
    bothWays('keyboard', canBeWalked),
  );

  await checks.check('each page in Korean, without a text that is missing', () =>
    bothWays(
      'korean',
      (page, name) => speaks(page, name, english, korean),
      async ({ page }) => {
        await page.run(`localStorage.setItem('seathold.language', 'ko')`);
        await page.reload();
      },
    ),
  );
}

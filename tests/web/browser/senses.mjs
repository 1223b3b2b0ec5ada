// Other ways to use the pages: by keyboard, by ear, by thumb, in the dark, in Korean.
import { Buyer } from './buyer.mjs';
import { expect, same, sleep } from './checks.mjs';
import { fitsItsWidth, phone } from './looks.mjs';

const spoken = `document.getElementById(document.querySelector('.hall-view')
  .getAttribute('aria-activedescendant'))?.textContent ?? ''`;

// The sum of what is painted, by colour.
const colours = `(() => {
  const at = document.querySelector('.hall-seats');
  const { data } = at.getContext('2d').getImageData(0, 0, at.width, at.height);
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) for (let k = 0; k < 3; ++k) sums[k] += data[i + k];
  return sums.join();
})()`;
const background = `getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)`;
const chooseKorean = `(() => {
  const list = document.querySelector('.language');
  list.value = 'ko';
  list.dispatchEvent(new Event('change'));
})()`;
const heading = `document.querySelector('h1')?.textContent`;

async function tabTo(page, selector) {
  for (let i = 0; i < 40; ++i) {
    if (await page.run(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    await page.key('Tab');
  }
  throw new Error(`${selector} is not reached by Tab`);
}

export async function senses(world) {
  const { checks, office, hall } = world;

  await checks.check(
    'keyboard only: two seats are found, held and paid for, and each is read out',
    async () => {
      const person = await office.person();
      await office.charge(person, 9000);
      const buyer = await Buyer.come(world, person);
      const { page } = buyer;
      await buyer.openHall(hall);
      await tabTo(page, '.hall-view');
      const first = await page.run(spoken);
      expect(
        /Hall, row .+, seat .+\. .*45\.00\. Free\./.test(first),
        `a seat is read out as "${first}"`,
      );
      await page.key('ArrowRight');
      const beside = await page.run(spoken);
      expect(beside !== first, 'an arrow moves to another seat');
      await page.key('ArrowDown');
      await page.key('ArrowUp');
      same(await page.run(spoken), beside, 'down and up again');
      await page.key('ArrowDown', { shift: true });
      await page.key('Enter');
      expect(
        (await page.run(spoken)).includes('Chosen by you'),
        'Enter chooses, and that is read out',
      );
      await checks.shot(page, 'keyboard');
      await page.key('ArrowRight', { shift: true });
      await page.key('Enter');
      same((await buyer.chosen()).length, 2, 'seats chosen');
      await tabTo(page, '#hold');
      await page.key('Enter');
      await page.there('#pay');
      await tabTo(page, '#pay');
      await page.key('Enter');
      await page.there('.ticket .qr');
    },
  );

  await checks.check(
    'phone: pinch, tap, hold and pay; nothing is wider than the screen',
    async () => {
      const person = await office.person();
      await office.charge(person, 4500);
      const buyer = await Buyer.come(world, person, phone);
      const { page } = buyer;
      await page.there('.show-card');
      await fitsItsWidth(page, 'the list of shows');
      await checks.shot(page, 'phone-shows');
      await buyer.goTo(`/shows/${hall.show}`);
      await page.there('.date-row');
      await fitsItsWidth(page, 'the list of dates');
      await buyer.openHall(hall);
      await fitsItsWidth(page, 'the hall');
      const { x, y } = await page.middleOf('.hall-view');
      await page.pinch(x, y, 30, 70);
      await sleep(300);
      for (let i = 0; i < 30 && (await buyer.chosen()).length === 0; ++i) {
        await page.tapAt(x + (i % 6) * 24 - 60, y + Math.floor(i / 6) * 24 - 48);
        await sleep(300);
      }
      same((await buyer.chosen()).length, 1, 'seats chosen by a tap');
      await checks.shot(page, 'phone-hall');
      await page.tap('#hold');
      await page.there('#pay');
      await fitsItsWidth(page, 'the hold');
      await checks.shot(page, 'phone-hold');
      await page.tap('#pay');
      await page.there('.ticket .qr');
      await fitsItsWidth(page, 'the ticket');
      await checks.shot(page, 'phone-ticket');
      for (const path of ['/wallet', '/tickets', '/login']) {
        await buyer.goTo(path);
        await page.until('!document.querySelector("#page[aria-busy]")', `${path} is shown`);
        await fitsItsWidth(page, path);
      }
    },
  );

  await checks.check('dark mode is dark, on the canvas too', async () => {
    const buyer = await Buyer.come(world, await office.person(), { dark: true });
    await buyer.openHall(hall);
    await checks.shot(buyer.page, 'dark-hall');
    const darkest = await buyer.page.run(background);
    expect(Math.max(...darkest) < 60, `the page is ${darkest}`);
    const dark = await buyer.page.run(colours);
    await buyer.page.dark(false);
    await buyer.page.until(`${colours} !== '${dark}'`, 'the seats change with the mode', 3000);
  });

  await checks.check('a title that looks like markup is shown as it is', async () => {
    const buyer = await Buyer.come(world);
    await buyer.goTo(`/shows/${office.short.show}`);
    await buyer.page.until(`${heading} === ${JSON.stringify(office.short.title)}`, 'the title');
    same(await buyer.page.run('document.querySelectorAll("main img").length'), 0, 'images');
  });

  await checks.check('Korean: the words change at once and stay', async () => {
    const buyer = await Buyer.come(world, null, phone);
    await buyer.page.there('.language');
    await buyer.page.run(chooseKorean);
    const korean = `document.documentElement.lang === 'ko' && ${heading}?.includes('예매')`;
    await buyer.page.until(korean, 'the page is Korean');
    await buyer.page.reload();
    await buyer.page.until(korean, 'it is Korean after a reload');
    await buyer.openHall(hall);
    await checks.shot(buyer.page, 'phone-korean');
  });
}

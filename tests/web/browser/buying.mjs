// One buyer, from the list of shows to the door.
import { Buyer } from './buyer.mjs';
import { expect, same } from './checks.mjs';

export async function buying(world) {
  const { checks, office, hall } = world;

  await checks.check(
    'a buyer registers, chooses two seats, is short of money, charges, pays and has tickets',
    async () => {
      const buyer = await Buyer.come(world);
      const { page } = buyer;
      await page.there('.show-card');
      await checks.shot(page, 'shows');
      await page.click(`a[href="#/shows/${hall.show}"]`);
      await page.there('.date-row');
      await checks.shot(page, 'dates');
      await page.click('.date-row');
      await page.there('.hall-view');
      const names = await buyer.choose(2);
      await checks.shot(page, 'hall');
      await page.click('#hold');
      await page.there('#email');
      await page.click('.link');
      await page.fill('#email', 'ann@example.org');
      await page.fill('#password', 'a long enough secret');
      await checks.shot(page, 'login');
      await page.key('Enter');
      await page.there('.choice');
      same(
        (await buyer.chosen()).join(),
        names.join(),
        'the choice is still there after the login',
      );
      await buyer.hold();
      await checks.shot(page, 'hold');
      const [minutes, seconds] = (await page.text('#countdown')).split(':').map(Number);
      expect(
        minutes * 60 + seconds > 280 && minutes * 60 + seconds <= 300,
        `the countdown begins at ${minutes}:${seconds}`,
      );
      const before = await page.text('#countdown');
      await page.until(
        `document.querySelector('#countdown').textContent !== ${JSON.stringify(before)}`,
        'the countdown runs',
      );
      await page.click('#pay');
      await page.there('.charge');
      expect((await page.text('.problem')).includes('90.00'), 'it says how much is missing');
      await checks.shot(page, 'short-of-money');
      await page.click('.charge .button');
      await page.until(
        `document.querySelector('.balance b').textContent.includes('90.00')`,
        'the money is there',
      );
      await buyer.pay();
      same(await page.run('document.querySelectorAll(".ticket").length'), 2, 'one ticket a seat');
      await checks.shot(page, 'tickets');
      await buyer.goTo('/wallet');
      await page.there('.statement');
      same(
        await page.run('document.querySelectorAll(".statement li").length'),
        2,
        'a charge and a payment',
      );
      same(await page.text('#balance-EUR'), '€0.00', 'the balance after it');
      await checks.shot(page, 'wallet');
      await buyer.goTo('/tickets');
      await page.there('.date-row.confirmed');
      await checks.shot(page, 'my-tickets');
    },
  );

  await checks.check(
    'best for me holds seats side by side, and they can be given back',
    async () => {
      const buyer = await Buyer.come(world, await office.person());
      await buyer.openHall(hall);
      await buyer.page.click('.best .button');
      await buyer.page.there('#countdown');
      same(
        await buyer.page.run('document.querySelectorAll(".seat-list li").length'),
        3,
        'two seats and a total',
      );
      await buyer.page.click('#cancel');
      await buyer.page.there('.hall-view');
      expect((await buyer.notices()).includes('free again'), 'it says that they are free');
      const { reservations } = await office.ask('GET', '/api/reservations', {
        token: buyer.person.token,
      });
      same(reservations[0].state, 'cancelled', 'the hold');
    },
  );

  await checks.check('the door lets a ticket in once, and refuses a forged one', async () => {
    const person = await office.person();
    await office.charge(person, 4500);
    const buyer = await Buyer.come(world, person);
    await buyer.openHall(hall);
    await buyer.choose(1);
    await buyer.hold();
    await buyer.pay();
    const ticket = await buyer.page.run('document.querySelector("[data-ticket]").dataset.ticket');
    const staff = await Buyer.come(world, await office.person('staff@example.org'));
    await staff.goTo('/door');
    for (const [text, reason] of [
      [ticket, 'ok'],
      [ticket, 'seen_before'],
      [`${ticket}x`, 'forged'],
    ]) {
      await staff.page.fill('#ticket', text);
      await staff.page.key('Enter');
      await staff.page.there(`[data-reason="${reason}"]`);
      await checks.shot(staff.page, `door-${reason}`);
    }
  });

  await checks.check('the box office sees a sale at once, and takes a seat off sale', async () => {
    const staff = await Buyer.come(world, await office.person('staff@example.org'));
    await staff.goTo(`/office/${hall.show}/${hall.performance}`);
    await staff.page.there('[data-count="sold"]');
    const sold = Number(await staff.page.text('[data-count="sold"]'));
    const person = await office.person();
    await office.charge(person, 4500);
    const buyer = await Buyer.come(world, person);
    await buyer.openHall(hall);
    await buyer.choose(1);
    await buyer.hold();
    await buyer.pay();
    await staff.page.front();
    await staff.page.until(
      `document.querySelector('[data-count="sold"]').textContent === '${sold + 1}'`,
      'the count rises',
    );
    await staff.page.until(
      `document.querySelector('.sales').textContent.includes('45.00')`,
      'the sale is listed',
    );
    const spot = await staff.freeSpot();
    await staff.page.clickAt(spot.x, spot.y);
    await staff.page.click('#block');
    await staff.page.until(
      `document.querySelector('[data-count="blocked"]').textContent === '1'`,
      'one seat is off sale',
    );
    await checks.shot(staff.page, 'office');
  });
}

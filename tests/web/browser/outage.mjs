// The host dies and comes back in the middle.
import { Buyer } from './buyer.mjs';
import { expect, same, sleep } from './checks.mjs';

export async function outage(world) {
  const { checks, office, hall } = world;

  await checks.check(
    'the host is killed before a payment and comes back: the page recovers, one payment is made',
    async () => {
      const person = await office.person();
      await office.charge(person, 20000);
      const buyer = await Buyer.come(world, person);
      await buyer.openHall(hall);
      await buyer.choose(2);
      const hold = await buyer.hold();
      await office.kill();
      await buyer.page.click('#pay');
      await buyer.page.there('#banner.shown');
      await checks.shot(buyer.page, 'outage');
      await office.start();
      await buyer.page.until(
        'document.querySelector(".ticket .qr")',
        'the payment goes through',
        30000,
      );
      await buyer.page.until('!document.querySelector("#banner.shown")', 'the banner goes');
      const { lines } = await office.ask('GET', '/api/wallet/statement?currency=EUR', {
        token: person.token,
      });
      same(lines.filter(({ kind }) => kind === 'payment').length, 1, 'payments');
      const { reservations } = await office.ask('GET', '/api/reservations', {
        token: person.token,
      });
      same(
        `${reservations[0].id} ${reservations[0].state}`,
        `${hold} confirmed`,
        'the reservation',
      );
    },
  );

  await checks.check('the host is killed under an open hall: the map is live again', async () => {
    const watcher = await Buyer.come(world, await office.person());
    await watcher.openHall(hall);
    await watcher.choose(1);
    await office.kill();
    await watcher.page.until(
      'document.querySelector(".live-state").textContent',
      'it says that it is not live',
    );
    await office.start();
    await watcher.page.until(
      '!document.querySelector(".live-state").textContent',
      'it is live again',
      30000,
    );
    const index = await watcher.chosenIndex(hall);
    await office.hold(await office.person(), hall, index);
    await watcher.page.until(
      'document.querySelectorAll(".choice-list li").length === 0',
      'the page sees it',
    );
  });

  await checks.check(
    'a page that is reloaded while its hold is asked for gets the answer',
    async () => {
      const buyer = await Buyer.come(world, await office.person());
      await buyer.openHall(hall);
      await buyer.choose(1);
      await office.kill();
      await buyer.page.click('#hold');
      await buyer.page.there('#banner.shown');
      await office.start();
      await buyer.page.reload();
      await buyer.page.there('#countdown', 30000);
      const { reservations } = await office.ask('GET', '/api/reservations', {
        token: buyer.person.token,
      });
      same(reservations.length, 1, 'holds made');
    },
  );

  await checks.check(
    'pages that are left close their streams: eight halls, one stream',
    async () => {
      const buyer = await Buyer.come(world, await office.person());
      for (let i = 0; i < 4; ++i) {
        await buyer.openHall(hall);
        await buyer.openHall(office.rivals);
      }
      const streams = async () => {
        const { text } = await office.ask('GET', '/metrics');
        return Number(text.match(/^seathold_web_streams (\d+)/m)[1]);
      };
      for (let i = 0; i < 50 && (await streams()) !== 1; ++i) await sleep(100);
      same(await streams(), 1, 'streams');
      expect(
        await buyer.page.run('!document.querySelector(".live-state").textContent'),
        'the last one is live',
      );
    },
  );
}

// The waiting room.
import { Buyer } from './buyer.mjs';
import { expect, same, sleep } from './checks.mjs';

const placeOf = (page, show) =>
  page.run(`JSON.parse(localStorage.getItem('seathold.place.${show}'))`);

async function stands(page) {
  await page.until('document.querySelector("[data-ahead]")', 'the waiting room is shown');
  return page.run('Number(document.querySelector("[data-ahead]").dataset.ahead)');
}

export async function waiting(world) {
  const { checks, office } = world;

  await checks.check(
    'who waits keeps the place over a reload and in a second tab, and both are let in',
    async () => {
      const { show, performance } = office.queued;
      const room = `/shows/${show}/queue?date=${performance}`;
      const inside = await office.person();
      await office.ask('POST', `/api/shows/${show}/queue`, { token: inside.token, body: {} });
      const other = await office.person();
      await office.ask('POST', `/api/shows/${show}/queue`, { token: other.token, body: {} });
      const buyer = await Buyer.come(world, await office.person());
      await buyer.goTo(`/shows/${show}`);
      await buyer.page.click('.date-row');
      same(await stands(buyer.page), 1, 'people ahead');
      await checks.shot(buyer.page, 'waiting');
      const { token } = await placeOf(buyer.page, show);
      await buyer.page.reload();
      same(await stands(buyer.page), 1, 'people ahead after a reload');
      same((await placeOf(buyer.page, show)).token, token, 'the place after a reload');
      const tab = await buyer.secondTab(room);
      same(await stands(tab), 1, 'people ahead in a second tab');
      same((await placeOf(tab, show)).token, token, 'the place in a second tab');
      for (const person of [inside, other]) {
        const place = await office.ask('POST', `/api/shows/${show}/queue`, {
          token: person.token,
          body: {},
        });
        await office.ask('POST', '/api/queue/leave', {
          token: person.token,
          body: { token: place.token, show },
        });
      }
      for (const page of [buyer.page, tab]) {
        await page.until(
          `location.hash === '#${office.queued.hall}' && document.querySelector('.hall-view')`,
          'both tabs come to the hall',
          60000,
        );
      }
      await buyer.page.front();
      await buyer.choose(1);
      await buyer.hold();
    },
  );

  await checks.check(
    'who looks at the hall meanwhile keeps the place, and is told of their turn',
    async () => {
      const { show } = office.brisk;
      const [inside, buyer] = [
        await office.person(),
        await Buyer.come(world, await office.person()),
      ];
      const place = await office.ask('POST', `/api/shows/${show}/queue`, {
        token: inside.token,
        body: {},
      });
      await buyer.goTo(`/shows/${show}/queue?date=${office.brisk.performance}`);
      same(await stands(buyer.page), 0, 'people ahead');
      await buyer.openHall(office.brisk);
      // Longer than a silent place is kept.
      await sleep(6000);
      same((await placeOf(buyer.page, show)).state, 'waiting', 'the place');
      await office.ask('POST', '/api/queue/leave', {
        token: inside.token,
        body: { token: place.token, show },
      });
      await buyer.page.until(
        `document.querySelector('#notices').textContent.includes('your turn')`,
        'it is told',
        30000,
      );
      await buyer.choose(1);
      await buyer.hold();
    },
  );

  await checks.check('a waiting room that closes says so, also where no worker runs', async () => {
    const { show, performance } = office.closing;
    const inside = await office.person();
    await office.ask('POST', `/api/shows/${show}/queue`, { token: inside.token, body: {} });
    const buyer = await Buyer.come(world, await office.person());
    const source = 'window.Worker = class { postMessage() {} }';
    await buyer.page.send('Page.addScriptToEvaluateOnNewDocument', { source });
    await buyer.page.reload();
    await buyer.goTo(`/shows/${show}/queue?date=${performance}`);
    await stands(buyer.page);
    const operator = await office.person('operator@example.org');
    const edited = await office.ask('PATCH', `/api/performances/${performance}`, {
      token: operator.token,
      body: { on_sale: false },
    });
    same(edited.on_sale, false, 'the sale');
    await buyer.page.until(
      `document.querySelector('.queue-card h1')?.textContent.includes('closed')`,
      'it says that it has closed',
      150000, // a hidden page without a worker may run its timers once a minute
    );
    expect(
      !(await buyer.page.run('!!document.querySelector("[data-ahead]")')),
      'no place is shown any more',
    );
    await checks.shot(buyer.page, 'closed');
  });
}

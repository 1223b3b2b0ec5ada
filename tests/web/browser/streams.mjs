// What the host says on an open stream besides changes.
import { expect, same, sleep } from './checks.mjs';
import { Buyer } from './buyer.mjs';

const blockMax = 10000;

// Keeps in the page when it asked for what.
async function watchRequests(page) {
  const source = `globalThis.asked = [];
    globalThis.fetch = ((send) => (path, ...more) => {
      asked.push({ path: String(path), at: performance.now() });
      return send(path, ...more);
    })(fetch);`;
  await page.send('Page.addScriptToEvaluateOnNewDocument', { source });
  await page.reload();
}

const asked = (what) => `asked.filter(({ path }) => path.endsWith('${what}'))`;

export async function streams(world) {
  const { browser, checks, office, hall } = world;

  await checks.check('reload: a page that missed too much loads the whole map', async () => {
    const buyer = await Buyer.come(world, await office.person());
    const { page } = buyer;
    await watchRequests(page);
    const { performance } = office.large;
    await page.run(`sessionStorage.setItem('seathold.choice.${performance}', '[15000]')`);
    await buyer.openHall(office.large);
    same((await buyer.chosen()).length, 1, 'seats chosen');
    const other = await browser.page(buyer.context, { newWindow: false });
    checks.open.push(other);
    await other.front();
    await page.until('document.hidden', 'the page is hidden');
    const maps = await page.run(`${asked('/map')}.length`);
    const operator = await office.person('operator@example.org');
    const { seats } = await office.ask('GET', `/api/performances/${performance}/hall`);
    const change = (name, some) =>
      office.ask('POST', `/api/performances/${performance}/${name}`, {
        token: operator.token,
        body: { seats: some },
      });
    // More than two megabytes of changes, which is what the host keeps, each read by itself.
    const half = seats.id.slice(0, blockMax);
    for (let i = 0; i < 24; ++i) {
      await change(i % 2 ? 'unblock' : 'block', half);
      await sleep(250);
    }
    await page.front();
    await page.until(`${asked('/map')}.length > ${maps}`, 'the map is loaded again', 60000);
    await page.until('!document.querySelector(".live-state").textContent', 'it is live');
    // Changes go on from the map that was loaded.
    await office.hold(await office.person(), office.large, 15000);
    await page.until('document.querySelectorAll(".choice-list li").length === 0', 'it is seen');
  });

  await checks.check('stop: a page comes back when the host said, and is live again', async () => {
    const watcher = await Buyer.come(world, await office.person());
    const { page } = watcher;
    await watchRequests(page);
    await watcher.openHall(hall);
    await watcher.choose(1);
    await page.run(`new MutationObserver(() => { globalThis.stopped ??= performance.now(); })
      .observe(document.querySelector('.live-state'), { childList: true, characterData: true })`);
    const streamsBefore = await page.run(`${asked('/events')}.length`);
    await office.kill('SIGTERM');
    await page.until('globalThis.stopped', 'it says that it is not live');
    await office.start();
    await page.until('!document.querySelector(".live-state").textContent', 'it is live', 30000);
    const next = await page.run(`${asked('/events')}[${streamsBefore}].at - stopped`);
    // The host says two seconds, of which a page waits half or more; without a word, 0.15 to 0.45.
    expect(next >= 950, `it came back after ${next.toFixed(0)} ms`);
    const index = await watcher.chosenIndex(hall);
    await office.hold(await office.person(), hall, index);
    await page.until('document.querySelectorAll(".choice-list li").length === 0', 'it sees changes');
  });

  await checks.check('a page that is reloaded while it pays goes on, by the same id', async () => {
    const person = await office.person();
    await office.charge(person, 20000);
    const buyer = await Buyer.come(world, person);
    const { page } = buyer;
    await buyer.openHall(hall);
    await buyer.choose(1);
    await buyer.hold();
    const paused = [];
    page.on('Fetch.requestPaused', ({ requestId, request }) => {
      paused.push({ requestId, url: request.url });
    });
    const patterns = [{ urlPattern: '*/api/payments/*', requestStage: 'Request' }];
    await page.send('Fetch.enable', { patterns });
    await page.click('#pay');
    await page.patiently(async () => paused.length === 1, 'it is on its way');
    await page.reload();
    await page.patiently(async () => paused.length === 2, 'the page asks again');
    same(paused[1].url, paused[0].url, 'the payment');
    await page.send('Fetch.continueRequest', { requestId: paused[1].requestId });
    await page.there('.ticket .qr');
    const { lines } = await office.ask('GET', '/api/wallet/statement?currency=EUR', {
      token: person.token,
    });
    same(lines.filter(({ kind }) => kind === 'payment').length, 1, 'payments');
  });
}

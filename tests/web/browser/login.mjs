// A login that is over in the middle of things. The stored token is spoilt; the host refuses it as
// it refuses one that is too old.
import { expect, same } from './checks.mjs';
import { Buyer } from './buyer.mjs';

// In every tab of the browser, as it comes with time.
async function spoil(buyer) {
  for (const page of [buyer.page, ...(buyer.tabs ?? [])]) {
    await page.run(`(() => {
      const session = JSON.parse(localStorage.getItem('seathold.session'));
      localStorage.setItem('seathold.session', JSON.stringify({ ...session, token: 'x.y.z' }));
      dispatchEvent(new StorageEvent('storage', { key: 'seathold.session' }));
    })()`);
  }
}

async function logInAgain(page, { email, password }) {
  await page.there('.login-again[open]');
  same(await page.run(`document.querySelector('#email').value`), email, 'whose password is asked');
  await page.fill('.login-again #password', password);
  await page.key('Enter');
  await page.until('!document.querySelector(".login-again")', 'the question goes');
}

export async function login(world) {
  const { checks, office, hall } = world;
  const rich = async () => {
    const person = await office.person();
    await office.charge(person, 20000);
    return Buyer.come(world, person);
  };

  await checks.check('a login that is over: the hold that was asked for is made', async () => {
    const buyer = await rich();
    const { page, person } = buyer;
    await buyer.openHall(hall);
    const names = await buyer.choose(2);
    await spoil(buyer);
    await page.click('#hold');
    await page.there('.login-again[open]');
    await checks.shot(page, 'login-again');
    same((await buyer.chosen()).join(), names.join(), 'what is chosen meanwhile');
    await logInAgain(page, person);
    await page.there('#countdown');
    const { reservations } = await office.ask('GET', '/api/reservations', { token: person.token });
    same(reservations.length, 1, 'holds made');
    same(reservations[0].seats.length, 2, 'seats held');
  });

  await checks.check('a login that is over: one payment is made, by the id it began with', async () => {
    const buyer = await rich();
    const { page, person } = buyer;
    await buyer.openHall(hall);
    await buyer.choose(1);
    const hold = await buyer.hold();
    const sent = [];
    page.on('Network.requestWillBeSent', ({ request }) => {
      if (request.url.includes('/api/payments/')) sent.push(request.url.split('/').at(-1));
    });
    await spoil(buyer);
    await page.click('#pay');
    await logInAgain(page, person);
    await page.there('.ticket .qr');
    same(sent.length, 2, 'requests');
    same(sent[1], sent[0], 'the id of the payment');
    const { lines } = await office.ask('GET', '/api/wallet/statement?currency=EUR', {
      token: person.token,
    });
    same(lines.filter(({ kind }) => kind === 'payment').length, 1, 'payments');
    const { reservations } = await office.ask('GET', '/api/reservations', { token: person.token });
    same(reservations[0].id, hold, 'the hold');
  });

  await checks.check('a login that is over: the half-filled form stays as it is', async () => {
    const buyer = await rich();
    const { page, person } = buyer;
    await buyer.goTo('/wallet');
    await page.fill('[name="amount"]', '12.50');
    await spoil(buyer);
    await page.click('.charge .button');
    await page.there('.login-again[open]');
    same(await page.run(`document.querySelector('[name="amount"]').value`), '12.50', 'the amount');
    await logInAgain(page, person);
    await page.until(`document.querySelector('.big').textContent.includes('212.50')`, 'the charge');
  });

  await checks.check('a login that is over: the place in the line stays, and is polled', async () => {
    const { show, performance } = office.relogin;
    const inside = await office.person();
    await office.ask('POST', `/api/shows/${show}/queue`, { token: inside.token, body: {} });
    const buyer = await rich();
    const { page, person } = buyer;
    await buyer.goTo(`/shows/${show}/queue?date=${performance}`);
    await page.there('[data-ahead]');
    const place = `JSON.parse(localStorage.getItem('seathold.place.${show}'))`;
    const { token, poll_at_ms } = await page.run(place);
    await spoil(buyer);
    await logInAgain(page, person);
    await page.until(`${place}.poll_at_ms > ${poll_at_ms}`, 'it is polled again');
    same((await page.run(place)).token, token, 'the place');
    same(await page.run('location.hash.includes("/queue")'), true, 'the page');
  });

  await checks.check('a login in one tab serves the other', async () => {
    const buyer = await rich();
    const { page, person } = buyer;
    await buyer.openHall(hall);
    const names = await buyer.choose(1);
    const tab = await buyer.secondTab('/wallet');
    await tab.there('.big');
    buyer.tabs = [tab];
    await spoil(buyer);
    await page.front();
    await page.click('#hold');
    await page.there('.login-again[open]');
    await tab.front();
    await tab.run('location.reload()');
    await logInAgain(tab, person);
    await tab.there('.big');
    await page.until('!document.querySelector(".login-again")', 'the other question goes');
    await page.there('#countdown');
    expect(names.length === 1, 'one seat was chosen');
  });

  await checks.check('who would rather not log in again is told, and nothing is lost', async () => {
    const buyer = await rich();
    const { page } = buyer;
    await buyer.openHall(hall);
    const names = await buyer.choose(1);
    await spoil(buyer);
    await page.click('#hold');
    await page.there('.login-again[open]');
    await page.key('Escape');
    await page.until('!document.querySelector(".login-again")', 'the question goes');
    expect((await buyer.notices()).includes('log in again'), 'it is told');
    same((await buyer.chosen()).join(), names.join(), 'what is chosen');
    same(await page.run('location.hash'), `#${hall.hall}`, 'the page');
  });
}

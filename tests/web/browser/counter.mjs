// The house at its counter: refunds, lists, a sale that closes; and what buyers see of it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, same } from './checks.mjs';
import { Buyer } from './buyer.mjs';
import { join } from 'node:path';

export async function counter(world) {
  const { browser, checks, office, hall } = world;
  const officeOf = ({ show, performance }) => `/office/${show}/${performance}`;

  // Somebody with `seats` tickets, who paid for them on the page.
  async function owner(seats, date = hall) {
    const person = await office.person();
    await office.charge(person, 45 * 100 * seats);
    const buyer = await Buyer.come(world, person);
    await buyer.openHall(date);
    await buyer.choose(seats);
    await buyer.hold();
    await buyer.pay();
    return buyer;
  }

  await checks.check('a refund shows its amount before it is made, and the buyer has it', async () => {
    const buyer = await owner(2);
    const staff = await Buyer.come(world, await office.person('staff@example.org'));
    const { page } = staff;
    await staff.goTo(officeOf(hall));
    let asked = 0;
    page.on('Network.requestWillBeSent', ({ request }) => {
      if (request.method === 'PUT') asked += 1;
    });
    await page.click('.sales button');
    await page.there('#confirm-refund');
    const said = await page.text('.refund');
    expect(said.includes('90.00') && said.includes('2 seats'), `it says "${said}"`);
    same(await page.run(`document.activeElement.id`), 'refund', 'the focus');
    await checks.shot(page, 'refund');
    const state = async () => {
      const { reservations } = await office.ask('GET', '/api/reservations', {
        token: buyer.person.token,
      });
      return reservations[0].state;
    };
    same(`${asked} ${await state()}`, '0 confirmed', 'before the button');
    await page.click('#confirm-refund');
    await page.until('document.querySelector(".refund").hidden', 'the form goes');
    expect((await staff.notices()).includes('90.00'), 'it is told');
    same(await state(), 'refunded', 'after it');
    await page.until(`document.querySelector('[data-count="sold"]').textContent === '0'`, 'free');
    await buyer.goTo('/wallet');
    await buyer.page.there('.statement');
    const lines = await buyer.page.run(
      `[...document.querySelectorAll('.statement li')].map((line) => line.innerText.split('\\n')
        .filter((text) => /Refund|Tickets|Top up|€/.test(text)).join(' '))`,
    );
    same(
      lines.join(),
      'Refund +€90.00 €90.00,Tickets -€90.00 €0.00,Top up +€90.00 €90.00',
      'the statement, newest first',
    );
  });

  await checks.check('a seat that is clicked opens the refund of its reservation', async () => {
    await owner(1);
    const staff = await Buyer.come(world, await office.person('staff@example.org'));
    const { page } = staff;
    await staff.goTo(officeOf(hall));
    await page.there('.sales button');
    const place = await page.run(`document.querySelector('.sales li span:nth-child(2)').textContent`);
    const spot = await staff.spotOf(place);
    await page.clickAt(spot.x, spot.y);
    await page.there('#confirm-refund');
    expect((await page.text('.refund')).includes('45.00'), 'the amount');
    await page.click('.refund .quiet');
    await page.until('document.querySelector(".refund").hidden', 'it can be left');
  });

  await checks.check('the page of the house is for the house', async () => {
    const buyer = await Buyer.come(world, await office.person());
    await buyer.goTo(officeOf(hall));
    await buyer.page.until('location.hash === "#/"', 'a buyer is sent away');
    expect(!(await buyer.page.run('!!document.querySelector(".refund")')), 'no form');
  });

  await checks.check('a sale that closes lets those pay who hold seats, and nobody else', async () => {
    const person = await office.person();
    await office.charge(person, 4500);
    const buyer = await Buyer.come(world, person);
    await buyer.openHall(office.ending);
    await buyer.choose(1);
    await buyer.hold();
    const late = await Buyer.come(world, await office.person());
    await late.openHall(office.ending);
    await late.choose(1);
    const operator = await Buyer.come(world, await office.person('operator@example.org'));
    await operator.goTo(officeOf(office.ending));
    await operator.page.click('#close_sale');
    await operator.page.there('#open_sale');
    await late.page.click('#hold');
    await late.page.until(
      `document.querySelector('#notices').textContent.includes('sale')`,
      'the late one is told why',
    );
    await buyer.pay();
  });

  await checks.check('the door list is a file with a line a ticket', async () => {
    const buyer = await owner(1);
    const ticket = await buyer.page.run(
      `[...document.querySelectorAll('.ticket dd')].map((fact) => fact.textContent).join()`,
    );
    const staff = await Buyer.come(world, await office.person('staff@example.org'));
    const folder = join(office.folder, 'downloads');
    await browser.send('Browser.setDownloadBehavior', {
      behavior: 'allow',
      downloadPath: folder,
      browserContextId: staff.context,
    });
    await staff.goTo(officeOf(hall));
    await staff.page.click('#door_list');
    const files = () =>
      existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.csv')) : [];
    await staff.page.patiently(async () => files().length > 0, 'the file is there');
    same(files()[0], 'door-2036-12-31.csv', 'its name');
    const [head, ...rows] = readFileSync(join(folder, files()[0]), 'utf8').trim().split(/\r?\n/);
    expect(head.includes('section') && head.includes('row'), `the head is ${head}`);
    const { seats } = await office.ask('GET', `/api/performances/${hall.performance}/door`, {
      token: staff.person.token,
    });
    same(rows.length, seats.length, 'tickets');
    const plain = rows.map((row) => row.replaceAll('"', ''));
    expect(
      plain.some((row) => row.includes(ticket)),
      `${ticket} is not in ${plain}`,
    );
  });

  await checks.check('kinds of tickets: chosen a seat, summed, and held so', async () => {
    const person = await office.person();
    await office.charge(person, 7500);
    const buyer = await Buyer.come(world, person);
    const { page } = buyer;
    await buyer.openHall(office.kinds);
    await buyer.choose(2);
    expect((await page.text('.choice .total')).includes('90.00'), 'two at full price');
    await page.run(`(() => {
      const list = document.querySelector('.choice-list .type');
      list.value = '1';
      list.dispatchEvent(new Event('change', { bubbles: true }));
    })()`);
    expect((await page.text('.choice .total')).includes('75.00'), 'one reduced');
    await checks.shot(page, 'kinds');
    await page.reload();
    await page.there('.choice-list .type');
    expect((await page.text('.choice .total')).includes('75.00'), 'after a reload');
    await buyer.hold();
    const { reservations } = await office.ask('GET', '/api/reservations', { token: person.token });
    const kinds = reservations[0].seats.map(({ ticket_type }) => ticket_type).sort();
    same(kinds.join(), '0,1', 'the kinds that are held');
    same(reservations[0].total.amount_minor, 7500, 'the total');
    await buyer.pay();
  });
}

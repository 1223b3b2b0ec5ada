// What a buyer does at a screen.
import { expect } from './checks.mjs';

export class Buyer {
  // A browser of their own; `person` is logged in already, nobody where it is left out.
  static async come(world, person = null, look = {}) {
    const { browser, office, checks } = world;
    const context = await browser.person();
    const buyer = new Buyer(world, context, person, look);
    buyer.page = await browser.page(context, look);
    checks.open.push(buyer.page);
    await buyer.page.open(`${office.address}/`);
    if (person)
      await buyer.page.run(
        `localStorage.setItem('seathold.session', ${JSON.stringify(JSON.stringify(person))})`,
      );
    await buyer.page.reload();
    return buyer;
  }

  constructor(world, context, person, look) {
    Object.assign(this, { ...world, context, person, look });
  }

  // The same browser, another tab.
  async secondTab(path) {
    const page = await this.browser.page(this.context, this.look);
    this.checks.open.push(page);
    await page.open(`${this.office.address}/#${path}`);
    return page;
  }

  async goTo(path) {
    await this.page.run(`location.hash = ${JSON.stringify(path)}`);
  }

  async openHall({ hall }) {
    await this.goTo(hall);
    await this.page.until(
      'document.querySelector(".hall-view") && !document.querySelector("#page[aria-busy]")',
      'the hall is shown',
    );
  }

  // A free seat on the drawing, from the middle outwards: { x, y, name }. The mouse finds it.
  async freeSpot(taken = []) {
    const { x, y } = await this.page.middleOf('.hall-view');
    for (let ring = 0; ring < 14; ++ring) {
      for (const [column, row] of around(ring)) {
        const at = { x: x + column * 24, y: y + row * 24 };
        await this.page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
        const name = await this.page.run(
          `document.querySelector('.hall-view.on-seat .seat-tip strong')?.textContent`,
        );
        if (name && !taken.includes(name)) return { ...at, name };
      }
    }
    throw new Error('no free seat was found on the drawing');
  }

  // Of a seat in any state, by its name: { x, y }.
  async spotOf(name) {
    const { x, y } = await this.page.middleOf('.hall-view');
    for (let ring = 0; ring < 14; ++ring) {
      for (const [column, row] of around(ring)) {
        const at = { x: x + column * 24, y: y + row * 24 };
        await this.page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
        const tip = await this.page.run(
          `document.querySelector('.seat-tip:not([hidden]) strong')?.textContent`,
        );
        if (tip === name) return at;
      }
    }
    throw new Error(`${name} was not found on the drawing`);
  }

  chosen() {
    return this.page.run(
      `[...document.querySelectorAll('.choice-list li > span')].map((seat) => seat.textContent)`,
    );
  }

  // Of the first seat that is chosen, in the order of the hall.
  chosenIndex({ performance }) {
    return this.page.run(`JSON.parse(sessionStorage.getItem('seathold.choice.${performance}'))[0]`);
  }

  async choose(count) {
    const names = [];
    while (names.length < count) {
      const spot = await this.freeSpot(names);
      await this.page.clickAt(spot.x, spot.y);
      names.push(spot.name);
    }
    const chosen = await this.chosen();
    expect(chosen.length === count, `${count} seats are chosen, not ${chosen.length}`);
    return names;
  }

  async hold() {
    await this.page.click('#hold');
    await this.page.until(
      'document.querySelector("#countdown")?.textContent && document.querySelector("#pay")',
      'the hold is shown',
    );
    return this.page.run('location.hash.split("/").at(-1)');
  }

  async pay() {
    await this.page.click('#pay');
    await this.page.until('document.querySelector(".ticket .qr")', 'the ticket is shown');
  }

  notices() {
    return this.page.text('#notices');
  }
}

function around(ring) {
  const places = [];
  for (let column = -ring; column <= ring; ++column) {
    for (let row = -ring; row <= ring; ++row) {
      if (Math.max(Math.abs(column), Math.abs(row)) === ring) places.push([column, row]);
    }
  }
  return places;
}

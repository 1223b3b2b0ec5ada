// 20,000 seats. A frame that is late now and then may be the machine's; half of them are ours.
import { Buyer } from './buyer.mjs';
import { expect, same, sleep } from './checks.mjs';

const firstPaintMax_ms = 1500;
const frameMax_ms = 20; // 50 frames a second
const tries = 3;

const painted = `(() => {
  const at = document.querySelector('.hall-seats');
  if (!at?.width) return 0;
  const { data } = at.getContext('2d').getImageData(0, 0, at.width, at.height);
  return data.some((value, i) => i % 4 === 3 && value) ? performance.now() : 0;
})()`;

// Runs `act` before each frame for `ms` and gives the median gap between frames.
const frames = (act, ms) => `new Promise((done) => {
  const view = document.querySelector('.hall-view');
  const box = view.getBoundingClientRect();
  const middle = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2,
    bubbles: true, cancelable: true };
  view.setPointerCapture = () => {};
  const gaps = [];
  let last = performance.now();
  const end = last + ${ms};
  const frame = (now) => {
    gaps.push(now - last);
    last = now;
    (${act})(view, gaps.length, middle);
    if (now < end) return requestAnimationFrame(frame);
    return done(gaps.sort((a, b) => a - b)[gaps.length >> 1]);
  };
  requestAnimationFrame(frame);
})`;

const zoom = `(view, n, middle) =>
  view.dispatchEvent(new WheelEvent('wheel', { ...middle, deltaY: n % 60 < 30 ? -50 : 50 }))`;
const pan = `(view, n, middle) => {
  const at = { ...middle, pointerId: 1, pointerType: 'mouse' };
  at.clientX += 90 * Math.sin(n / 9);
  at.clientY += 50 * Math.cos(n / 9);
  if (n === 1) view.dispatchEvent(new PointerEvent('pointerdown', at));
  view.dispatchEvent(new PointerEvent('pointermove', at));
}`;
const stop = `document.querySelector('.hall-view')
  .dispatchEvent(new PointerEvent('pointercancel', { pointerId: 1 }))`;

// The best of some tries, since other work on the machine only ever makes it slower.
async function least(enough, measure) {
  let best = Infinity;
  for (let i = 0; i < tries && best > enough; ++i) best = Math.min(best, await measure());
  return best;
}

export async function speed(world) {
  const { checks, office } = world;

  await checks.check(
    '20,000 seats: shown within 1.5 s, zoom and pan at 50 frames a second',
    async () => {
      const buyer = await Buyer.come(world, await office.person());
      const { page } = buyer;
      let visit = 0;
      const shown_ms = await least(firstPaintMax_ms, async () => {
        await page.open(`${office.address}/?${++visit}#${office.large.hall}`);
        return page.until(painted, 'seats are painted');
      });
      await checks.shot(page, 'arena');
      await sleep(300);
      const zoom_ms = await least(frameMax_ms, () => page.run(frames(zoom, 1500)));
      await page.run(`document.querySelector('.hall-tools button').click()`);
      await sleep(400);
      const pan_ms = await least(frameMax_ms, async () => {
        const gap = await page.run(frames(pan, 1500));
        await page.run(stop);
        return gap;
      });
      console.log(
        `  shown after ${shown_ms.toFixed(0)} ms; a frame: zoom ${zoom_ms.toFixed(1)}, ` +
          `pan ${pan_ms.toFixed(1)} ms`,
      );
      expect(shown_ms < firstPaintMax_ms, `shown after ${shown_ms.toFixed(0)} ms`);
      expect(zoom_ms <= frameMax_ms, `zoom: ${zoom_ms.toFixed(1)} ms a frame`);
      expect(pan_ms <= frameMax_ms, `pan: ${pan_ms.toFixed(1)} ms a frame`);
    },
  );

  await checks.check('1,000 changes a second drop no input', async () => {
    const operator = await office.person('operator@example.org');
    const buyer = await Buyer.come(world, await office.person());
    const { page } = buyer;
    await buyer.openHall(office.large);
    const { performance } = office.large;
    const { seats } = await office.ask('GET', `/api/performances/${performance}/hall`);
    const some = seats.id.slice(-100);
    let running = true;
    let changes = 0;
    const began = Date.now();
    const churn = (async () => {
      for (let n = 0; running; ++n) {
        const change = n % 2 ? 'unblock' : 'block';
        await office.ask('POST', `/api/performances/${performance}/${change}`, {
          token: operator.token,
          body: { seats: some },
        });
        changes += some.length;
        await sleep(Math.max(0, began + changes - Date.now()));
      }
    })();
    const clicks = 20;
    await page.run(`globalThis.heard = 0;
      document.querySelector('.stepper').addEventListener('click', () => { heard += 1; })`);
    const plus = await page.middleOf('.stepper button:last-of-type');
    for (let i = 0; i < clicks; ++i) {
      await page.clickAt(plus.x, plus.y);
      await sleep(80);
    }
    const gap_ms = await page.run(frames('() => {}', 1500));
    running = false;
    const rate = changes / ((Date.now() - began) / 1000);
    await churn;
    console.log(`  ${rate.toFixed(0)} changes a second, ${gap_ms.toFixed(1)} ms a frame`);
    same(await page.run('heard'), clicks, 'clicks heard');
    expect(gap_ms <= frameMax_ms, `${gap_ms.toFixed(1)} ms a frame`);
    const { seats: letters } = await office.ask('GET', `/api/performances/${performance}/map`);
    expect(letters.length === seats.id.length, 'the map is whole');
  });
}

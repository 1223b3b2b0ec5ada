// The film of a sale that the README shows: it plays where no script runs, inside <img>.
import { expect, same } from './checks.mjs';
import { Chromium } from './chromium.mjs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

const drawing = fileURLToPath(new URL('../../../examples/sold-out.svg', import.meta.url));

export async function film(world) {
  const { browser, checks, office } = world;

  async function look(by, { dark = false } = {}) {
    const page = await by.page(await by.person(), { width: 1240, height: 860, dark });
    checks.open.push(page);
    const file = join(office.folder, 'film.html');
    writeFileSync(file, `<!doctype html><img src="file://${drawing}" alt="">`);
    await page.open(`file://${file}`);
    const painted = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`;
    await page.run(`document.images[0].decode().then(() => ${painted}).then(() => true)`);
    return page;
  }

  // The share of pixels that differ by more than what smoothing of edges does.
  const unlike = (page, one, other) =>
    page.run(`(async () => {
      const [a, b] = await Promise.all(['${one}', '${other}'].map(async (png) => {
        const image = new Image();
        image.src = 'data:image/png;base64,' + png;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
        canvas.drawImage(image, 0, 0);
        return canvas.getImageData(0, 0, image.width, image.height).data;
      }));
      let count = 0;
      for (let i = 0; i < a.length; ++i) if (Math.abs(a[i] - b[i]) > 40) count += 1;
      return count / a.length;
    })()`);
  const picture = async (page) => (await page.screenshot()).toString('base64');

  // What is emulated for a page does not reach its images; what a browser is started with does.
  const calmBrowser = await Chromium.start(['--force-prefers-reduced-motion']);
  try {
    await checks.check('the film plays inside <img>, and stands at its end without motion', async () => {
      const calm = await look(calmBrowser);
      const end = await picture(calm);
      const page = await look(browser);
      const first = await picture(page);
      expect((await unlike(page, first, end)) > 0.01, 'it does not begin with its end');
      const plays = async () => (await unlike(page, await picture(page), first)) > 0.01;
      await page.patiently(plays, 'it plays');
      const ended = async () => (await unlike(page, await picture(page), end)) < 0.0005;
      await page.patiently(ended, 'it ends', 60000);
      same(await unlike(calm, await picture(calm), end), 0, 'the change of what has no motion');
    });

    await checks.check('the film has colours of its own for the dark', async () => {
      const light = await look(calmBrowser);
      const dark = await look(calmBrowser, { dark: true });
      await checks.shot(dark, 'film-dark');
      await checks.shot(light, 'film');
      const part = await unlike(light, await picture(light), await picture(dark));
      expect(part > 0.5, `of the picture ${(100 * part).toFixed(0)} % differ`);
    });
  } finally {
    await calmBrowser.stop();
  }
}

// The film of a sale that the README shows: it plays where no script runs, inside <img>.
import { expect, same, sleep } from './checks.mjs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

const drawing = fileURLToPath(new URL('../../../examples/sold-out.svg', import.meta.url));

export async function film(world) {
  const { browser, checks, office } = world;

  // `calm`: for who wants no motion.
  async function look({ calm = false, dark = false }) {
    const page = await browser.page(await browser.person(), { width: 1240, height: 860 });
    checks.open.push(page);
    await page.send('Emulation.setEmulatedMedia', {
      features: [
        { name: 'prefers-reduced-motion', value: calm ? 'reduce' : 'no-preference' },
        { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
      ],
    });
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

  await checks.check('the film plays inside <img>, and ends as it is shown without motion', async () => {
    const calm = await look({ calm: true });
    const end = await picture(calm);
    const page = await look({});
    const first = await picture(page);
    expect(first !== end, 'it does not begin with its end');
    await page.patiently(async () => (await picture(page)) !== first, 'it plays');
    const atEnd = async () => (await unlike(page, await picture(page), end)) < 0.0005;
    await page.patiently(atEnd, 'it ends', 60000);
    expect((await unlike(page, first, end)) > 0.01, 'the first picture is far from it');
    same(await unlike(calm, await picture(calm), end), 0, 'the change of what has no motion');
  });

  await checks.check('the film has colours of its own for the dark', async () => {
    const [light, dark] = [await look({ calm: true }), await look({ calm: true, dark: true })];
    await sleep(200);
    await checks.shot(dark, 'film-dark');
    await checks.shot(light, 'film');
    expect((await picture(light)) !== (await picture(dark)), 'both look the same');
  });
}

// What makes a page fit to be used: room, contrast, names, focus, words of its own language.
import { expect } from './checks.mjs';

export const phone = { width: 390, height: 844, phone: true };

// Against the layout's width: innerWidth grows with a page that is too wide for a phone.
export async function fitsItsWidth(page, where) {
  const [wide, width] = await page.run(
    '[document.scrollingElement.scrollWidth, document.documentElement.clientWidth]',
  );
  expect(wide <= width, `${where} is ${wide} pixels wide in a window of ${width}`);
}

// WCAG 2.2, 1.4.3: the texts that do not reach 4.5, or 3 where they are large, as
// "ratio text". Not of what cannot be used, nor what is not seen.
const lowContrast = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, below) => {
    const mix = (name) => top[name] * top.a + below[name] * (1 - top.a);
    return { r: mix('r'), g: mix('g'), b: mix('b'), a: 1 };
  };
  const chain = (element) => {
    const all = [];
    for (let at = element; at; at = at.parentElement) all.unshift(at);
    return all;
  };
  const linear = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = ({ r, g, b }) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const unused = (element) => element.closest('[hidden], :disabled, .unseen, .skip, [inert]');
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || unused(element) || !element.checkVisibility()) continue;
    if (element.closest('noscript, script, style, option, svg')) continue;
    const style = getComputedStyle(element);
    let below = rgba(getComputedStyle(document.documentElement).backgroundColor);
    if (below.a === 0) below = rgba('Canvas');
    let opacity = 1;
    for (const at of chain(element)) {
      below = over(rgba(getComputedStyle(at).backgroundColor), below);
      opacity *= Number(getComputedStyle(at).opacity);
    }
    const ink = rgba(style.color);
    const seen = over({ ...ink, a: ink.a * opacity }, below);
    const [high, low] = [light(seen), light(below)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(ratio.toFixed(2) + ' ' + text.slice(0, 40));
  }
  return found;
})()`;

export async function canBeRead(page, where) {
  const found = await page.run(lowContrast);
  expect(!found.length, `${where}: too little contrast: ${found.join('; ')}`);
}

const needName = ['button', 'link', 'textbox', 'combobox', 'listbox', 'image', 'option', 'dialog'];

// Every element that can be used has a name and a role for who cannot see it; one heading of the
// first rank; one main part; no id twice.
export async function hasNames(page, where) {
  const { nodes } = await page.send('Accessibility.getFullAXTree');
  for (const { ignored, role, name } of nodes) {
    if (ignored || !needName.includes(role?.value)) continue;
    expect(name?.value?.trim(), `${where}: a ${role.value} has no name`);
  }
  const facts = await page.run(`({
    headings: document.querySelectorAll('h1').length,
    mains: document.querySelectorAll('main').length,
    twice: [...document.querySelectorAll('[id]')].map(({ id }) => id)
      .filter((id, i, all) => all.indexOf(id) !== i),
    ahead: [...document.querySelectorAll('[tabindex]')].filter(({ tabIndex }) => tabIndex > 0).length,
    unlabelled: [...document.querySelectorAll('img:not([alt])')].length,
  })`);
  expect(facts.headings <= 1, `${where}: ${facts.headings} headings of the first rank`);
  expect(facts.mains === 1, `${where}: ${facts.mains} main parts`);
  expect(!facts.twice.length, `${where}: ids used twice: ${facts.twice}`);
  expect(!facts.ahead, `${where}: something jumps ahead in the order of Tab`);
  expect(!facts.unlabelled, `${where}: an image without alt`);
}

// What Tab comes to, and whether one sees that it is there.
const focused = `(() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const ring = at.querySelector(':scope > .seat-ring:not([hidden])');
  const box = at.getBoundingClientRect();
  return {
    body: at === document.body,
    what: at.outerHTML.slice(0, 80),
    order: [...document.querySelectorAll('*')].indexOf(at),
    seen: Boolean(ring) || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
    inside: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
})()`;

// By Tab alone, from the top: in the order of the page, each in sight and marked.
export async function canBeWalked(page, where) {
  await page.run('document.activeElement.blur(); window.scrollTo(0, 0)');
  let last = -1;
  for (let i = 0; i < 60; ++i) {
    await page.key('Tab');
    const { body, what, order, seen, inside } = await page.run(focused);
    if (body || order <= last) {
      expect(last >= 0, `${where}: Tab goes nowhere`);
      return;
    }
    expect(seen, `${where}: the focus is not seen on ${what}`);
    expect(inside, `${where}: the focus is out of sight on ${what}`);
    last = order;
  }
}

// Neither names of texts nor English ones. `english`, `own`: the texts of both languages.
export async function speaks(page, where, english, own) {
  const said = await page.run(`(() => {
    const all = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) all.push(walker.currentNode.textContent.trim());
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      for (const at of document.querySelectorAll('[' + name + ']')) all.push(at.getAttribute(name));
    return all.filter(Boolean);
  })()`);
  const flat = (words) => Object.values(words).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  const foreign = new Set(flat(english));
  for (const text of flat(own)) foreign.delete(text);
  for (const text of said) {
    expect(!(text in english), `${where}: "${text}" is the name of a text`);
    expect(!foreign.has(text), `${where}: "${text}" is English`);
  }
}

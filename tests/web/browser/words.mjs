// What can be said of the pages without opening them.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, same } from './checks.mjs';

const source = fileURLToPath(new URL('../../../examples/web/pages/', import.meta.url));

const fields = (entry) => [...new Set(JSON.stringify(entry).match(/\{\w+\}/g) ?? [])].sort().join();

// `pages`: other pages than those of the source.
export async function words({ checks, pages = source }) {
  const strings = (language) =>
    JSON.parse(readFileSync(join(pages, `strings.${language}.json`), 'utf8'));
  const [english, korean] = [strings('en'), strings('ko')];
  const modules = readdirSync(pages)
    .filter((name) => name.endsWith('.js'))
    .map((name) => [name, readFileSync(join(pages, name), 'utf8')]);

  await checks.check('both languages have the same texts with the same blanks', async () => {
    same(
      Object.keys(korean).sort().join('\n'),
      Object.keys(english).sort().join('\n'),
      'names of texts',
    );
    for (const name of Object.keys(english)) {
      // {n} chooses the form, and a form need not show it.
      const [one, other] = [english, korean].map((language) =>
        fields(language[name]).replace('{n}', ''),
      );
      same(other.replace(/^,|,$/, ''), one.replace(/^,|,$/, ''), `blanks of ${name}`);
    }
  });

  await checks.check('every text that a module names is there', async () => {
    for (const [name, source] of modules) {
      for (const [, text] of source.matchAll(/\bt\('([\w.]+)'/g))
        expect(text in english, `${name}: ${text}`);
    }
  });

  await checks.check('every refusal that a buyer can meet has words of its own', async () => {
    const described = readFileSync(join(pages, '../openapi.json'), 'utf8');
    const codes = [...described.matchAll(/Codes: ([^."]+)/g)].flatMap(([, list]) =>
      list.split(',').map((code) => code.trim().split(' ')[0]),
    );
    // These say that the page itself is wrong, or lead elsewhere at once.
    const others = [
      'idempotency_mismatch',
      'not_admitted',
      'pass_invalid',
      'pass_over',
      'pass_spent',
      'token_invalid',
      'price_mismatch',
      'feed_truncated',
    ];
    for (const code of codes) if (!others.includes(code)) expect(`error.${code}` in english, code);
  });

  await checks.check('no module builds markup from text', async () => {
    for (const [name, source] of modules) {
      expect(
        !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/.test(
          source,
        ),
        name,
      );
    }
  });
}

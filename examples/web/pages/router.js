// Which page an address means. Everything stands behind "#", so that the host serves one page and
// no address of a page ever reaches it.

const routes = [];
let current = null;
let turn = 0;

// `pattern`: "/shows/:show". `open(root, params)` fills the page, and may return how to close it.
export function route(pattern, open) {
  const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => name);
  routes.push({ names, open, expression: new RegExp(`^${pattern.replace(/:\w+/g, '([^/]+)')}$`) });
}

export function here() {
  return location.hash.slice(1) || '/';
}

export function go(path, { replace = false } = {}) {
  if (replace) location.replace(`#${path}`);
  else location.hash = path;
}

function match(path) {
  const [place, query = ''] = path.split('?');
  for (const { names, open, expression } of routes) {
    const found = place.match(expression);
    if (!found) continue;
    const params = Object.fromEntries(new URLSearchParams(query));
    names.forEach((name, i) => {
      params[name] = decodeURIComponent(found[i + 1]);
    });
    return { open, params };
  }
  return null;
}

function close() {
  current?.();
  current = null;
}

// A place of its own for each page: one that is overtaken while it loads fills what nobody sees.
function freshRoot() {
  const before = document.getElementById('page');
  const root = before.cloneNode(false);
  root.className = '';
  root.setAttribute('aria-busy', 'true');
  before.replaceWith(root);
  return root;
}

// Without a ring: where the reader is, the heading says.
export function focusPage() {
  document.getElementById('page').focus({ preventScroll: true });
}

// Opens what the address says.
export async function refresh() {
  const mine = ++turn;
  close();
  const found = match(here());
  if (!found) return go('/', { replace: true });
  const root = freshRoot();
  const closer = await found.open(root, found.params);
  if (mine !== turn) return closer?.();
  current = closer ?? null;
  root.removeAttribute('aria-busy');
  return undefined;
}

export function startRouter(onOpen) {
  const open = async () => {
    onOpen();
    await refresh();
  };
  window.addEventListener('hashchange', async () => {
    window.scrollTo(0, 0);
    await open();
    focusPage();
  });
  return open();
}

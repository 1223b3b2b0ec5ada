// Elements from plain values. Text always becomes a text node, so that nothing a person typed or a
// server sent can turn into markup.

const svgNamespace = 'http://www.w3.org/2000/svg';

function apply(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value))
        element.addEventListener(event, listener);
    } else if (name === 'value' || name === 'checked') {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
}

function grow(element, children) {
  const given = children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false);
  element.append(...given);
  return element;
}

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  apply(element, properties);
  return grow(element, children);
}

export function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS(svgNamespace, tag);
  apply(element, properties);
  return grow(element, children);
}

export function replace(element, ...children) {
  element.replaceChildren();
  return grow(element, children);
}

// Signs for what is also said in words next to them, hence hidden from screen readers.
const paths = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  clock: 'M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18',
  back: 'M15 5l-7 7l7 7',
  next: 'M9 5l7 7l-7 7',
  repeat: 'M4 12a8 8 0 0 1 14-5.3M20 4v4.5h-4.5M20 12a8 8 0 0 1-14 5.3M4 20v-4.5h4.5',
};

export function icon(name) {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { d: paths[name] }),
  );
}

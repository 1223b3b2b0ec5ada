// A QR code on the page. The server sends it as an SVG document; what is taken from it is shapes
// alone, so that nothing in the text can be more than a drawing.

import { svg } from './dom.js';

const kept = {
  path: ['d', 'fill', 'stroke', 'stroke-width', 'transform'],
  rect: ['x', 'y', 'width', 'height', 'fill', 'transform'],
  g: ['transform', 'fill'],
};

function copy(node) {
  const names = kept[node.localName];
  if (!names) return null;
  const given = Object.fromEntries(
    names.filter((name) => node.hasAttribute(name)).map((name) => [name, node.getAttribute(name)]),
  );
  return svg(node.localName, given, [...node.children].map(copy));
}

export function qrImage(text, label) {
  const source = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  const box =
    source.getAttribute('viewBox') ??
    `0 0 ${parseFloat(source.getAttribute('width'))} ${parseFloat(source.getAttribute('height'))}`;
  return svg(
    'svg',
    {
      class: 'qr',
      viewBox: box,
      role: 'img',
      'aria-label': label,
      'shape-rendering': 'crispEdges',
    },
    [...source.children].map(copy),
  );
}

// How a seat looks: what it costs is told by shape and shade together, what became of it by a form
// of its own, so that nobody needs to tell colours apart.
//
//   free     filled, in the shape and shade of its price category
//   held     a ring: somebody is paying
//   sold     a small dot
//   blocked  a short bar
//   chosen   the accent, larger, with a tick
//   mine     the accent, with a dot: held by the reader

export const shapeCount = 6;
const edgeFrom_px = 2.8; // an edge round less than that is all that would be seen
const polygons = [null, null, regular(4, 0), regular(3, -90), regular(6, 0), regular(5, -90)];

function regular(corners, turn_degrees) {
  return Array.from({ length: corners }, (_, i) => {
    const angle = ((turn_degrees + (360 * i) / corners) * Math.PI) / 180;
    return [Math.cos(angle), Math.sin(angle)];
  });
}

// Equal-looking size: a triangle needs a larger circle round it than a square.
const reach = [0.94, 0.86, 1.14, 1.22, 1.04, 1.06];

function roundedSquare(path, r) {
  path.roundRect(-r, -r, 2 * r, 2 * r, r * 0.35);
}

// The outline of shape `shape` with radius `r` round (0, 0).
export function shapePath(shape, r) {
  const path = new Path2D();
  const size = r * reach[shape];
  if (shape === 0) path.arc(0, 0, size, 0, 2 * Math.PI);
  else if (shape === 1) roundedSquare(path, size);
  else polygon(path, polygons[shape], size, shape === 3 ? r * 0.16 : 0);
  return path;
}

function polygon(path, corners, size, down) {
  corners.forEach(([x, y], i) => path[i ? 'lineTo' : 'moveTo'](x * size, y * size + down));
  path.closePath();
}

function ring(context, r, width, colour) {
  context.beginPath();
  context.arc(0, 0, r, 0, 2 * Math.PI);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

function disc(context, r, colour) {
  context.beginPath();
  context.arc(0, 0, r, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

function free(context, r, { fill, edge, shape }) {
  const path = shapePath(shape, r);
  context.fillStyle = fill;
  context.fill(path);
  if (r < edgeFrom_px) return;
  context.lineJoin = 'round';
  context.lineWidth = Math.max(0.6, r * 0.12);
  context.strokeStyle = edge;
  context.stroke(path);
}

function tick(context, r, colour) {
  context.beginPath();
  context.moveTo(-r * 0.45, r * 0.02);
  context.lineTo(-r * 0.12, r * 0.36);
  context.lineTo(r * 0.48, -r * 0.34);
  context.lineWidth = Math.max(1, r * 0.24);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = colour;
  context.stroke();
}

// Draws round (0, 0). `look` is one of a palette's (palette.js).
export function drawSeat(context, r, look) {
  switch (look.form) {
    case 'shape':
      return free(context, r, look);
    case 'ring':
      return ring(context, r * 0.66, Math.max(0.8, r * 0.26), look.fill);
    case 'dot':
      return disc(context, Math.max(0.7, r * 0.34), look.fill);
    case 'disc':
      return disc(context, r, look.fill);
    case 'outline':
      disc(context, r, look.fill);
      return ring(context, r * 0.92, Math.max(0.7, r * 0.2), look.edge);
    case 'square':
      context.fillStyle = look.fill;
      return context.fillRect(-r * 0.74, -r * 0.74, r * 1.48, r * 1.48);
    case 'bar':
      context.fillStyle = look.fill;
      return context.fillRect(-r * 0.6, -Math.max(0.5, r * 0.16), r * 1.2, Math.max(1, r * 0.32));
    case 'tick':
      disc(context, r * 1.12, look.fill);
      return r < 3 ? undefined : tick(context, r, look.edge);
    case 'hole':
      disc(context, r * 1.06, look.fill);
      return disc(context, r * 0.42, look.edge);
  }
}

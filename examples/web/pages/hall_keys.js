// The hall by keyboard: arrows go to the seat that lies there on the drawing, whatever it is
// called. With Shift to the next free one.

const aside = 2.6; // how much a step aside counts against a step ahead
const searches = 7; // each looks twice as far

// The seat next to `from` in the direction (dx, dy), one of (1,0), (-1,0), (0,1), (0,-1), for which
// `fits(index)`; -1 when there is none.
export function neighbour(plan, from, dx, dy, fits = () => true) {
  let reach = plan.pitch * 3;
  for (let i = 0; i < searches; ++i, reach *= 2) {
    const found = nearestAhead(plan, from, dx, dy, reach, fits);
    if (found >= 0) return found;
  }
  return -1;
}

function nearestAhead(plan, from, dx, dy, reach, fits) {
  const [x, y] = [plan.x[from], plan.y[from]];
  let best = -1;
  let least = Infinity;
  plan.grid.visit(x - reach, y - reach, x + reach, y + reach, (i) => {
    const ahead = (plan.x[i] - x) * dx + (plan.y[i] - y) * dy;
    const beside = Math.abs((plan.x[i] - x) * dy + (plan.y[i] - y) * dx);
    if (ahead < plan.pitch * 0.2 || beside > ahead * 1.3 + plan.pitch * 0.1 || !fits(i)) return;
    const cost = ahead + beside * aside;
    // What is further away than was looked may be nearer than what was found aside.
    if (cost >= least || cost > reach * 1.5) return;
    least = cost;
    best = i;
  });
  return best;
}

export function rowEnd(plan, from, last) {
  const seats = plan.seatsOfRow[plan.row[from]];
  return last ? seats.at(-1) : seats[0];
}

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What a key means, as { move: index } or { act: name }; null when it is not the hall's.
export function keyWish(event, plan, focus, isFree) {
  if (event.altKey || event.metaKey || event.ctrlKey) return null;
  const arrow = arrows[event.key];
  if (arrow) return { move: neighbour(plan, focus, ...arrow, event.shiftKey ? isFree : undefined) };
  switch (event.key) {
    case 'Enter':
    case ' ':
      return { act: 'choose' };
    case 'Home':
      return { move: rowEnd(plan, focus, false) };
    case 'End':
      return { move: rowEnd(plan, focus, true) };
    case '+':
    case '=':
      return { act: 'closer' };
    case '-':
      return { act: 'further' };
    case '0':
      return { act: 'fit' };
    default:
      return null;
  }
}

// What there is to check, by name, and how parts get along with each other.
import { buying } from './buying.mjs';
import { counter } from './counter.mjs';
import { film } from './film.mjs';
import { login } from './login.mjs';
import { outage } from './outage.mjs';
import { rivals } from './rivals.mjs';
import { senses } from './senses.mjs';
import { speed } from './speed.mjs';
import { streams } from './streams.mjs';
import { tour } from './tour.mjs';
import { waiting } from './waiting.mjs';
import { words } from './words.mjs';

export const parts = {
  words,
  tour,
  film,
  waiting,
  streams,
  outage,
  rivals,
  login,
  counter,
  senses,
  buying,
  speed,
};

// Kill the host: they have one of their own.
export const withOwnHost = ['outage', 'streams'];
// Measure: nothing else runs meanwhile.
export const alone = ['speed'];

// Runs `work(item)` for each, so many at a time.
export async function inLanes(lanes, items, work) {
  const rest = [...items];
  const lane = async () => {
    while (rest.length) await work(rest.shift());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

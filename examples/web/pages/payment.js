// Paying a hold so that a lost answer never pays twice: the id of the payment is kept until there
// is an answer, and sent again.

import { ApiError, put } from './api.js';
import { drop, load, save } from './store.js';
import { newId } from './ids.js';

const name = (hold) => `payment.${hold}`;

export const paymentUnderWay = (hold) => load(name(hold));

export async function pay(hold) {
  const id = paymentUnderWay(hold.id) ?? newId();
  save(name(hold.id), id);
  try {
    const receipt = await put(`/api/payments/${id}`, {
      performance: hold.performance,
      hold: hold.id,
      expected_minor: hold.total.amount_minor,
    });
    drop(name(hold.id));
    return receipt;
  } catch (error) {
    // Decided against, and kept under its id: the next attempt needs a new one.
    if (error instanceof ApiError && error.status < 500 && ![401, 429].includes(error.status))
      drop(name(hold.id));
    throw error;
  }
}

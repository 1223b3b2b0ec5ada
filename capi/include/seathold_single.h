/**
 * @file seathold_single.h
 * @brief One request at a time, over the batches of seathold.h: for programs in C that serve one
 * buyer per call.
 *
 *     seathold_best_request want = {.user = 7, .performance = evening, .seats_n = 2,
 *                                   .category = SEATHOLD_ANY_CATEGORY};
 *     seathold_hold_result held;
 *     seathold_seat_ticket seats[2];
 *     seathold_id_new(engine, want.id, 1, &error);
 *     if (seathold_hold_best_one(engine, &want, pass, seats, &held, &error) != SEATHOLD_OK)
 *       puts(error.message);
 *
 * Each `seathold_<verb>_one` is the batch of that name with n = 1: the same conventions, errors and
 * ids. Texts end in a NUL, and NULL is none. The records are those of seathold.h; where a text or
 * seats go with one, the helper fills the offsets and counts that stand for them (but `seats_n`,
 * which is yours to say). Each waits ::SEATHOLD_TIMEOUT_DEFAULT at most: who needs another timeout,
 * every seat in the way of a hold, or a thousand requests in one transaction calls the batch.
 *
 * All of it is inline. The library exports nothing for it, and what you compiled does not change
 * with a later library.
 */
#ifndef SEATHOLD_SINGLE_H
#define SEATHOLD_SINGLE_H

#include <string.h>

#include "seathold.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a NUL-ended text as a record counts them; NULL has none. */
static inline uint32_t seathold_text_size(const char* text) {
  const size_t size = text == NULL ? 0 : strlen(text);
  return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

/** The token of a NUL-ended text; one that is too long to be any is the empty one. */
static inline seathold_token seathold_token_of(const char* text) {
  seathold_token token;
  const uint32_t size = seathold_text_size(text);
  memset(&token, 0, sizeof token);
  if (size != 0 && size < sizeof token.text) memcpy(token.text, text, size);
  return token;
}

/** Writes a text as a JSON string with its quotes, for the JSON of set-up calls; returns `out`.
 *
 *     snprintf(json, sizeof json, "{\"title\": %s}", seathold_json_quote(title, out, sizeof out));
 *
 *  What does not fit gives the empty text (no JSON: the call that it goes into refuses it); six
 *  bytes for each byte of the text, and 3, are always enough. `cap` is 1 or more. Whether the text
 *  is UTF-8 is for that call to say. */
static inline const char* seathold_json_quote(const char* text, char* out, size_t cap) {
  static const char kHex[] = "0123456789abcdef";
  size_t used = 0;
  out[0] = '\0';
  if (cap < 3) return out;
  out[used++] = '"';
  for (; text != NULL && *text != '\0'; ++text) {
    const unsigned char byte = (unsigned char)*text;
    const size_t takes = byte < 0x20 ? 6 : byte == '"' || byte == '\\' ? 2 : 1;
    if (cap - used < takes + 2) { /* the quote and the NUL come behind it */
      out[0] = '\0';
      return out;
    }
    if (takes == 6) {
      memcpy(out + used, "\\u00", 4);
      out[used + 4] = kHex[byte >> 4];
      out[used + 5] = kHex[byte & 15];
    } else {
      out[used] = '\\';
      out[used + takes - 1] = *text;
    }
    used += takes;
  }
  out[used++] = '"';
  out[used] = '\0';
  return out;
}

/** Holds `in->seats_n` seats. How many are in the way: `out->conflicts_n`. */
static inline seathold_status seathold_hold_one(seathold_engine engine,
                                                const seathold_hold_request* in,
                                                const seathold_seat_ticket* seats, const char* pass,
                                                seathold_hold_result* out, seathold_error* error) {
  seathold_hold_request request;
  if (in != NULL) {
    request = *in;
    request.seats_at = 0;
    request.pass_at = 0;
    request.pass_n = seathold_text_size(pass);
  }
  return seathold_hold(
      engine, in == NULL ? NULL : &request, 1, seats, in == NULL || seats == NULL ? 0 : in->seats_n,
      pass, seathold_text_size(pass), out, NULL, 0, NULL, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Holds the best `in->seats_n` seats; `seats` has room for as many, or is NULL. */
static inline seathold_status seathold_hold_best_one(seathold_engine engine,
                                                     const seathold_best_request* in,
                                                     const char* pass, seathold_seat_ticket* seats,
                                                     seathold_hold_result* out,
                                                     seathold_error* error) {
  seathold_best_request request;
  if (in != NULL) {
    request = *in;
    request.pass_at = 0;
    request.pass_n = seathold_text_size(pass);
  }
  return seathold_hold_best(engine, in == NULL ? NULL : &request, 1, pass, seathold_text_size(pass),
                            out, seats, in == NULL || seats == NULL ? 0 : in->seats_n, NULL,
                            SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Pays for a hold; `reference` is the provider's with ::SEATHOLD_TENDER_EXTERNAL, else NULL. */
static inline seathold_status seathold_confirm_one(seathold_engine engine,
                                                   const seathold_confirm_request* in,
                                                   const char* reference, seathold_pay_result* out,
                                                   seathold_error* error) {
  seathold_confirm_request request;
  if (in != NULL) {
    request = *in;
    request.reference_at = 0;
    request.reference_n = seathold_text_size(reference);
  }
  return seathold_confirm(engine, in == NULL ? NULL : &request, 1, reference,
                          seathold_text_size(reference), out, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Gives a hold back. */
static inline seathold_status seathold_cancel_one(seathold_engine engine,
                                                  const seathold_cancel_request* in,
                                                  seathold_error* error) {
  seathold_status code;
  return seathold_cancel(engine, in, 1, &code, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Pays a reservation back. */
static inline seathold_status seathold_refund_one(seathold_engine engine,
                                                  const seathold_refund_request* in,
                                                  seathold_pay_result* out, seathold_error* error) {
  return seathold_refund(engine, in, 1, out, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Charges a wallet; `reference` is for the statement, or NULL. */
static inline seathold_status seathold_charge_one(seathold_engine engine,
                                                  const seathold_charge_request* in,
                                                  const char* reference,
                                                  seathold_transfer_result* out,
                                                  seathold_error* error) {
  seathold_charge_request request;
  if (in != NULL) {
    request = *in;
    request.reference_at = 0;
    request.reference_n = seathold_text_size(reference);
  }
  return seathold_charge(engine, in == NULL ? NULL : &request, 1, reference,
                         seathold_text_size(reference), out, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Withdraws from a wallet; `reference` is for the statement, or NULL. */
static inline seathold_status seathold_withdraw_one(seathold_engine engine,
                                                    const seathold_charge_request* in,
                                                    const char* reference,
                                                    seathold_transfer_result* out,
                                                    seathold_error* error) {
  seathold_charge_request request;
  if (in != NULL) {
    request = *in;
    request.reference_at = 0;
    request.reference_n = seathold_text_size(reference);
  }
  return seathold_withdraw(engine, in == NULL ? NULL : &request, 1, reference,
                           seathold_text_size(reference), out, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Joins the line of a show. */
static inline seathold_status seathold_queue_join_one(seathold_engine engine, uint64_t show,
                                                      uint64_t user, seathold_place* out,
                                                      seathold_error* error) {
  seathold_join_request request;
  request.show = show;
  request.user = user;
  return seathold_queue_join(engine, &request, 1, out, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Asks how a place stands, by its token or pass; both may stand in `*out`. */
static inline seathold_status seathold_queue_poll_one(seathold_engine engine, const char* token,
                                                      seathold_place* out, seathold_error* error) {
  const seathold_token shown = seathold_token_of(token);
  return seathold_queue_poll(engine, &shown, 1, out, SEATHOLD_TIMEOUT_DEFAULT, error);
}

/** Gives a place back, by its token or pass. */
static inline seathold_status seathold_queue_leave_one(seathold_engine engine, const char* token,
                                                       seathold_error* error) {
  const seathold_token shown = seathold_token_of(token);
  seathold_status code;
  return seathold_queue_leave(engine, &shown, 1, &code, SEATHOLD_TIMEOUT_DEFAULT, error);
}

#ifdef __cplusplus
}
#endif

#endif /* SEATHOLD_SINGLE_H */

#include "capi/shim.h"

namespace seathold::capi {
namespace {

void Write(const Place& place, seathold_place* out) {
  out->code = static_cast<seathold_status>(place.status.code());
  out->flags = 0;
  out->state = static_cast<std::uint32_t>(place.state);
  out->reserved = 0;
  out->sequence = place.sequence.value;
  out->ahead = place.ahead;
  out->admitted_until_us = place.admitted_until.value;
  std::memset(&out->token, 0, sizeof out->token + sizeof out->pass);
  CopyText(place.token.view(), out->token.text, sizeof out->token.text);
  CopyText(place.pass.view(), out->pass.text, sizeof out->pass.text);
}

Answer WritePlaces(std::span<const Place> places, seathold_place* out) {
  return WriteEach(places, Malformed(), out,
                   [](const Place& place, seathold_place* to) { Write(place, to); });
}

// A text without a NUL is as long as its slot, which no token is.
std::string_view TokenOf(const seathold_token& token) {
  return {token.text, strnlen(token.text, sizeof token.text)};
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_queue_join(seathold_engine engine, const seathold_join_request* in,
                                    size_t n, seathold_place* out, int64_t timeout_ms,
                                    seathold_error* error) {
  Arguments arguments;
  arguments.Array(in, n, "in").Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto requests = sending.Room(&Scratch::joins, n);
    const auto replies = sending.Room(&Scratch::places, n);
    for (std::size_t i = 0; i < n; ++i) requests[i] = {ShowId{in[i].show}, UserId{in[i].user}};
    sending.engine().queue().Join(requests, replies, OptionsOf(timeout_ms));
    return WritePlaces(replies, out);
  });
}

seathold_status seathold_queue_poll(seathold_engine engine, const seathold_token* tokens, size_t n,
                                    seathold_place* out, int64_t timeout_ms,
                                    seathold_error* error) {
  Arguments arguments;
  arguments.Array(tokens, n, "tokens").Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto requests = sending.Room(&Scratch::texts, n);
    const auto replies = sending.Room(&Scratch::places, n);
    for (std::size_t i = 0; i < n; ++i) requests[i] = TokenOf(tokens[i]);
    sending.engine().queue().Poll(requests, replies, OptionsOf(timeout_ms));
    return WritePlaces(replies, out);
  });
}

seathold_status seathold_queue_admit(seathold_engine engine, uint64_t show, uint32_t max,
                                     uint32_t* admitted, int64_t timeout_ms,
                                     seathold_error* error) {
  Arguments arguments;
  arguments.Need(admitted, "admitted").Timeout(timeout_ms);
  arguments.That(max >= 1 && max <= INT32_MAX, "max", " is not within 1 .. 2^31 - 1");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto done =
        session.engine->queue().Admit(ShowId{show}, static_cast<int>(max), OptionsOf(timeout_ms));
    if (!done.ok()) return done.status();
    *admitted = static_cast<std::uint32_t>(*done);
    return {};
  });
}

seathold_status seathold_queue_leave(seathold_engine engine, const seathold_token* tokens, size_t n,
                                     seathold_status* out, int64_t timeout_ms,
                                     seathold_error* error) {
  Arguments arguments;
  arguments.Array(tokens, n, "tokens").Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) -> Answer {
    const auto requests = sending.Room(&Scratch::texts, n);
    const auto replies = sending.Room(&Scratch::statuses, n);
    for (std::size_t i = 0; i < n; ++i) requests[i] = TokenOf(tokens[i]);
    sending.engine().queue().Leave(requests, replies, OptionsOf(timeout_ms));
    return WriteCodes(replies, Malformed(), out);
  });
}

seathold_status seathold_queue_revoke(seathold_engine engine, uint64_t show, uint64_t user,
                                      int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return session.engine->queue().Revoke(ShowId{show}, UserId{user}, OptionsOf(timeout_ms));
  });
}

seathold_status seathold_queue_stats(seathold_engine engine, uint64_t show,
                                     seathold_line_stats* out, int64_t timeout_ms,
                                     seathold_error* error) {
  Arguments arguments;
  arguments.Need(out, "out").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto stats = session.engine->queue().Stats(ShowId{show}, OptionsOf(timeout_ms));
    if (!stats.ok()) return stats.status();
    *out = {stats->epoch,        stats->waiting,        stats->active,        stats->missing,
            stats->joined_total, stats->admitted_total, stats->dropped_total, stats->left_total};
    return {};
  });
}

}  // extern "C"

#include "capi/shim.h"

namespace seathold::capi {
namespace {

MapVersion ReadVersion(const seathold_map_version& in) { return {in.feed, TimeUs{in.lapse_us}}; }
seathold_map_version WriteVersion(const MapVersion& version) {
  return {version.feed, version.lapse.value};
}

void Write(const SeatMap& map, seathold_map_info* out) {
  *out = seathold_map_info{};
  out->version = WriteVersion(map.version);
  out->performance = map.performance.value;
  out->next_release_at_us = map.next_release_at.value;
  out->seats = map.seats;
  out->available = map.available;
  out->held = map.held;
  out->sold = map.sold;
  out->blocked = map.blocked;
}

void Write(const Availability& count, seathold_availability* out) {
  out->state = static_cast<std::uint32_t>(count.state);
  out->flags = Bit(count.on_sale, SEATHOLD_ON_SALE);
  out->available = count.available;
  out->held = count.held;
  out->sold = count.sold;
  out->blocked = count.blocked;
  out->next_release_at_us = count.next_release_at.value;
}

void Write(const FeedEvent& event, seathold_feed_event* out) {
  *out = seathold_feed_event{};
  out->counter = event.counter;
  WriteId(out->hold, event.hold.value);
  out->user = event.user.value;
  out->expires_at_us = event.expires_at.value;
  out->at_us = event.at.value;
  out->kind = static_cast<std::uint32_t>(event.kind);
  for (const SeatId seat : event.seats) out->seats[out->seats_n++] = seat.value;
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_map_read(seathold_engine engine, uint64_t performance,
                                  const seathold_map_version* known, uint8_t* bits, size_t cap,
                                  size_t* needed, seathold_map_info* info, int64_t timeout_ms,
                                  seathold_error* error) {
  Arguments arguments;
  arguments.Array(bits, cap, "bits").Need(info, "info").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto map =
        session.engine->reservations().Map(PerformanceId{performance}, OptionsOf(timeout_ms));
    if (!map.ok()) return map.status();
    const SeatMap& seats = **map;
    if (needed != nullptr) *needed = seats.bits.size();
    const bool unchanged = known != nullptr && ReadVersion(*known) == seats.version;
    if (!unchanged && seats.bits.size() > cap) return Code::kBufferTooSmall;
    Write(seats, info);
    if (unchanged) {
      info->flags = SEATHOLD_UNCHANGED;
    } else {
      std::memcpy(bits, seats.bits.data(), seats.bits.size());
    }
    return {};
  });
}

seathold_status seathold_map_changes(seathold_engine engine, uint64_t performance,
                                     const seathold_map_version* after, seathold_seat_change* out,
                                     size_t cap, size_t* needed, seathold_map_version* next,
                                     int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Need(after, "after").Array(out, cap, "out").Need(next, "next").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    MapVersion reached;
    const auto changes = session.engine->reservations().Changes(
        PerformanceId{performance}, ReadVersion(*after), &reached, OptionsOf(timeout_ms));
    if (!changes.ok()) return changes.status();
    const auto write = [](const SeatChange& change, seathold_seat_change* to) {
      *to = {change.ordinal, static_cast<std::uint32_t>(change.state)};
    };
    Status given = GiveRecords(*changes, out, cap, needed, write);
    if (given.ok()) *next = WriteVersion(reached);
    return given;
  });
}

seathold_status seathold_availability_read(seathold_engine engine, uint64_t performance,
                                           seathold_availability* out, int64_t timeout_ms,
                                           seathold_error* error) {
  Arguments arguments;
  arguments.Need(out, "out").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto count =
        session.engine->reservations().Count(PerformanceId{performance}, OptionsOf(timeout_ms));
    if (!count.ok()) return count.status();
    Write(*count, out);
    return {};
  });
}

seathold_status seathold_feed_poll(seathold_engine engine, uint64_t performance, uint64_t after,
                                   seathold_feed_event* out, size_t cap, size_t* n, int64_t wait_ms,
                                   int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Rows(cap).Need(out, "out").Need(n, "n").Timeout(timeout_ms);
  arguments.That(wait_ms >= 0 && wait_ms <= SEATHOLD_TIMEOUT_MAX_MS, "wait_ms",
                 " is not within 0 .. SEATHOLD_TIMEOUT_MAX_MS");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto events = session.engine->reservations().AwaitFeed(
        PerformanceId{performance}, after, static_cast<int>(cap), wait_ms, OptionsOf(timeout_ms));
    if (!events.ok()) return events.status();
    return GiveRecords(*events, out, cap, n,
                       [](const FeedEvent& event, auto* to) { Write(event, to); });
  });
}

seathold_status seathold_feed_trim(seathold_engine engine, uint64_t performance, uint64_t through,
                                   int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.That(through <= INT64_MAX, "through", " is out of range").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return session.engine->reservations().TrimFeed(PerformanceId{performance}, through,
                                                   OptionsOf(timeout_ms));
  });
}

}  // extern "C"

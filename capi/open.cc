#include <thread>

#include "capi/shim.h"
#include "seathold/adapter/parts.h"

namespace seathold::capi {
namespace {

// The first release's; smaller ones are refused. Later fields are read only where a struct has
// them.
constexpr std::size_t kOptionsSizeMin = 184;
static_assert(sizeof(seathold_options) >= kOptionsSizeMin);
constexpr std::uint32_t kOpenFlags = SEATHOLD_OPEN_CREATE | SEATHOLD_OPEN_SWEEPER_THREAD |
                                     SEATHOLD_OPEN_MANUAL_CLOCK | SEATHOLD_OPEN_TEST_CHEAP_HASH |
                                     SEATHOLD_OPEN_READ_ONLY | SEATHOLD_OPEN_NEW_KEYS;
constexpr std::int64_t kLogBytesMax = 16 << 20;
constexpr auto kCloseStepMax = std::chrono::milliseconds(2);

seathold_options Defaults() {
  const EngineOptions o;
  seathold_options out{};
  out.flags = SEATHOLD_OPEN_CREATE;
  out.batch_max = o.batch_max;
  out.backlog_max = o.backlog_max;
  out.waves_max = o.waves_max;
  out.max_seats_per_hold = o.max_seats_per_hold;
  out.hash_concurrency = o.hash_concurrency;
  out.log_level = SEATHOLD_LOG_INFO;
  out.batch_bytes_max = o.batch_bytes_max;
  out.hold_ttl_ms = o.hold_ttl_ms;
  out.staff_ttl_max_ms = o.staff_ttl_max_ms;
  out.refusal_max_age_ms = o.refusal_max_age_ms;
  out.cache_timeout_ms = o.cache_timeout_ms;
  out.sweep_full_ms = o.sweep_full_ms;
  out.sweep_every_ms = o.sweep_every_ms;
  out.rebuild_grace_ms = o.rebuild_grace_ms;
  out.clock_jump_max_ms = o.clock_jump_max_ms;
  out.log_bytes_max = 65'536;
  return out;
}

Status Bad(std::string why) { return Status(Code::kInvalidArgument, std::move(why)); }

// A caller's struct, of whatever size, as one of ours. A larger one asks for what this release does
// not know, unless that is zero.
Status ReadStruct(const seathold_options* in, seathold_options* out) {
  *out = Defaults();
  const std::size_t size = in->struct_size;
  if (size < kOptionsSizeMin || size > 4'096) {
    return Bad("struct_size is not that of a seathold_options");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(in);
  for (std::size_t i = sizeof *out; i < size; ++i) {
    if (bytes[i] != 0) return Bad("options has a field that this release does not know");
  }
  std::memcpy(out, in, std::min(size, sizeof *out));
  return Status();
}

Status ReadText(const seathold_str& text, const char* name, std::string* out) {
  if (text.data == nullptr) {
    return text.size == 0 ? Status() : Bad(std::string(name) + " is NULL, but not its size");
  }
  const std::size_t size = SizeOf(text.data, text.size);
  if (size > kTextBytesMax) return Bad(std::string(name) + " is too long");
  const std::string_view view(text.data, size);
  if (view.find('\0') != view.npos) return Bad(std::string(name) + " has a NUL");
  *out = view;
  return Status();
}

Status ReadTexts(const seathold_options& in, EngineOptions* out) {
  if (Status s = ReadText(in.storage, "storage", &out->storage); !s.ok()) return s;
  if (Status s = ReadText(in.claims, "claims", &out->claims); !s.ok()) return s;
  if (Status s = ReadText(in.line, "line", &out->line); !s.ok()) return s;
  return ReadText(in.keys, "keys", &out->keys);
}

Status ReadOptions(const seathold_options& in, EngineOptions* out) {
  if ((in.flags & ~kOpenFlags) != 0) return Bad("flags has an unknown bit");
  if (in.log_level < SEATHOLD_LOG_DEBUG || in.log_level > SEATHOLD_LOG_ERROR) {
    return Bad("log_level is not within 0 .. 3");
  }
  if (in.log_bytes_max < 0 || in.log_bytes_max > kLogBytesMax) {
    return Bad("log_bytes_max is not within 0 .. 16 MiB");
  }
  if (in.manual_clock_start_us < 0 || in.manual_clock_start_us > kTimeMax.value) {
    return Bad("manual_clock_start_us is negative, or beyond the year 9999");
  }
  out->batch_max = in.batch_max;
  out->backlog_max = in.backlog_max;
  out->waves_max = in.waves_max;
  out->max_seats_per_hold = in.max_seats_per_hold;
  out->hash_concurrency = in.hash_concurrency;
  out->batch_bytes_max = in.batch_bytes_max;
  out->hold_ttl_ms = in.hold_ttl_ms;
  out->staff_ttl_max_ms = in.staff_ttl_max_ms;
  out->refusal_max_age_ms = in.refusal_max_age_ms;
  out->cache_timeout_ms = in.cache_timeout_ms;
  out->sweep_full_ms = in.sweep_full_ms;
  out->sweep_every_ms = in.sweep_every_ms;
  out->rebuild_grace_ms = in.rebuild_grace_ms;
  out->clock_jump_max_ms = in.clock_jump_max_ms;
  out->create = (in.flags & SEATHOLD_OPEN_CREATE) != 0;
  out->read_only = (in.flags & SEATHOLD_OPEN_READ_ONLY) != 0;
  out->new_keys = (in.flags & SEATHOLD_OPEN_NEW_KEYS) != 0;
  out->sweeper_thread = (in.flags & SEATHOLD_OPEN_SWEEPER_THREAD) != 0;
  out->test_only_cheap_password_hash = (in.flags & SEATHOLD_OPEN_TEST_CHEAP_HASH) != 0;
  return ReadTexts(in, out);
}

Status OpenSession(const seathold_options& in, Session* session) {
  EngineOptions options;
  if (Status s = ReadOptions(in, &options); !s.ok()) return s;
  const bool manual = (in.flags & SEATHOLD_OPEN_MANUAL_CLOCK) != 0;
  if (!manual && in.manual_clock_start_us != 0) {
    return Bad("manual_clock_start_us without SEATHOLD_OPEN_MANUAL_CLOCK");
  }
  if (manual) {
    const TimeUs start{in.manual_clock_start_us};
    session->clock =
        std::make_shared<ManualClock>(start.value != 0 ? start : NewSystemClock()->Now());
  }
  session->log = std::make_shared<LogRing>(static_cast<LogLevel>(in.log_level),
                                           static_cast<std::size_t>(in.log_bytes_max));
  EngineParts parts;
  parts.clock = session->clock;
  parts.log = session->log;
  auto engine = Engine::Open(options, std::move(parts));
  if (!engine.ok()) return engine.status();
  session->engine = std::move(engine).value();
  return Status();
}

// Gives the slot back unless it was published.
class OpeningSlot {
 public:
  OpeningSlot() : slot_(TakeSlot()) {}
  ~OpeningSlot() {
    if (slot_ != nullptr) ReleaseSlot(slot_);
  }
  OpeningSlot(const OpeningSlot&) = delete;
  OpeningSlot& operator=(const OpeningSlot&) = delete;
  bool taken() const { return slot_ != nullptr; }
  std::uint64_t Publish(std::unique_ptr<Session> session) {
    return PublishSlot(std::exchange(slot_, nullptr), session.release());
  }

 private:
  Slot* slot_;
};

// True once the closing call is the only one inside. Closing is rare, so it looks again and again:
// a lock to wait on could be inherited, taken, by a child of fork.
bool WaitForCalls(const Slot& slot, Deadline deadline) {
  for (auto step = std::chrono::microseconds(10); slot.calls_inside() > 1;
       step = std::min<std::chrono::microseconds>(step * 2, kCloseStepMax)) {
    if (deadline.passed()) return false;
    std::this_thread::sleep_for(step);
  }
  return true;
}

Status CloseSlot(Slot& slot, Session& session, Deadline deadline) {
  const auto left = [&] { return CallOptions{deadline.remaining_ns() / 1'000'000}; };
  session.engine->EndWaits();
  if (!WaitForCalls(slot, deadline)) {
    MoveSlot(&slot, SlotState::kClosing, SlotState::kDraining);
    return Status(Code::kBusy, "calls are still inside");
  }
  Status closed = session.engine->Close(left());
  if (closed == Code::kBusy) {
    MoveSlot(&slot, SlotState::kClosing, SlotState::kDraining);
    return closed;
  }
  delete &session;
  for (Stripe& stripe : slot.stripes) {
    delete std::exchange(stripe.own, nullptr);
    delete stripe.spare.exchange(nullptr);
  }
  ReleaseSlot(&slot);
  return closed;
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_options_init(seathold_options* options, size_t struct_size,
                                      seathold_error* error) {
  Arguments arguments;
  arguments.Need(options, "options");
  arguments.That(struct_size >= kOptionsSizeMin && struct_size <= 4'096, "struct_size",
                 " is not that of a seathold_options");
  return Plain(arguments, error, [&]() -> Answer {
    seathold_options defaults = Defaults();
    defaults.struct_size = static_cast<std::uint32_t>(struct_size);
    std::memset(options, 0, struct_size);
    std::memcpy(options, &defaults, std::min(struct_size, sizeof defaults));
    return {};
  });
}

seathold_status seathold_open(const seathold_options* options, seathold_engine* out,
                              seathold_error* error) {
  Arguments arguments;
  arguments.Need(out, "out").Need(options, "options");
  if (out != nullptr) *out = 0;
  return Plain(arguments, error, [&]() -> Answer {
    seathold_options read;
    if (Status s = ReadStruct(options, &read); !s.ok()) return s;
    OpeningSlot slot;
    if (!slot.taken())
      return Status(Code::kTooManyEngines, "1,024 engines are open in this process");
    auto session = std::make_unique<Session>();
    if (Status s = OpenSession(read, session.get()); !s.ok()) return s;
    *out = slot.Publish(std::move(session));
    return {};
  });
}

seathold_status seathold_close(seathold_engine engine, int64_t timeout_ms, seathold_error* error) {
  const bool sent = false;
  return Tell(error, GuardedCall(&sent, [&]() -> Answer {
                if (engine == 0) return {};
                const Pin pin(engine, true);
                if (pin.code() != Code::kOk) return pin.code();
                Arguments arguments;
                if (!arguments.Timeout(timeout_ms).ok()) return arguments.status();
                Slot& slot = pin.slot();
                Session& session = pin.session();
                if (!MoveSlot(&slot, SlotState::kOpen, SlotState::kClosing) &&
                    !MoveSlot(&slot, SlotState::kDraining, SlotState::kClosing)) {
                  return Code::kClosed;
                }
                return CloseSlot(slot, session, Deadline::After(OptionsOf(timeout_ms)));
              }));
}

}  // extern "C"

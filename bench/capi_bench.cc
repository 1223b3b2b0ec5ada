// What C costs over C++: the same calls on two engines of one process, one behind each interface.
//
// "single" is one call with one request, "batch_1000" one call with a thousand. "count" runs a
// fixed number of batches for bench/instructions.sh, which counts the instructions of the functions
// below.
#include <benchmark/benchmark.h>
#include <seathold.h>

#include <chrono>
#include <cstring>

#include "bench/hall.h"
#include "bench/suites.h"

namespace seathold::bench {

// The calls that are compared; not inlined, so that instructions.sh finds them.
[[gnu::noinline]] void CApiCallCpp(ReservationSystem& office, std::span<const HoldRequest> in,
                                   std::span<HoldReply> out) {
  office.Hold(in, out);
}

struct CRequests {
  std::vector<seathold_hold_request> in;
  std::vector<seathold_seat_ticket> seats;
  std::vector<seathold_hold_result> out;
  std::vector<seathold_seat_conflict> conflicts;
  std::size_t conflicts_n = 0;
  seathold_error error{};
};
[[gnu::noinline]] void CApiCallC(seathold_engine engine, CRequests& r) {
  seathold_hold(engine, r.in.data(), r.in.size(), r.seats.data(), r.seats.size(), nullptr, 0,
                r.out.data(), r.conflicts.data(), r.conflicts.size(), &r.conflicts_n,
                SEATHOLD_TIMEOUT_DEFAULT, &r.error);
}

namespace {

constexpr int kRows = 100, kSeatsARow = 100;  // enough for a thousand holds of two seats
constexpr std::size_t kCounted = 20;          // batches that instructions.sh counts
enum class Kind : std::uint8_t { kRefuse, kHold };

void CheckC(seathold_status code, const seathold_error& error, const char* what) {
  if (code == SEATHOLD_OK) return;
  std::cerr << "bench: " << what << ": " << error.message << '\n';
  std::exit(1);
}

// One side of the comparison: an engine in memory, a hall, an evening of it. Round by round the
// same requests under new ids; what was held is given back between the rounds, outside the time.
class CppSide {
 public:
  CppSide(Kind kind, std::size_t batch)
      : hall_({.medium = Medium::kMemory, .rows = kRows, .seats_a_row = kSeatsARow}),
        performance_(hall_.AddPerformance()) {
    Fill(batch, UserId{1});
    if (kind == Kind::kRefuse) {  // not by Call, whose instructions are counted
      hall_.engine().reservations().Hold(requests_, replies_);
      for (HoldRequest& request : requests_) request.user = UserId{2};
    }
  }
  void NewIds() {
    for (HoldRequest& request : requests_) request.id = HoldId{NextId()};
  }
  void Call() { CApiCallCpp(hall_.engine().reservations(), requests_, replies_); }
  int LastCode() const { return static_cast<int>(replies_.back().status.code()); }
  void GiveBack() {
    std::vector<CancelRequest> cancels;
    for (const HoldRequest& r : requests_) cancels.push_back({r.performance, r.id, r.user});
    std::vector<Status> replies(cancels.size());
    hall_.engine().reservations().Cancel(cancels, replies);
    Check(replies.back(), "giving back");
  }

 private:
  void Fill(std::size_t batch, UserId user) {
    requests_.resize(batch);
    replies_.resize(batch);
    for (std::uint32_t i = 0; i < batch * kSeatsAHold; ++i) tickets_.push_back(hall_.Ticket(i));
    for (std::size_t i = 0; i < batch; ++i) {
      requests_[i].id = HoldId{NextId()};
      requests_[i].user = user;
      requests_[i].performance = performance_;
      requests_[i].seats = {&tickets_[i * kSeatsAHold], kSeatsAHold};
    }
  }

  Hall hall_;
  PerformanceId performance_;
  std::vector<SeatTicket> tickets_;
  std::vector<HoldRequest> requests_;
  std::vector<HoldReply> replies_;
};

class CSide {
 public:
  CSide(Kind kind, std::size_t batch) {
    Open();
    Fill(batch, 1);
    if (kind == Kind::kRefuse) {
      seathold_hold(engine_, r_.in.data(), batch, r_.seats.data(), r_.seats.size(), nullptr, 0,
                    r_.out.data(), nullptr, 0, nullptr, SEATHOLD_TIMEOUT_DEFAULT, &r_.error);
      for (seathold_hold_request& request : r_.in) request.user = 2;
    }
  }
  ~CSide() { seathold_close(engine_, SEATHOLD_TIMEOUT_DEFAULT, nullptr); }
  CSide(const CSide&) = delete;
  CSide& operator=(const CSide&) = delete;
  void NewIds() {
    for (seathold_hold_request& request : r_.in) {
      const Uuid id = NextId();
      std::memcpy(request.id, id.data(), id.size());
    }
  }
  void Call() { CApiCallC(engine_, r_); }
  int LastCode() const { return r_.out.back().code; }
  void GiveBack() {
    std::vector<seathold_cancel_request> cancels(r_.in.size());
    for (std::size_t i = 0; i < cancels.size(); ++i) {
      std::memcpy(cancels[i].hold, r_.in[i].id, sizeof cancels[i].hold);
      cancels[i].performance = r_.in[i].performance;
      cancels[i].user = r_.in[i].user;
    }
    std::vector<seathold_status> codes(cancels.size());
    const seathold_status code = seathold_cancel(engine_, cancels.data(), cancels.size(),
                                                 codes.data(), SEATHOLD_TIMEOUT_DEFAULT, &r_.error);
    CheckC(code, r_.error, "giving back");
  }

 private:
  void Open();
  void Fill(std::size_t batch, std::uint64_t user) {
    r_.in.assign(batch, {});
    r_.out.resize(batch);
    r_.conflicts.resize(batch * kSeatsAHold);
    for (std::uint32_t i = 0; i < batch * kSeatsAHold; ++i) {
      r_.seats.push_back({seathold_seat_id(venue_, i), 0, 0});
    }
    for (std::size_t i = 0; i < batch; ++i) {
      r_.in[i].user = user;
      r_.in[i].performance = performance_;
      r_.in[i].seats_at = static_cast<std::uint32_t>(i * kSeatsAHold);
      r_.in[i].seats_n = kSeatsAHold;
    }
    NewIds();
  }

  seathold_engine engine_ = 0;
  std::uint64_t venue_ = 0, performance_ = 0;
  CRequests r_;
};

void CSide::Open() {
  constexpr std::int64_t kWait = 60'000;
  const std::string storage = "memory:", line = "none";
  seathold_options options;
  CheckC(seathold_options_init(&options, sizeof options, &r_.error), r_.error, "options");
  options.storage = {storage.data(), storage.size()};
  options.line = {line.data(), line.size()};
  CheckC(seathold_open(&options, &engine_, &r_.error), r_.error, "opening the engine");
  const std::string hall = R"({"name":"Hall","categories":1,"rows":)" + std::to_string(kRows) +
                           R"(,"seats_per_row":)" + std::to_string(kSeatsARow) + "}";
  CheckC(seathold_venue_make(engine_, hall.data(), hall.size(), &venue_, kWait, &r_.error),
         r_.error, "adding a venue");
  std::uint64_t show = 0;
  const std::string title = R"({"title":"Open to all"})";
  CheckC(seathold_show_add(engine_, title.data(), title.size(), &show, kWait, &r_.error), r_.error,
         "adding a show");
  const std::string date = R"({"show":1,"venue":1,"local_date":"2036-12-31","local_time":"19:30",)"
                           R"("currency":"EUR","hold_ttl_ms":86400000,)"
                           R"("prices":[{"category":"Category A","price_minor":4500}]})";
  CheckC(
      seathold_performance_add(engine_, date.data(), date.size(), &performance_, kWait, &r_.error),
      r_.error, "adding a performance");
  seathold_availability count;
  CheckC(seathold_availability_read(engine_, performance_, &count, kWait, &r_.error), r_.error,
         "counting");  // loads the mirror
}

template <class Side>
void Run(benchmark::State& state, Kind kind, std::size_t batch) {
  using Clock = std::chrono::steady_clock;
  Side side(kind, batch);
  const auto wanted = static_cast<int>(kind == Kind::kRefuse ? Code::kSeatTaken : Code::kOk);
  for ([[maybe_unused]] auto _ : state) {
    if (kind == Kind::kHold) side.NewIds();
    const auto began = Clock::now();
    side.Call();
    const std::chrono::duration<double> took = Clock::now() - began;
    state.SetIterationTime(took.count());
    if (side.LastCode() != wanted) {
      state.SkipWithError("an answer was not the expected one");
      break;
    }
    if (kind == Kind::kHold) side.GiveBack();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
  state.SetLabel("in memory, 2 seats each");
}

// A refusal takes less than reading the clock twice does: the loop is timed as a whole.
template <class Side>
void RefuseSingle(benchmark::State& state) {
  Side side(Kind::kRefuse, 1);
  for ([[maybe_unused]] auto _ : state) side.Call();
  if (side.LastCode() != SEATHOLD_E_SEAT_TAKEN) state.SkipWithError("it was not refused");
  state.SetItemsProcessed(state.iterations());
  state.SetLabel("in memory, 2 seats each");
}

template <class Side>
void RegisterSide(const std::string& side) {
  const auto add = [&](const std::string& name, Kind kind, std::size_t batch) {
    return benchmark::RegisterBenchmark((name + "/" + side).c_str(), Run<Side>, kind, batch)
        ->UseManualTime();
  };
  benchmark::RegisterBenchmark(("capi/refuse_single/" + side).c_str(), RefuseSingle<Side>);
  add("capi/refuse_batch_1000", Kind::kRefuse, 1'000);
  add("capi/hold_single", Kind::kHold, 1);
  add("capi/hold_batch_1000", Kind::kHold, 1'000);
  add("capi/count/refuse", Kind::kRefuse, 1'000)->Iterations(kCounted);
  add("capi/count/hold", Kind::kHold, 1'000)->Iterations(kCounted);
}

}  // namespace

void RegisterCApi() {
  RegisterSide<CppSide>("cpp");
  RegisterSide<CSide>("c");
}

}  // namespace seathold::bench

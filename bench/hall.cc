#include "bench/hall.h"

#include <unistd.h>

#include <cstring>
#include <map>
#include <mutex>

namespace seathold::bench {
namespace {

constexpr std::int64_t kWalletMinor = kAmountMinorMax / 4;

Currency Euro() { return *ParseCurrency("EUR"); }

std::filesystem::path BaseFolder() {
  const std::string asked = Setting("SEATHOLD_BENCH_DIR");
  return asked.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(asked);
}

}  // namespace

std::string Setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string PostgresUri(const std::string& purpose) {
  return Setting("SEATHOLD_BENCH_POSTGRES") + "&schema=" + purpose + "_" +
         std::to_string(::getpid());
}

WorkFolder::WorkFolder() {
  static std::atomic<int> count{0};
  path_ = BaseFolder() /
          ("seathold-bench-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
  std::filesystem::create_directories(path_);
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Uuid NextId() {
  static std::atomic<std::uint64_t> count{1};
  const std::uint64_t n = count.fetch_add(1, std::memory_order_relaxed);
  Uuid id{};
  for (int i = 0; i < 8; ++i) id[i] = static_cast<std::uint8_t>(n >> (56 - 8 * i));
  const std::uint64_t tail = n * 0x9E3779B97F4A7C15ull;
  std::memcpy(id.data() + 8, &tail, sizeof tail);
  return id;
}

std::size_t SeatStock::Missing(std::uint64_t seats) const {
  const std::uint64_t needed = next_.load() + seats;
  const std::uint64_t have = performances_.size() * std::uint64_t{seats_};
  return needed <= have ? 0 : static_cast<std::size_t>((needed - have + seats_ - 1) / seats_);
}

SeatStock::Seats SeatStock::Take() {
  const std::uint64_t at = next_.fetch_add(kSeatsAHold, std::memory_order_relaxed);
  return {performances_.at(at / seats_), static_cast<std::uint32_t>(at % seats_)};
}

Hall::Hall(const Spec& spec)
    : spec_(spec),
      seats_(static_cast<std::uint32_t>(spec.rows * spec.seats_a_row)),
      stock_(seats_) {
  engine_ = Must(Engine::Open(Options()), "opening the engine");
  const Plan plan = Must(MakePlan("Hall", spec.rows, spec.seats_a_row, 1), "making a plan");
  venue_ = Must(engine_->catalog().AddVenue(plan, "", {60'000}), "adding a venue");
  AddShows();
  Fund();
}

EngineOptions Hall::Options() const {
  EngineOptions options;
  options.line = spec_.queue ? "auto" : "none";
  if (spec_.medium == Medium::kMemory) {
    options.storage = "memory:";
  } else if (spec_.medium == Medium::kSqlite) {
    options.storage = "sqlite:" + database();
  } else if (spec_.medium == Medium::kJournal) {
    options.storage = "sqlite:" + database() + "?journal=on";
    options.sweeper_thread = true;  // and with it one that settles
  } else {
    options.storage = PostgresUri(spec_.schema);
    options.keys = folder_.File("hall.keys");
  }
  if (spec_.medium == Medium::kPostgresRedis) options.claims = Setting("SEATHOLD_BENCH_REDIS");
  return options;
}

void Hall::AddShows() {
  ShowSpec show;
  show.title = "Open to all";
  show_ = Must(engine_->catalog().AddShow(show), "adding a show");
  if (!spec_.queue) return;
  show.title = "With a queue";
  show.requires_pass = true;
  show.active_max = 1;
  queued_show_ = Must(engine_->catalog().AddShow(show), "adding a show with a queue");
}

void Hall::Fund() {
  std::vector<ChargeRequest> requests;
  for (std::uint64_t user = 1; user <= kFundedUsers; ++user) {
    requests.push_back({TransferId{NextId()}, UserId{user}, Money{kWalletMinor, Euro()}, ""});
  }
  std::vector<TransferReply> replies(requests.size());
  engine_->wallet().Charge(requests, replies, {60'000});
  for (const TransferReply& reply : replies) Check(reply.status, "funding a wallet");
}

PerformanceId Hall::AddPerformance() {
  PerformanceSpec spec;
  spec.show = show_;
  spec.venue = venue_;
  spec.local_date = "2036-12-31";
  spec.local_time = "19:30";
  spec.currency = Euro();
  spec.hold_ttl_ms = 86'400'000;  // nothing expires under way
  spec.prices.push_back({"Category A", 0, "full", kPriceMinor});
  const PerformanceId performance =
      Must(engine_->catalog().AddPerformance(spec, {60'000}), "adding a performance");
  (void)Must(engine_->reservations().Count(performance), "counting");  // loads the mirror
  return performance;
}

void Hall::Reserve(std::uint64_t holds) {
  for (std::size_t n = stock_.Missing(holds * kSeatsAHold); n > 0; --n) {
    stock_.Add(AddPerformance());
  }
}

std::string Hall::Label() {
  const Stats stats = engine_->stats();
  return stats.storage.durability + "; claims: " + stats.claims + "; line: " + stats.line;
}

Hall& SharedHall(const std::string& purpose, Hall::Spec spec) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, Medium>, std::unique_ptr<Hall>> halls;
  const std::lock_guard lock(mutex);
  auto& hall = halls[{purpose, spec.medium}];
  spec.schema = purpose + std::to_string(static_cast<int>(spec.medium));
  if (hall == nullptr) hall = std::make_unique<Hall>(spec);
  return *hall;
}

}  // namespace seathold::bench

#include "bench/web/hall.h"

#include <atomic>
#include <thread>

#include "seathold/engine.h"

namespace seathold::load {
namespace {

constexpr int kThreads = 8;  // whose commits share a sync
constexpr std::int64_t kFundsMinor = 100'000'000'000, kPriceMinor = 4'500;
constexpr std::string_view kPassword = "a seat by the aisle";

Status AddEvenings(Engine& engine, const HallSpec& spec, Hall* hall) {
  Catalog& catalog = engine.catalog();
  const auto plan = MakePlan("Hall", spec.rows, spec.row_seats);
  if (!plan.ok()) return plan.status();
  const auto venue = catalog.AddVenue(*plan, "Europe/Vienna");
  if (!venue.ok()) return venue.status();
  const auto show = catalog.AddShow({.title = "Winter journey"});
  if (!show.ok()) return show.status();
  PerformanceSpec evening{.show = *show, .venue = *venue, .local_time = "19:30"};
  evening.currency = *ParseCurrency("EUR");
  for (const PlanCategory& category : plan->categories) {
    evening.prices.push_back({.category = category.name, .price_minor = kPriceMinor});
  }
  for (int i = 0; i < spec.evenings; ++i) {
    const int month = 1 + i / 28 % 12, day = 1 + i % 28;
    evening.local_date = std::to_string(2035 + i / (28 * 12)) + (month < 10 ? "-0" : "-") +
                         std::to_string(month) + (day < 10 ? "-0" : "-") + std::to_string(day);
    const auto added = catalog.AddPerformance(evening);
    if (!added.ok()) return added.status();
    hall->evenings.push_back(added->value);
  }
  hall->venue = venue->value;
  hall->show = show->value;
  hall->seats = static_cast<std::uint32_t>(plan->seats.size());
  return Status();
}

// One is let in and stays: everybody behind waits.
Result<ShowId> AddLine(Engine& engine) {
  return engine.catalog().AddShow(
      {.title = "Rush", .requires_pass = true, .active_max = 1, .pass_ms = 86'400'000});
}

Status AddBuyer(Engine& engine, ShowId crowded, int number, Buyer* buyer) {
  const std::string email = "buyer" + std::to_string(number) + "@example.org";
  Accounts& accounts = engine.accounts();
  if (const auto user = accounts.Register(email, kPassword); !user.ok()) return user.status();
  const auto login = accounts.Login(email, kPassword);
  if (!login.ok()) return login.status();
  const ChargeRequest charge{.id = engine.NewTransferId(),
                             .user = login->user,
                             .amount = {kFundsMinor, *ParseCurrency("EUR")}};
  if (const TransferReply charged = engine.wallet().Charge(charge); !charged.ok()) {
    return charged.status;
  }
  const Place place = engine.queue().Join({.show = crowded, .user = login->user});
  if (!place.ok()) return place.status;
  buyer->token = login->token;
  buyer->place = place.token.view();
  return Status();
}

Status AddBuyers(Engine& engine, ShowId crowded, std::vector<Buyer>* buyers) {
  std::atomic<int> next{0};
  std::vector<Status> ends(kThreads);
  const auto add = [&](Status* end) {
    const int count = static_cast<int>(buyers->size());
    for (int i = next++; i < count && end->ok(); i = next++) {
      *end = AddBuyer(engine, crowded, i, &(*buyers)[static_cast<std::size_t>(i)]);
    }
  };
  std::vector<std::thread> threads;
  for (Status& end : ends) threads.emplace_back(add, &end);
  for (std::thread& thread : threads) thread.join();
  for (const Status& end : ends) {
    if (!end.ok()) return end;
  }
  return Status();
}

}  // namespace

Result<Hall> MakeHall(const HallSpec& spec) {
  EngineOptions options;
  options.storage = "sqlite:" + spec.db;
  options.hash_concurrency = kThreads;
  options.test_only_cheap_password_hash = true;
  const auto engine = Engine::Open(options);
  if (!engine.ok()) return engine.status();
  Hall hall;
  if (Status status = AddEvenings(**engine, spec, &hall); !status.ok()) return status;
  const auto crowded = AddLine(**engine);
  if (!crowded.ok()) return crowded.status();
  hall.crowded_show = crowded->value;
  hall.buyers.resize(static_cast<std::size_t>(spec.buyers));
  if (Status status = AddBuyers(**engine, *crowded, &hall.buyers); !status.ok()) return status;
  if (Status status = (*engine)->Close(); !status.ok()) return status;
  return hall;
}

}  // namespace seathold::load

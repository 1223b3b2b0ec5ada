#include "bench/sale/ours.h"

#include <algorithm>
#include <array>

namespace seathold::sale {
namespace {

using bench::Check;
using bench::Must;

constexpr CallOptions kPatient{60'000};

Currency Euro() { return *ParseCurrency("EUR"); }

Answer AnswerOf(const Status& status) {
  switch (status.outcome()) {
    case Outcome::kDone:
      return Answer::kDone;
    case Outcome::kRefused:
      return Answer::kRefused;
    default:
      return Answer::kFailed;
  }
}

class OurCaller final : public Caller {
 public:
  explicit OurCaller(Ours* ours) : ours_(ours) {}

  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) override {
    holds_.resize(asks.size());
    held_.resize(asks.size());
    tickets_.resize(asks.size());
    for (std::size_t i = 0; i < asks.size(); ++i) {
      for (std::uint32_t s = 0; s < kSeatsAHold; ++s) {
        tickets_[i][s] = {MakeSeatId(ours_->venue(), asks[i].first_seat + s)};
      }
      holds_[i] = {.id = HoldId{asks[i].hold},
                   .user = UserId{asks[i].user},
                   .performance = ours_->performance(asks[i].performance),
                   .seats = tickets_[i]};
    }
    ours_->engine().reservations().Hold(holds_, held_, kPatient);
    for (std::size_t i = 0; i < asks.size(); ++i) answers[i] = AnswerOf(held_[i].status);
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) override {
    confirms_.resize(asks.size());
    paid_.resize(asks.size());
    for (std::size_t i = 0; i < asks.size(); ++i) {
      confirms_[i] = {.performance = ours_->performance(asks[i].performance),
                      .hold = HoldId{asks[i].hold},
                      .payment = TransferId{asks[i].payment},
                      .user = UserId{asks[i].user}};
    }
    ours_->engine().reservations().Confirm(confirms_, paid_, kPatient);
    for (std::size_t i = 0; i < asks.size(); ++i) answers[i] = AnswerOf(paid_[i].status);
  }

 private:
  Ours* const ours_;
  std::vector<std::array<SeatTicket, kSeatsAHold>> tickets_;
  std::vector<HoldRequest> holds_;
  std::vector<HoldReply> held_;
  std::vector<ConfirmRequest> confirms_;
  std::vector<PayReply> paid_;
};

}  // namespace

std::string Ours::name() const {
  if (storage_ == OurStorage::kMemory) return "ours_memory";
  return storage_ == OurStorage::kShared ? "ours_shared" : "ours";
}

std::string Ours::durability() const {
  if (storage_ == OurStorage::kMemory) return "none (memory)";
  return storage_ == OurStorage::kShared ? "each transaction synced" : "log synced each batch";
}

EngineOptions Ours::Options() const {
  EngineOptions options;
  options.line = spec_.line ? "auto" : "none";
  options.batch_max = 16'384;
  options.sweeper_thread = storage_ == OurStorage::kJournal;  // and with it one that settles
  options.storage = "memory:";
  if (storage_ == OurStorage::kShared) options.storage = "sqlite:" + database();
  if (storage_ == OurStorage::kJournal) options.storage = "sqlite:" + database() + "?journal=on";
  return options;
}

void Ours::Reset(const HallSpec& spec) {
  engine_.reset();
  folder_ = std::make_unique<bench::WorkFolder>();
  spec_ = spec;
  performances_.clear();
  engine_ = Must(Engine::Open(Options()), "opening the engine");
  const int a_row = std::min<int>(100, static_cast<int>(spec.seats));
  const int rows = static_cast<int>(spec.seats) / a_row;
  venue_ = Must(
      engine_->catalog().AddVenue(Must(MakePlan("Hall", rows, a_row, 1), "a plan"), "", kPatient),
      "adding a venue");
  ShowSpec show;
  show.title = "Open to all";
  show_ = Must(engine_->catalog().AddShow(show), "adding a show");
  spec_.performances = 0;
  Grow(spec.performances);
  if (spec.line) {
    show.title = "With a line";
    show.requires_pass = true;
    show.active_max = 1'000;
    queued_show_ = Must(engine_->catalog().AddShow(show), "adding a show with a line");
    queued_performance_ = AddPerformance(queued_show_);
  }
  Fund();
}

void Ours::Grow(std::uint32_t performances) {
  for (; performances > 0; --performances, ++spec_.performances) {
    performances_.push_back(AddPerformance(show_));
  }
}

// A journal's log is settled by closing, as far as it was not.
void Ours::Settle() {
  Check(engine_->Close(kPatient), "closing");
  engine_.reset();
}

void Ours::Rest() {
  if (engine_ == nullptr) engine_ = Must(Engine::Open(Options()), "opening the engine again");
  for (const PerformanceId performance : performances_) {
    (void)Must(engine_->reservations().Count(performance), "counting");  // loads the mirror
  }
}

PerformanceId Ours::AddPerformance(ShowId show) {
  PerformanceSpec spec;
  spec.show = show;
  spec.venue = venue_;
  spec.local_date = "2036-12-31";
  spec.local_time = "19:30";
  spec.currency = Euro();
  spec.hold_ttl_ms = spec_.ttl_ms;
  spec.prices.push_back({"Category A", 0, "full", kPriceMinor});
  const PerformanceId performance =
      Must(engine_->catalog().AddPerformance(spec, kPatient), "adding a performance");
  (void)Must(engine_->reservations().Count(performance), "counting");  // loads the mirror
  return performance;
}

void Ours::Fund() {
  constexpr std::size_t kChunk = 10'000;
  std::vector<ChargeRequest> requests;
  for (std::uint64_t user = 1; user <= spec_.users; ++user) {
    requests.push_back(
        {TransferId{bench::NextId()}, UserId{user}, Money{kWalletMinor, Euro()}, ""});
    if (requests.size() < kChunk && user < spec_.users) continue;
    std::vector<TransferReply> replies(requests.size());
    engine_->wallet().Charge(requests, replies, kPatient);
    for (const TransferReply& reply : replies) Check(reply.status, "funding a wallet");
    requests.clear();
  }
}

std::unique_ptr<Caller> Ours::NewCaller() { return std::make_unique<OurCaller>(this); }

std::size_t Ours::Sweep(std::size_t max) {
  return static_cast<std::size_t>(
      Must(engine_->Sweep(static_cast<int>(max), kPatient), "sweeping"));
}

Books Ours::Read() {
  Rest();
  Books books;
  books.seats.resize(std::size_t{spec_.performances} * spec_.seats);
  const TimeUs now = engine_->Now();
  for (std::uint32_t p = 0; p < spec_.performances; ++p) {
    HoldId after;
    for (;;) {
      const std::vector<HoldView> holds =
          Must(engine_->reservations().ListByPerformance(performances_[p], after, 10'000, kPatient),
               "listing holds");
      for (const HoldView& hold : holds) {
        const bool sold = hold.state == HoldState::kConfirmed;
        if (!sold && hold.state != HoldState::kHeld) continue;
        books.deadlines += !sold && now.value < hold.expires_at.value;
        for (const HoldSeat& seat : hold.seats) {
          books.seats[std::size_t{p} * spec_.seats + seat.ordinal] = {
              sold ? SeatState::kSold : SeatState::kHeld, hold.hold.value};
        }
      }
      if (holds.size() < 10'000) break;
      after = holds.back().hold;
    }
  }
  const AuditReport audit = Must(engine_->Verify(kPatient), "auditing");
  books.payments = audit.transfers - spec_.users;  // every wallet was charged once
  for (const Money& money : audit.revenue) books.paid_minor += money.minor;
  for (const Money& money : audit.wallets) books.wallets_minor += money.minor;
  if (!audit.clean()) books.broken = audit.findings[0].check + ": " + audit.findings[0].detail;
  return books;
}

std::unique_ptr<Contestant> NewOurs(OurStorage storage) { return std::make_unique<Ours>(storage); }

}  // namespace seathold::sale

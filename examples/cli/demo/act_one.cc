#include "examples/cli/demo/act_one.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "examples/cli/demo/patience.h"

namespace seathold::demo {
namespace {

constexpr std::string_view kEmail = "anna@example.org", kPassword = "row A, next to the aisle";

// The buyer's way; every step says what came back and whether it is what a buyer may expect.
class Journey {
 public:
  Journey(Engine& engine, const Hall& hall, const Programme& programme, Console& console)
      : engine_(engine), hall_(hall), programme_(programme), console_(console) {}

  ActOneResult Run() {
    Login() && Queue() && Dates() && ChooseSeats() && HoldThem() && PayWithoutMoney() && Charge() &&
        Pay() && TokenEnded();
    return std::move(result_);
  }

 private:
  bool Tell(std::string_view step, const std::string& answer) {
    console_.Fact(step, answer);
    result_.answers.push_back(fmt::format("{}: {}", step, answer));
    return true;
  }

  bool Fail(std::string_view step, const Status& status) {
    console_.Fact(step, console_.Paint(Tone::kBad, status.text()));
    result_.status = status.ok() ? Status(Code::kInternal, std::string(step)) : status;
    return false;
  }

  std::string Amount(std::int64_t minor) const { return ToString(Money{minor, hall_.currency()}); }

  bool Login() {
    Result<UserId> user = engine_.accounts().Register(kEmail, kPassword, kPatient);
    if (!user.ok()) return Fail("login", user.status());
    Result<AccessToken> access = engine_.accounts().Login(kEmail, kPassword, kPatient);
    if (!access.ok()) return Fail("login", access.status());
    Result<Principal> principal = engine_.accounts().Authenticate(access->token, kPatient);
    if (!principal.ok()) return Fail("login", principal.status());
    user_ = principal->user;
    const std::int64_t minutes =
        (access->expires_at.value - engine_.Now().value) / kUsPerSecond / 60;
    return Tell("login", fmt::format("{}: password right, JWT of {} bytes for {} minutes", kEmail,
                                     access->token.size(), minutes));
  }

  bool Queue() {
    const JoinRequest request{programme_.show, user_};
    place_ = engine_.queue().Join(request, kPatient);
    if (!place_.status.ok() || place_.pass.empty()) return Fail("queue", place_.status);
    const std::int64_t seconds = (place_.admitted_until.value - engine_.Now().value) / kUsPerSecond;
    return Tell("queue", fmt::format("joined as number {}, nobody ahead: a pass for {} s",
                                     place_.sequence.counter(), seconds));
  }

  bool Dates() {
    PerformanceFilter filter;
    filter.show = programme_.show;
    Result<std::vector<PerformanceView>> dates = engine_.catalog().List(filter, kPatient);
    if (!dates.ok()) return Fail("dates", dates.status());
    std::string text;
    for (const PerformanceView& date : *dates) {
      text += fmt::format("{}{} {} {}", text.empty() ? "" : "; ", date.local_date, date.local_time,
                          date.availability.on_sale
                              ? Grouped(date.availability.available) + " seats free"
                              : "not on sale yet");
    }
    return Tell("dates", text);
  }

  bool ChooseSeats() {
    Result<std::vector<SeatView>> seats = engine_.catalog().ListSeats(programme_.tonight, kPatient);
    if (!seats.ok()) return Fail("seats", seats.status());
    HallMap map;
    std::uint32_t free = 0;
    for (const SeatView& seat : *seats) {
      map.seats.push_back(seat.state);
      free += seat.state == SeatState::kAvailable;
    }
    chosen_ = hall_.Choose(map, 2, 0.08);
    if (chosen_.size() != 2) return Fail("seats", Status(Code::kSoldOut));
    return Tell("seats", fmt::format("{} free, {} to {}; likes {} and {}", Grouped(free),
                                     Amount(hall_.cheapest_minor()), Amount(hall_.dearest_minor()),
                                     hall_.SeatName(chosen_[0]), hall_.SeatName(chosen_[1])));
  }

  bool HoldThem() {
    InlineList<SeatTicket, kSeatsWantedMax> tickets;
    for (const std::uint32_t seat : chosen_) {
      tickets.push_back({MakeSeatId(programme_.venue, seat)});
    }
    hold_ = HoldId{engine_.NewId()};
    HoldRequest request;
    request.id = hold_;
    request.user = user_;
    request.performance = programme_.tonight;
    request.seats = {tickets.begin(), tickets.size()};
    request.pass = place_.pass.view();
    HoldReply reply = engine_.reservations().Hold(request, kPatient);
    if (!reply.status.ok()) return Fail("hold", reply.status);
    total_ = reply.total;
    return Tell("hold",
                fmt::format("both are hers until {} have gone by: {}", Left(), ToString(total_)));
  }

  PayReply Confirm(TransferId payment) {
    ConfirmRequest request;
    request.performance = programme_.tonight;
    request.hold = hold_;
    request.payment = payment;
    request.user = user_;
    request.expected_total = total_;
    return engine_.reservations().Confirm(request, kPatient);
  }

  std::string Left() {
    Result<HoldView> view = engine_.reservations().Get(programme_.tonight, hold_, false, kPatient);
    if (!view.ok() || view->state != HoldState::kHeld) return "";
    return fmt::format("{}:{:02}", view->left_ms / 60'000, view->left_ms / 1'000 % 60);
  }

  bool PayWithoutMoney() {
    const PayReply reply = Confirm(TransferId{engine_.NewId()});
    if (reply.status.code() != Code::kInsufficientFunds) return Fail("pay", reply.status);
    const std::string left = Left();
    if (left.empty()) return Fail("pay", Status(Code::kHoldExpired));
    return Tell("pay", fmt::format("refused, {}; the hold stands, {} left",
                                   FindCode(reply.status.code())->text.substr(0, 22), left));
  }

  bool Charge() {
    const ChargeRequest request{TransferId{engine_.NewId()}, user_,
                                Money{total_.minor + 5'000, total_.currency}, "first top-up"};
    TransferReply reply = engine_.wallet().Charge(request, kPatient);
    if (!reply.status.ok()) return Fail("charge", reply.status);
    return Tell("charge", fmt::format("the wallet has {}", ToString(reply.balance_after)));
  }

  bool Pay() {
    const TransferId payment{engine_.NewId()};
    const PayReply reply = Confirm(payment);
    if (!reply.status.ok()) return Fail("pay", reply.status);
    const PayReply again = Confirm(payment);
    if (!again.status.ok() || !again.replayed) return Fail("pay again", again.status);
    result_.receipt = {user_, hold_, chosen_, reply.total.minor};
    Tell("pay", fmt::format("sold: {} paid, {} left in the wallet", ToString(reply.total),
                            ToString(reply.balance_after)));
    return Tell("pay again", fmt::format("same id, same answer: {} left, nothing paid twice",
                                         ToString(again.balance_after)));
  }

  bool TokenEnded() {
    const std::string_view token = place_.token.view();
    Place place = engine_.queue().Poll(token, kPatient);
    if (place.status.code() != Code::kPassSpent) return Fail("token", place.status);
    return Tell("token", "spent with the payment: the place in the queue is free");
  }

  Engine& engine_;
  const Hall& hall_;
  const Programme& programme_;
  Console& console_;
  ActOneResult result_;
  UserId user_;
  Place place_;
  Seats chosen_;
  HoldId hold_;
  Money total_;
};

}  // namespace

ActOneResult PlayActOne(Engine& engine, const Hall& hall, const Programme& programme,
                        Console& console) {
  return Journey(engine, hall, programme, console).Run();
}

}  // namespace seathold::demo

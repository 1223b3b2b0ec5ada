#include "src/engine/reservation_commands.h"

#include <algorithm>

#include "src/util/digest.h"
#include "src/util/text.h"

namespace seathold {
namespace {

Status CheckHoldIds(const HoldId& id, UserId user, PerformanceId performance, std::int64_t ttl_ms) {
  if (!id) return Status(Code::kInvalidArgument, "the hold id is zero");
  if (!user) return Status(Code::kInvalidArgument, "the user id is zero");
  if (!performance) return Status(Code::kInvalidArgument, "the performance id is zero");
  if (ttl_ms < 0 || ttl_ms > kTtlMsMax) {
    return Status(Code::kInvalidArgument, "ttl_ms is not within 0 .. 30 days");
  }
  return Status();
}

Status CheckReference(const ConfirmRequest& request) {
  if (request.tender == Tender::kWallet) {
    if (request.reference.empty()) return Status();
    return Status(Code::kInvalidArgument, "a wallet payment has no provider reference");
  }
  if (request.tender != Tender::kExternal) {
    return Status(Code::kInvalidArgument, "the tender is neither wallet nor external");
  }
  if (request.reference.empty()) {
    return Status(Code::kInvalidArgument, "an external payment needs the provider's reference");
  }
  if (!IsCleanText(request.reference, kReferenceBytesMax)) {
    return Status(Code::kInvalidText, "the provider's reference");
  }
  return Status();
}

// A provider's text, or what a clerk copied by hand: one in either normal form, as that cannot be
// seen, and otherwise another with every byte. It is kept as given; what has no form is its own.
void SetDigests(std::string_view reference, ConfirmArgs* args) {
  const auto form = Normalized(reference, TextForm::kComposed);
  args->reference_digest = Digest128("seathold/reference", form ? *form : reference);
  if (form && *form != reference) {
    args->given_digest = Digest128("seathold/reference", reference);
  }
}

}  // namespace

Status ReadHold(const HoldRequest& request, const RuleLimits& limits, HoldArgs* args) {
  if (Status s = CheckHoldIds(request.id, request.user, request.performance, request.ttl_ms);
      !s.ok()) {
    return s;
  }
  if (request.seats.empty()) return Status(Code::kInvalidArgument, "no seat is named");
  if (request.seats.size() > kSeatsPerHoldCap) return TooManySeats(limits);
  args->id = request.id;
  args->user = request.user;
  args->performance = request.performance;
  args->ttl_ms = request.ttl_ms;
  args->staff = request.staff;
  for (const SeatTicket& ticket : request.seats) args->seats.push_back(ticket);
  std::ranges::sort(args->seats);
  for (std::size_t i = 1; i < args->seats.size(); ++i) {
    if (args->seats[i].seat == args->seats[i - 1].seat) return Status(Code::kDuplicateSeat);
  }
  return Status();
}

Status ReadBest(const BestRequest& request, const RuleLimits& limits, HoldArgs* args) {
  if (Status s = CheckHoldIds(request.id, request.user, request.performance, request.ttl_ms);
      !s.ok()) {
    return s;
  }
  if (request.seats < 1) return Status(Code::kInvalidArgument, "fewer than one seat is asked for");
  if (request.seats > kSeatsPerHoldCap) return TooManySeats(limits);
  if (request.category && *request.category == kAnyCategory) {
    return Status(Code::kInvalidArgument, "the category is out of range");
  }
  args->id = request.id;
  args->user = request.user;
  args->performance = request.performance;
  args->ttl_ms = request.ttl_ms;
  args->staff = request.staff;
  args->best = HoldArgs::Best{request.seats, request.category.value_or(kAnyCategory),
                              request.ticket_type, request.allow_split};
  return Status();
}

Status ReadConfirm(const ConfirmRequest& request, ConfirmArgs* args) {
  if (!request.performance) return Status(Code::kInvalidArgument, "the performance id is zero");
  if (!request.hold) return Status(Code::kInvalidArgument, "the hold id is zero");
  if (!request.payment) return Status(Code::kInvalidArgument, "the payment id is zero");
  if (!request.user) return Status(Code::kInvalidArgument, "the user id is zero");
  if (Status s = CheckReference(request); !s.ok()) return s;
  const auto& expected = request.expected_total;
  if (expected && (expected->minor < 0 || !CurrencyOfLetters(expected->currency.text()))) {
    return Status(Code::kInvalidArgument, "expected_total is negative or without a currency");
  }
  args->performance = request.performance;
  args->hold = request.hold;
  args->payment = request.payment;
  args->user = request.user;
  args->tender = request.tender;
  args->reference = request.reference;
  if (!request.reference.empty()) {
    SetDigests(request.reference, args);
  }
  args->expected_total = expected;
  return Status();
}

Status ReadCancel(const CancelRequest& request) {
  if (!request.performance) return Status(Code::kInvalidArgument, "the performance id is zero");
  if (!request.hold) return Status(Code::kInvalidArgument, "the hold id is zero");
  if (!request.user) return Status(Code::kInvalidArgument, "the user id is zero");
  return Status();
}

Status ReadRefund(const RefundRequest& request) {
  if (!request.id) return Status(Code::kInvalidArgument, "the refund id is zero");
  if (!request.performance) return Status(Code::kInvalidArgument, "the performance id is zero");
  if (!request.hold) return Status(Code::kInvalidArgument, "the hold id is zero");
  return Status();
}

}  // namespace seathold

#include "src/objects/reservation_commands.h"

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

// In its normal form, so that a letter typed composed or decomposed is one.
Status TakeReference(const ConfirmRequest& request, std::string* taken) {
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
  *taken = request.reference.substr(0, kReferenceBytesMax + 1);  // one more is too long, too
  return TakeInPlace(taken, kReferenceBytesMax, "the provider's reference");
}

Uuid DigestOf(std::string_view reference) { return Digest128("seathold/reference", reference); }

// Release 0.1 noted a reference as it was given: composed, decomposed, or as this one is.
void SetDigests(std::string_view given, ConfirmArgs* args) {
  args->reference_digest = DigestOf(args->reference);
  const auto decomposed = Normalized(args->reference, TextForm::kDecomposed);
  const std::string_view other = given != args->reference ? given : std::string_view(*decomposed);
  if (other != args->reference) args->other_digest = DigestOf(other);
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
  if (!std::ranges::is_sorted(args->seats)) std::ranges::sort(args->seats);
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
  if (Status s = TakeReference(request, &args->reference); !s.ok()) return s;
  const auto& expected = request.expected_total;
  if (expected && (expected->minor < 0 || !CurrencyOfLetters(expected->currency.text()))) {
    return Status(Code::kInvalidArgument, "expected_total is negative or without a currency");
  }
  args->performance = request.performance;
  args->hold = request.hold;
  args->payment = request.payment;
  args->user = request.user;
  args->tender = request.tender;
  if (!args->reference.empty()) SetDigests(request.reference, args);
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

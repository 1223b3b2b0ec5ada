#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "examples/cli/who.h"

namespace seathold::cli {
namespace {

struct ConfirmOptions {
  std::uint64_t performance = 0;
  std::optional<Uuid> hold, payment;
  std::string tender = "wallet", reference, expect;
  Who who;
};
struct RefundOptions {
  std::uint64_t performance = 0;
  std::optional<Uuid> hold, id;
};

struct Payment {
  std::string hold, id;
  bool wallet = false;
  std::string_view verb;    // "paid"
  std::string_view option;  // that takes the id again
};

int ReportPayment(Session& session, const Payment& payment, const PayReply& reply) {
  Answer answer;
  const std::string id = reply.status.ok() ? ToString(reply.payment.value) : payment.id;
  answer.json.Set("hold", payment.hold).Set("transfer", id);
  if (!reply.status.ok()) {
    const bool open = reply.status.outcome() == Outcome::kUnknown;
    const std::string hint = open ? fmt::format(" ({} {})", payment.option, payment.id) : "";
    return session.Fail(reply.status, answer.json, hint);
  }
  answer.json.Set("total", MoneyJson(reply.total)).Set("replayed", reply.replayed);
  answer.json.Set("already", reply.already);
  const std::string known = reply.already    ? " (was paid before, not twice)"
                            : reply.replayed ? " (known already)"
                                             : "";
  answer.text =
      fmt::format("{}      {}{}\ntransfer  {}\n", payment.verb, ToString(reply.total), known, id);
  if (payment.wallet) {
    answer.json.Set("balance_after", MoneyJson(reply.balance_after));
    answer.text += fmt::format("balance   {}\n", ToString(reply.balance_after));
  }
  answer.brief = id;
  return session.Done(answer);
}

Result<ConfirmRequest> ReadConfirm(Session& session, const ConfirmOptions& options) {
  const Result<UserId> user = Identify(session, options.who);
  if (!user.ok()) return user.status();
  ConfirmRequest request;
  request.performance = PerformanceId{options.performance};
  request.hold = HoldId{*options.hold};
  request.payment = TransferId{options.payment ? *options.payment : session.engine().NewId()};
  request.user = *user;
  request.tender = options.tender == "external" ? Tender::kExternal : Tender::kWallet;
  request.reference = options.reference;
  if (options.expect.empty()) return request;
  const Result<Performance> performance = FindPerformance(session, request.performance);
  if (!performance.ok()) return performance.status();
  const Result<Money> total = ReadMoney("--expect", options.expect, performance->currency());
  if (!total.ok()) return total.status();
  request.expected_total = *total;
  return request;
}

int Confirm(Session& session, const ConfirmOptions& options) {
  const Result<ConfirmRequest> request = ReadConfirm(session, options);
  if (!request.ok()) return session.Fail(request.status());
  PayReply reply = session.engine().reservations().Confirm(request.value(), session.call());
  return ReportPayment(session,
                       {.hold = ToString(request->hold.value),
                        .id = ToString(request->payment.value),
                        .wallet = request->tender == Tender::kWallet,
                        .verb = "paid",
                        .option = "--payment"},
                       reply);
}

int Refund(Session& session, const RefundOptions& options) {
  RefundRequest request;
  request.id = TransferId{options.id ? *options.id : session.engine().NewId()};
  request.performance = PerformanceId{options.performance};
  request.hold = HoldId{*options.hold};
  PayReply reply = session.engine().reservations().Refund(request, session.call());
  return ReportPayment(session,
                       {.hold = ToString(request.hold.value),
                        .id = ToString(request.id.value),
                        .wallet = reply.balance_after.currency.text() != "",
                        .verb = "back",
                        .option = "--id"},
                       reply);
}

Command DescribeConfirm() {
  auto o = std::make_shared<ConfirmOptions>();
  Command command{
      .path = "confirm",
      .alias = "pay",
      .purpose = "pay for a hold: seats sold and money moved in one step",
      .details =
          "A refused payment debits nothing and leaves the hold to its deadline: pay again "
          "under a new\n--payment id. After exit code 4 (unknown) send the same call again "
          "with the same id.",
      .options = {{"--tender", "wallet|external", "from the wallet, or paid outside [wallet]",
                   Choice{&o->tender, {"wallet", "external"}}},
                  {"--reference", "TEXT",
                   "external: the provider's reference, which pays once, ever",
                   Text{&o->reference}},
                  {"--expect", "AMOUNT", "refuse unless this is the total, as in 90.00",
                   Text{&o->expect}}},
      .examples = {"seathold pay -p 1 --user 7 --hold \"$HOLD\"",
                   "seathold confirm -p 1 --user 7 --hold \"$HOLD\" --tender external \\\n      "
                   "--reference pi_3Nx --id-from pi_3Nx --expect 90.00"},
      .run = [o](Session& session) { return Confirm(session, *o); }};
  std::vector<Option> first = {PerformanceOption(&o->performance)};
  Append(&first, DescribeHoldId(&o->hold));
  Append(&first, DescribeNewId("--payment",
                               "the payment's id; the same id again pays once [made and printed]",
                               &o->payment));
  command.options.insert(command.options.begin(), first.begin(), first.end());
  Append(&command.options, DescribeWho(&o->who));
  return command;
}

Command DescribeRefund() {
  auto o = std::make_shared<RefundOptions>();
  Command command{.path = "refund",
                  .purpose = "pay a whole reservation back and put its seats on sale again",
                  .details = "An operator's command.",
                  .options = {PerformanceOption(&o->performance)},
                  .examples = {"seathold refund -p 1 --hold \"$HOLD\"",
                               "seathold refund -p 1 --hold \"$HOLD\" --id-from refund:pi_3Nx"},
                  .run = [o](Session& session) { return Refund(session, *o); }};
  Append(&command.options, DescribeHoldId(&o->hold));
  Append(&command.options,
         DescribeNewId("--id", "the refund's id; the same id again refunds once [made and printed]",
                       &o->id));
  return command;
}

}  // namespace

std::vector<Command> PaymentCommands() { return {DescribeConfirm(), DescribeRefund()}; }

}  // namespace seathold::cli

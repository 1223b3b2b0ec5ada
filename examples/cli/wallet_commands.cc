#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "examples/cli/who.h"

namespace seathold::cli {
namespace {

struct WalletOptions {
  std::string amount, currency, reference;
  std::optional<Uuid> id;
  std::int64_t after = 0, lines_max = 100;
  Who who;
};
struct Purse {
  UserId user;
  Currency currency;
};

constexpr std::int64_t kStatementLinesMax = 10'000;

Result<Purse> FindPurse(Session& session, const WalletOptions& options) {
  const Result<Currency> currency = ReadCurrency("--currency", options.currency);
  if (!currency.ok()) return currency.status();
  const Result<UserId> user = Identify(session, options.who);
  if (!user.ok()) return user.status();
  return Purse{*user, *currency};
}

int Move(Session& session, const WalletOptions& options, TransferKind kind) {
  const Result<Purse> purse = FindPurse(session, options);
  if (!purse.ok()) return session.Fail(purse.status());
  const Result<Money> amount = ReadMoney("--amount", options.amount, purse->currency);
  if (!amount.ok()) return session.Fail(amount.status());
  if (amount->minor == 0) {
    return session.Fail(Status(Code::kInvalidArgument, "--amount: more than zero is wanted"));
  }
  ChargeRequest request;
  request.id = TransferId{options.id ? *options.id : session.engine().NewId()};
  request.user = purse->user;
  request.amount = *amount;
  request.reference = options.reference;
  Wallet& wallet = session.engine().wallet();
  const TransferReply reply = kind == TransferKind::kCharge
                                  ? wallet.Charge(request, session.call())
                                  : wallet.Withdraw(request, session.call());
  Answer answer;
  answer.brief = ToString(request.id.value);
  answer.json.Set("transfer", answer.brief).Set("user", UserJson(purse->user));
  if (!reply.status.ok()) {
    const bool open = reply.status.outcome() == Outcome::kUnknown;
    return session.Fail(reply.status, answer.json, open ? " (--id " + answer.brief + ")" : "");
  }
  answer.json.Set("amount", MoneyJson(*amount))
      .Set("balance_after", MoneyJson(reply.balance_after));
  answer.json.Set("replayed", reply.replayed);
  answer.text = fmt::format("{} {}{}\nbalance   {}\ntransfer  {}\n",
                            kind == TransferKind::kCharge ? "charged  " : "withdrawn",
                            ToString(*amount), reply.replayed ? " (known already)" : "",
                            ToString(reply.balance_after), answer.brief);
  return session.Done(answer);
}

int ShowBalance(Session& session, const WalletOptions& options) {
  const Result<Purse> purse = FindPurse(session, options);
  if (!purse.ok()) return session.Fail(purse.status());
  const Result<Money> balance =
      session.engine().wallet().Balance(purse->user, purse->currency, session.call());
  if (!balance.ok()) return session.Fail(balance.status());
  Answer answer;
  answer.json.Set("user", UserJson(purse->user)).Set("balance", MoneyJson(*balance));
  answer.brief = ToString(*balance);
  answer.text = answer.brief + "\n";
  return session.Done(answer);
}

Json LineJson(const StatementLine& line, Currency currency) {
  Json json = Json::Object();
  json.Set("line", line.line).Set("at", TimeJson(line.created_at)).Set("kind", NameOf(line.kind));
  json.Set("amount", MoneyJson({line.amount_minor, currency}));
  json.Set("balance_after", MoneyJson({line.balance_after_minor, currency}));
  json.Set("transfer", ToString(line.id.value)).Set("reference", line.reference);
  return json.Set("performance", line.performance ? Json(line.performance.value) : Json());
}

int ShowStatement(Session& session, const WalletOptions& options) {
  const Result<Purse> purse = FindPurse(session, options);
  if (!purse.ok()) return session.Fail(purse.status());
  const auto lines = session.engine().wallet().Statement(
      purse->user, purse->currency, static_cast<std::uint64_t>(options.after),
      static_cast<int>(options.lines_max), session.call());
  if (!lines.ok()) return session.Fail(lines.status());
  Answer answer;
  Json list = Json::Array();
  Table table(
      {">line", "at", "kind", ">amount", ">balance", ">performance", "transfer", "reference"});
  for (const StatementLine& line : *lines) {
    list.Push(LineJson(line, purse->currency));
    table.Add({std::to_string(line.line), TimeText(line.created_at), std::string(NameOf(line.kind)),
               ToString(Money{line.amount_minor, purse->currency}),
               ToString(Money{line.balance_after_minor, purse->currency}),
               line.performance ? std::to_string(line.performance.value) : "-",
               ToString(line.id.value), line.reference});
    answer.brief += (answer.brief.empty() ? "" : "\n") + ToString(line.id.value);
  }
  answer.json.Set("user", UserJson(purse->user)).Set("lines", std::move(list));
  answer.text = lines->empty() ? "none\n" : table.text();
  return session.Done(answer);
}

struct TransferOptions {
  std::optional<Uuid> id;
  bool settle = false;
  Who who;
};

Json TransferJson(const TransferView& transfer) {
  Json json = Json::Object();
  json.Set("transfer", ToString(transfer.id.value)).Set("kind", NameOf(transfer.kind));
  json.Set("code", FindCode(transfer.code)->name).Set("user", UserJson(transfer.user));
  json.Set("amount", MoneyJson(transfer.amount)).Set("at", TimeJson(transfer.created_at));
  json.Set("performance", transfer.performance ? Json(transfer.performance.value) : Json());
  json.Set("hold", transfer.hold ? Json(ToString(transfer.hold.value)) : Json());
  json.Set("tender", NameOf(transfer.tender)).Set("reference", transfer.reference);
  return json;
}

std::string TransferText(const TransferView& transfer) {
  std::string text = fmt::format(
      "transfer     {}\nkind         {}\noutcome      {}\nuser         {}\namount       {}\n"
      "made         {}\n",
      ToString(transfer.id.value), NameOf(transfer.kind), FindCode(transfer.code)->text,
      transfer.user.value, ToString(transfer.amount), TimeText(transfer.created_at));
  if (transfer.performance) {
    text += fmt::format("performance  {}\nhold         {}\ntender       {}\n",
                        transfer.performance.value, ToString(transfer.hold.value),
                        NameOf(transfer.tender));
  }
  if (!transfer.reference.empty()) {
    text += fmt::format("reference    {}\n", Printable(transfer.reference));
  }
  return text;
}

// To a stranger another's transfer is none.
int ShowTransfer(Session& session, const TransferOptions& options) {
  const Result<std::optional<UserId>> user = IdentifyAnybody(session, options.who);
  if (!user.ok()) return session.Fail(user.status());
  const Result<TransferView> transfer = session.engine().wallet().GetTransfer(
      TransferId{*options.id}, options.settle, session.call());
  if (!transfer.ok()) return session.Fail(transfer.status());
  if (user->has_value() && **user != transfer->user) {
    return session.Fail(Status(Code::kUnknownTransfer));
  }
  Answer answer;
  answer.json = TransferJson(*transfer);
  answer.text = TransferText(*transfer);
  answer.brief = transfer->code == Code::kOk ? "done" : FindCode(transfer->code)->name;
  return session.Done(answer);
}

Command DescribeTransfer() {
  auto o = std::make_shared<TransferOptions>();
  Command command{
      .path = "transfer show",
      .purpose = "look up a charge, withdrawal, payment or refund by its id",
      .details =
          "A payment or withdrawal that was refused for lack of funds, or a price that did not "
          "match, is\nkept under its id and shown with its code. With a token only one's own are "
          "seen. --settle waits\nfor calls in flight: after it the answer is final for every call "
          "that was sent before.\nWith --quiet: \"done\", or the code.",
      .options = {{"--id,id", "UUID", "the transfer; UUID alone does, too", IdText{&o->id}, true},
                  {"--id-from", "TEXT", "instead: the transfer that was made with --id-from TEXT",
                   TextOfId{&o->id}},
                  {"--settle", "", "read behind the write lock, after an unknown outcome",
                   Flag{&o->settle}}},
      .examples = {"seathold transfer show 01890a5d-ac96-774b-bcce-b302099a8057",
                   "seathold -q transfer show --id-from pi_3Nx --settle"},
      .run = [o](Session& session) { return ShowTransfer(session, *o); },
      .reads = true};
  Append(&command.options, DescribeWho(&o->who));
  return command;
}

Command Describe(std::string path, std::string purpose, const std::shared_ptr<WalletOptions>& o,
                 int (*run)(Session&, const WalletOptions&)) {
  Command command;
  command.path = std::move(path);
  command.purpose = std::move(purpose);
  command.options = {{"--currency", "CODE", "ISO 4217, such as EUR", Text{&o->currency}, true}};
  for (Option& option : DescribeWho(&o->who)) command.options.push_back(std::move(option));
  command.run = [o, run](Session& session) { return run(session, *o); };
  return command;
}

int Charge(Session& session, const WalletOptions& options) {
  return Move(session, options, TransferKind::kCharge);
}
int Withdraw(Session& session, const WalletOptions& options) {
  return Move(session, options, TransferKind::kWithdraw);
}

Command DescribeMove(TransferKind kind) {
  auto o = std::make_shared<WalletOptions>();
  const bool charge = kind == TransferKind::kCharge;
  Command command =
      charge ? Describe("wallet charge", "put money from outside into a wallet", o, Charge)
             : Describe("wallet withdraw", "pay money of a wallet out", o, Withdraw);
  command.options.insert(command.options.begin(),
                         {"--amount", "AMOUNT", "as a decimal in the currency, such as 45.00",
                          Text{&o->amount}, true});
  Append(&command.options,
         DescribeNewId("--id",
                       "the transfer's id; the same id again moves money once [made and printed]",
                       &o->id));
  command.options.push_back(
      {"--reference", "TEXT", "for the statement, up to 200 bytes", Text{&o->reference}});
  command.examples = {
      "seathold " + command.path + " --user 7 --amount 90.00 --currency EUR",
      "seathold " + command.path + " --user 7 --amount 90.00 --currency EUR --id-from pi_3Nx"};
  return command;
}

Command DescribeBalance() {
  auto o = std::make_shared<WalletOptions>();
  Command command = Describe("wallet balance", "show what a wallet holds", o, ShowBalance);
  command.reads = true;
  command.opens = Opens::kReading;
  command.examples = {"seathold wallet balance --user 7 --currency EUR"};
  return command;
}

Command DescribeStatement() {
  auto o = std::make_shared<WalletOptions>();
  Command command = Describe("wallet statement", "list the transfers, with the balance after each",
                             o, ShowStatement);
  command.options.push_back({"--after", "LINE", "go on behind this line [0]",
                             Number{&o->after, 0, std::numeric_limits<std::int64_t>::max()}});
  command.options.push_back({"--lines-max", "N", "at most this many, 1 .. 10000 [100]",
                             Number{&o->lines_max, 1, kStatementLinesMax}});
  command.reads = true;
  command.opens = Opens::kReading;
  command.examples = {"seathold wallet statement --user 7 --currency EUR"};
  return command;
}

}  // namespace

std::vector<Command> WalletCommands() {
  return {DescribeMove(TransferKind::kCharge), DescribeMove(TransferKind::kWithdraw),
          DescribeBalance(), DescribeStatement(), DescribeTransfer()};
}

}  // namespace seathold::cli

// Wallet: charges and withdrawals are commands; the rest is read from storage.
#include "src/rules/wallet.h"

#include <algorithm>

#include "src/engine/engine_core.h"
#include "src/objects/dispatch.h"
#include "src/objects/reservation_commands.h"
#include "src/util/escaped.h"
#include "src/util/text.h"

namespace seathold {
namespace {

constexpr int kLinesMax = 10'000;
using WalletCommand = RuleCommand<WalletArgs, TransferReply, WalletKeys, DecideWallet>;

// Money that is there may leave also after its currency was withdrawn.
Status CheckCurrency(TransferKind kind, Currency currency) {
  if (kind == TransferKind::kCharge ? IsListed(currency)
                                    : CurrencyOfLetters(currency.text()).has_value()) {
    return Status();
  }
  return Status(Code::kInvalidArgument,
                "currency " + Quoted(currency.text()) +
                    " is not one of ISO 4217; a code such as EUR is wanted");
}

Status ReadCharge(TransferKind kind, const ChargeRequest& request, WalletArgs* args) {
  if (!request.id) return Status(Code::kInvalidArgument, "the transfer id is zero");
  if (!request.user) return Status(Code::kInvalidArgument, "the user id is zero");
  if (Status s = CheckCurrency(kind, request.amount.currency); !s.ok()) return s;
  // One byte more is too long, too.
  *args = {request.id, request.user, request.amount,
           std::string(request.reference.substr(0, kReferenceBytesMax + 1)), kind};
  Status taken = TakeInPlace(&args->reference, kReferenceBytesMax, "the reference");
  if (!taken.ok()) return taken;
  const bool in_range = request.amount.minor >= 1 && request.amount.minor <= kAmountMinorMax;
  return in_range ? Status() : Status(Code::kAmountOutOfRange);
}

TransferView ViewOf(const TransferRecord& record) {
  TransferView view;
  view.id = record.transfer;
  view.kind = record.kind;
  view.code = record.code;
  view.user = record.user;
  view.amount = Money{record.amount_minor, record.currency};
  view.performance = record.performance;
  view.hold = record.hold;
  view.tender = record.tender;
  view.reference = record.reference;
  view.created_at = record.created_at;
  return view;
}

StatementLine LineOf(const TransferRecord& record) {
  const bool debit = record.debit == LedgerSide::kUser;
  return {record.line,
          record.transfer,
          record.kind,
          debit ? -record.amount_minor : record.amount_minor,
          record.balance_after_minor,
          record.performance,
          record.reference,
          record.created_at};
}

class WalletImpl final : public Wallet {
 public:
  explicit WalletImpl(EngineCore& core) : core_(core) {}

  void Charge(std::span<const ChargeRequest> requests, std::span<TransferReply> replies,
              const CallOptions& options) override {
    Move(TransferKind::kCharge, requests, replies, options);
  }
  void Withdraw(std::span<const ChargeRequest> requests, std::span<TransferReply> replies,
                const CallOptions& options) override {
    Move(TransferKind::kWithdraw, requests, replies, options);
  }
  Result<Money> Balance(UserId user, Currency currency, const CallOptions& options) override;
  Result<std::vector<StatementLine>> Statement(UserId user, Currency currency, std::uint64_t after,
                                               int lines_max, const CallOptions& options) override;
  Result<TransferView> GetTransfer(TransferId id, bool settle, const CallOptions& options) override;

 private:
  void Move(TransferKind kind, std::span<const ChargeRequest> requests,
            std::span<TransferReply> replies, const CallOptions& options);

  EngineCore& core_;
};

void WalletImpl::Move(TransferKind kind, std::span<const ChargeRequest> requests,
                      std::span<TransferReply> replies, const CallOptions& options) {
  const Timed timed(core_.counters.other);
  Dispatch<WalletCommand>(core_, requests, replies, Deadline::After(options, timed.from_ns()),
                          &core_.counters.others,
                          [&](const ChargeRequest& request, WalletArgs* args) {
                            return ReadCharge(kind, request, args);
                          });
}

Result<Money> WalletImpl::Balance(UserId user, Currency currency, const CallOptions& options) try {
  if (!user || !CurrencyOfLetters(currency.text())) {
    return Status(Code::kInvalidArgument,
                  "the user id is zero, or the currency not three capital letters");
  }
  KeySet keys;
  keys.Add<BalanceRecord>({user, currency});
  RecordSet rows;
  const Status status = core_.InUnit(Access::kRead, Deadline::After(options),
                                     [&](StorageUnit& unit) { return unit.Load(keys, &rows); });
  if (!status.ok()) return status;
  const auto& found = rows.of<BalanceRecord>().rows;
  return Money{found.empty() ? 0 : found[0].balance_minor, currency};
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<StatementLine>> WalletImpl::Statement(UserId user, Currency currency,
                                                         std::uint64_t after, int lines_max,
                                                         const CallOptions& options) try {
  const bool good = user.value != 0 && CurrencyOfLetters(currency.text()) && lines_max >= 1 &&
                    lines_max <= kLinesMax && after <= INT64_MAX;
  if (!good) {
    return Status(Code::kInvalidArgument, "user, currency, or lines_max (1 .. 10,000)");
  }
  ScanSpec scan{.index = ScanSpec::Index::kTransfersOfAccount, .key = user.value};
  scan.after = static_cast<std::int64_t>(after);
  scan.currency = currency;
  scan.rows_max = static_cast<std::uint32_t>(lines_max);
  RecordSet rows;
  bool more = false;
  const Status status =
      core_.InUnit(Access::kRead, Deadline::After(options),
                   [&](StorageUnit& unit) { return unit.Scan(scan, &rows, &more); });
  if (!status.ok()) return status;
  std::vector<StatementLine> lines;
  for (const TransferRecord& record : rows.of<TransferRecord>().rows)
    lines.push_back(LineOf(record));
  return lines;
} catch (...) {
  return CaughtStatus();
}

Result<TransferView> WalletImpl::GetTransfer(TransferId id, bool settle,
                                             const CallOptions& options) try {
  if (!id) return Status(Code::kInvalidArgument, "the transfer id is zero");
  KeySet keys;
  keys.Add<TransferRecord>({id});
  RecordSet rows;
  const Status status =
      core_.InUnit(settle ? Access::kWrite : Access::kRead, Deadline::After(options),
                   [&](StorageUnit& unit) { return unit.Load(keys, &rows); });
  if (!status.ok()) return status;
  const auto& found = rows.of<TransferRecord>().rows;
  if (found.empty()) return Code::kUnknownTransfer;
  return ViewOf(found[0]);
} catch (...) {
  return CaughtStatus();
}

}  // namespace

std::unique_ptr<Wallet> NewWallet(EngineCore& core) { return std::make_unique<WalletImpl>(core); }

}  // namespace seathold

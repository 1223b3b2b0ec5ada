#include "capi/shim.h"

namespace seathold::capi {
namespace {

const char* Read(const seathold_charge_request& in, std::string_view references,
                 ChargeRequest* out) {
  std::memcpy(&out->id.value, in.id, sizeof in.id);
  out->user.value = in.user;
  out->amount.minor = in.amount_minor;
  out->reference = {};
  const auto currency = ReadCurrency(in.currency);
  out->amount.currency = currency.value_or(Currency{});
  if (in.reserved != 0) return "reserved is not zero";
  if (!currency) return "currency is not three capital letters and a NUL";
  if (!Fits(in.reference_at, in.reference_n, references.size())) {
    return "its reference leaves the side array";
  }
  out->reference = Part(references.data(), in.reference_at, in.reference_n);
  return nullptr;
}

void Write(const TransferReply& reply, seathold_transfer_result* out) {
  out->code = static_cast<seathold_status>(reply.status.code());
  out->flags = Bit(reply.replayed, SEATHOLD_REPLAYED);
  out->balance_minor = reply.balance_after.minor;
  WriteCurrency(out->currency, reply.balance_after.currency);
  out->reserved = 0;
}

// Charge and Withdraw differ in the method alone.
using MoveMethod = void (Wallet::*)(std::span<const ChargeRequest>, std::span<TransferReply>,
                                    const CallOptions&);
seathold_status Move(seathold_engine engine, const seathold_charge_request* in, std::size_t n,
                     const char* references, std::size_t references_size,
                     seathold_transfer_result* out, std::int64_t timeout_ms, seathold_error* error,
                     MoveMethod method) {
  Arguments arguments;
  arguments.Array(in, n, "in")
      .Text(references, references_size, "references", kAnyBytes)
      .Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) -> Answer {
    const auto requests = sending.Room(&Scratch::charges, n);
    const auto replies = sending.Room(&Scratch::transfer_replies, n);
    Malformed malformed;
    for (std::size_t i = 0; i < n; ++i) {
      const char* bad = Read(in[i], {references, references_size}, &requests[i]);
      if (bad == nullptr) continue;
      malformed.Note(i, bad);
      requests[i].id = {};
    }
    (sending.engine().wallet().*method)(requests, replies, OptionsOf(timeout_ms));
    return WriteEach<TransferReply>(
        replies, malformed, out,
        [](const TransferReply& reply, seathold_transfer_result* to) { Write(reply, to); });
  });
}

void Write(const StatementLine& line, seathold_statement_line* out) {
  *out = seathold_statement_line{};
  out->line = line.line;
  WriteId(out->id, line.id.value);
  out->amount_minor = line.amount_minor;
  out->balance_after_minor = line.balance_after_minor;
  out->performance = line.performance.value;
  out->created_at_us = line.created_at.value;
  out->kind = static_cast<std::uint32_t>(line.kind);
  out->reference_n = CopyText(line.reference, out->reference, sizeof out->reference);
}

void Write(const TransferView& view, seathold_transfer_view* out) {
  *out = seathold_transfer_view{};
  WriteId(out->id, view.id.value);
  WriteId(out->hold, view.hold.value);
  out->user = view.user.value;
  out->performance = view.performance.value;
  out->amount_minor = view.amount.minor;
  out->created_at_us = view.created_at.value;
  WriteCurrency(out->currency, view.amount.currency);
  out->code = static_cast<seathold_status>(view.code);
  out->kind = static_cast<std::uint32_t>(view.kind);
  out->tender = static_cast<std::uint32_t>(view.tender);
  out->reference_n = CopyText(view.reference, out->reference, sizeof out->reference);
}

Status NoCurrency() {
  return Status(Code::kInvalidArgument, "currency is not three capital letters and a NUL");
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_charge(seathold_engine engine, const seathold_charge_request* in, size_t n,
                                const char* references, size_t references_size,
                                seathold_transfer_result* out, int64_t timeout_ms,
                                seathold_error* error) {
  return Move(engine, in, n, references, references_size, out, timeout_ms, error, &Wallet::Charge);
}

seathold_status seathold_withdraw(seathold_engine engine, const seathold_charge_request* in,
                                  size_t n, const char* references, size_t references_size,
                                  seathold_transfer_result* out, int64_t timeout_ms,
                                  seathold_error* error) {
  return Move(engine, in, n, references, references_size, out, timeout_ms, error,
              &Wallet::Withdraw);
}

seathold_status seathold_balance_read(seathold_engine engine, uint64_t user, const char currency[4],
                                      int64_t* balance_minor, int64_t timeout_ms,
                                      seathold_error* error) {
  Arguments arguments;
  arguments.Need(currency, "currency").Need(balance_minor, "balance_minor").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto code = ReadCurrency(currency);
    if (!code) return NoCurrency();
    const auto balance =
        session.engine->wallet().Balance(UserId{user}, *code, OptionsOf(timeout_ms));
    if (!balance.ok()) return balance.status();
    *balance_minor = balance->minor;
    return {};
  });
}

seathold_status seathold_statement_read(seathold_engine engine, uint64_t user,
                                        const char currency[4], uint64_t after,
                                        seathold_statement_line* out, size_t cap, size_t* n,
                                        int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Need(currency, "currency").Rows(cap).Need(out, "out").Need(n, "n").Timeout(timeout_ms);
  arguments.That(after <= INT64_MAX, "after", " is out of range");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto code = ReadCurrency(currency);
    if (!code) return NoCurrency();
    const auto lines = session.engine->wallet().Statement(
        UserId{user}, *code, after, static_cast<int>(cap), OptionsOf(timeout_ms));
    if (!lines.ok()) return lines.status();
    return GiveRecords(*lines, out, cap, n,
                       [](const StatementLine& line, auto* to) { Write(line, to); });
  });
}

seathold_status seathold_transfer_get(seathold_engine engine, const uint8_t id[16], uint32_t flags,
                                      seathold_transfer_view* out, int64_t timeout_ms,
                                      seathold_error* error) {
  Arguments arguments;
  arguments.Need(id, "id").Flags(flags, SEATHOLD_SETTLE).Need(out, "out").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto view = session.engine->wallet().GetTransfer(TransferId{ReadId(id)}, flags != 0,
                                                           OptionsOf(timeout_ms));
    if (!view.ok()) return view.status();
    Write(*view, out);
    return {};
  });
}

}  // extern "C"

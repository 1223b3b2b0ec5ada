// Everything a demo found out, and what of it must hold. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "examples/cli/demo/act_one.h"
#include "examples/cli/demo/crash.h"
#include "examples/cli/demo/rush.h"
#include "examples/cli/demo/sale_record.h"
#include "seathold/engine.h"

namespace seathold::demo {

// What stood before the rush, to tell what it added.
struct Preparation {
  std::uint64_t accounts = 0, host_users = 0, funded = 0;
  std::int64_t funded_minor = 0;
  double accounts_s = 0, funding_s = 0;
  std::uint64_t data_bytes = 0;  // of a plain copy of the database
};

struct NaiveReport {
  RushResult rush;
  Damage damage;
};

struct Report {
  std::uint64_t seed = 0;
  int buyers = 0, threads = 0;
  std::string hall;
  Currency currency;
  std::uint32_t seats = 0;

  Preparation before;
  ActOneResult one;
  RushResult rush;
  std::optional<CrashResult> crash;
  AuditReport audit;
  double audit_s = 0;
  Stats stats;
  std::uint64_t data_bytes = 0;  // of a plain copy of the database, after the rush
  Damage damage;
  std::string digest;
  std::string svg, film;
  std::optional<NaiveReport> naive;
  double wall_s = 0;

  std::uint64_t told_seats() const;  // by receipts, act 1 included
  std::int64_t told_minor() const;
  std::int64_t revenue_minor() const;
  std::int64_t wallets_minor() const;
  std::int64_t external_minor() const;
  bool sold_out() const { return audit.sold == seats; }
  // What the demo is about: the audit is clean, what buyers were told is what is stored, the ledger
  // sums to zero, nothing was sold twice, and no crash lost an acknowledged sale.
  bool books_hold() const;
};

std::string ToJson(const Report& report);

}  // namespace seathold::demo

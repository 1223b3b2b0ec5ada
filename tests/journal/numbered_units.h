// Units of work that can be told from what they leave: after unit n the counter says n, three
// venues are there, a wallet holds 10 * n.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "tests/contract/storage_home.h"
#include "tests/contract/storage_sale.h"

namespace seathold::testing {

// Unit n makes venue n and removes the one that unit n - kVenuesKept made.
inline constexpr std::uint64_t kVenuesKept = 3;
// Of the disks below; a unit now and then is longer than half of the log.
inline constexpr std::uint64_t kUnitHalfBytes = 4 << 10;

inline VenueRecord VenueOfUnit(std::uint64_t n) {
  const std::size_t size = n % 19 == 0 ? kUnitHalfBytes + 500 : n * 97 % 400;
  return {
      .venue = {n}, .name = std::string(size + 1, static_cast<char>('a' + n % 26)), .zone = "UTC"};
}

// Unit n makes hold n, and the next one changes what of a hold may be changed.
inline HoldRecord HoldOfUnit(std::uint64_t n, std::uint64_t changed_by) {
  HoldRecord hold;
  hold.performance = {1};
  hold.hold.value[0] = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    hold.hold.value[15 - i] = static_cast<std::uint8_t>(n >> 8 * i);
  }
  hold.user = {1'000 + n};
  hold.currency = *ParseCurrency("EUR");
  hold.state = HoldState::kCancelled;
  hold.ended_at = {static_cast<std::int64_t>(changed_by)};
  return hold;
}

inline ChangeSet UnitNumber(std::uint64_t n) {
  ChangeSet changes;
  const SequenceRecord counter{SequenceName::kVenue, n};
  const BalanceRecord balance{{5}, *ParseCurrency("EUR"), static_cast<std::int64_t>(10 * n), n};
  Insert(&changes, VenueOfUnit(n));
  Insert(&changes, HoldOfUnit(n, n));
  if (n > 1) Update(&changes, HoldOfUnit(n - 1, n));
  if (n > kVenuesKept) Remove(&changes, VenueOfUnit(n - kVenuesKept));
  if (n == 1) {
    Insert(&changes, counter);
    Insert(&changes, balance);
  } else {
    Update(&changes, counter);
    Update(&changes, balance, n - 1);
  }
  TransferRecord charge;
  charge.transfer.value = NumberedId(static_cast<std::uint8_t>(n));
  charge.transfer.value[14] = static_cast<std::uint8_t>(n >> 8);
  charge.transfer.value[13] = static_cast<std::uint8_t>(n >> 16);
  charge.kind = TransferKind::kCharge;
  charge.debit = LedgerSide::kExternal;
  charge.credit = LedgerSide::kUser;
  charge.user = balance.user;
  charge.currency = balance.currency;
  charge.amount_minor = 10;
  charge.line = n;
  charge.balance_after_minor = balance.balance_minor;
  Insert(&changes, charge);
  return changes;
}

inline Status ApplyUnit(Storage* storage, std::uint64_t n) {
  auto unit = storage->Begin(Access::kWrite, Soon());
  if (!unit.ok()) return unit.status();
  const TimeUs mark{static_cast<std::int64_t>(n)};
  if (Status status = (*unit)->Apply(UnitNumber(n), mark); !status.ok()) return status;
  return (*unit)->Commit();
}

inline void ExpectHolds(Storage* storage, std::uint64_t last) {
  if (last < 2) return;
  const HoldRecord before = HoldOfUnit(last - 1, last), latest = HoldOfUnit(last, last);
  KeySet keys;
  keys.Add<HoldRecord>(before.key());
  keys.Add<HoldRecord>(latest.key());
  keys.Seal();
  RecordSet rows;
  auto unit = storage->Begin(Access::kRead, Soon());
  ASSERT_TRUE(unit.ok() && (*unit)->Load(keys, &rows).ok());
  auto& found = rows.of<HoldRecord>().rows;
  std::ranges::sort(found, {}, &HoldRecord::key);
  ASSERT_EQ(found.size(), 2u);
  for (const auto& [is, wanted] : {std::pair{found[0], before}, std::pair{found[1], latest}}) {
    EXPECT_EQ(is.hold, wanted.hold);
    EXPECT_EQ(is.user, wanted.user);
    EXPECT_EQ(is.currency, wanted.currency);
    EXPECT_EQ(is.ended_at, wanted.ended_at);
  }
}

// The last unit that is there. Expects that it and all before it are, whole, and nothing else.
inline std::uint64_t ExpectWholeUnits(Storage* storage) {
  RecordSet rows;
  KeySet keys;
  keys.Add<SequenceRecord>({SequenceName::kVenue});
  keys.Seal();
  bool more = false;
  const ScanSpec venues{.index = ScanSpec::Index::kVenues, .rows_max = 1'000};
  auto unit = storage->Begin(Access::kRead, Soon());
  EXPECT_TRUE(unit.ok()) << unit.status().text();
  if (!unit.ok()) return 0;
  EXPECT_TRUE((*unit)->Load(keys, &rows).ok());
  EXPECT_TRUE((*unit)->Scan(venues, &rows, &more).ok());
  const auto& counters = rows.of<SequenceRecord>().rows;
  const std::uint64_t last = counters.empty() ? 0 : counters[0].next;
  EXPECT_EQ((*unit)->time_mark(), TimeUs{static_cast<std::int64_t>(last)});
  unit->reset();
  const auto& found = rows.of<VenueRecord>().rows;
  EXPECT_EQ(found.size(), std::min(last, kVenuesKept));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const VenueRecord wanted = VenueOfUnit(last - found.size() + 1 + i);
    EXPECT_EQ(found[i].venue, wanted.venue);
    EXPECT_EQ(found[i].name, wanted.name);
  }
  ExpectHolds(storage, last);
  if (last % 4 != 0) return last;  // the audit takes longer than all before it
  AuditReport report;
  const Status audited = storage->Audit({}, &report, Soon());
  EXPECT_TRUE(audited.ok()) << audited.text();
  for (const auto& finding : report.findings) ADD_FAILURE() << finding.check << finding.detail;
  EXPECT_EQ(report.transfers, last);
  return last;
}

}  // namespace seathold::testing

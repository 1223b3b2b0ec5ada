// A storage of its own for each test, and what several tests do with one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/contract/storage_rows.h"
#include "tests/contract/storage_sale.h"
#include "tests/postgres/pg_server.h"

namespace seathold::testing {

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PgServer::Shared();
    if (server_ == nullptr) GTEST_SKIP() << PgServer::WhyNot();
    home_ = std::make_unique<PostgresHome>();
    storage_ = Open(home_->uri());
  }
  // Skipped where there is no server: nothing below is reached.
  void TearDown() override { storage_.reset(); }

  std::unique_ptr<Storage> Open(const std::string& uri) {
    auto storage = NewPostgresStorage({.uri = uri});
    const auto opened = storage->Open({});
    EXPECT_TRUE(opened.ok()) << opened.status().text();
    return storage;
  }

  static Status Lock(StorageUnit& unit, const KeySet& keys) {
    RecordSet rows;
    return unit.Load(keys, &rows);
  }
  static std::unique_ptr<StorageUnit> Begin(Storage* storage, Deadline deadline = Soon()) {
    auto unit = storage->Begin(Access::kWrite, deadline);
    EXPECT_TRUE(unit.ok()) << unit.status().text();
    return unit.ok() ? std::move(unit).value() : nullptr;
  }
  static ChangeSet OneVenue(std::uint64_t id) {
    VenueRecord venue;
    venue.venue = {id};
    ChangeSet changes;
    Insert(&changes, venue);
    return changes;
  }
  static Status Write(Storage* storage, const ChangeSet& changes, Deadline deadline = Soon()) {
    auto unit = storage->Begin(Access::kWrite, deadline);
    if (!unit.ok()) return unit.status();
    if (Status status = (*unit)->Apply(changes, {}); !status.ok()) return status;
    return (*unit)->Commit();
  }
  // As the server has it, whatever the storage thinks.
  std::string Venues() const {
    return server_->Ask("SELECT count(*)::text FROM " + home_->schema() + ".venues");
  }
  bool VenuesBecome(const std::string& count) const {
    for (int tries = 0; tries < 200 && Venues() != count; ++tries) usleep(20'000);
    return Venues() == count;
  }
  static KeySet Performance(std::uint64_t id) {
    KeySet keys;
    keys.Add<PerformanceStateRecord>({PerformanceId{id}});
    return keys;
  }
  static PerformanceStateRecord State(std::uint64_t id, std::uint64_t feed) {
    PerformanceStateRecord state;
    state.performance = {id};
    state.feed = feed;
    return state;
  }
  void AddPerformance(std::uint64_t id) {
    ChangeSet changes;
    Insert(&changes, State(id, 1));
    ASSERT_TRUE(Write(storage_.get(), changes).ok());
  }

  // A session that holds the row of a performance until it ends.
  std::unique_ptr<postgres::Connection> HoldPerformance(std::uint64_t id) {
    auto holder = Connect(server_->Uri());
    holder->Queue({"BEGIN"});
    holder->Queue({"SELECT FROM " + home_->schema() +
                   ".performance_state WHERE performance = " + std::to_string(id) + " FOR UPDATE"});
    EXPECT_TRUE(holder->Run(postgres::Phase::kWork, Soon()).ok());
    return holder;
  }

  PgServer* server_ = nullptr;
  std::unique_ptr<PostgresHome> home_;
  std::unique_ptr<Storage> storage_;
};

inline std::int64_t SinceMs(std::int64_t ns) { return (MonotonicNs() - ns) / 1'000'000; }

}  // namespace seathold::testing

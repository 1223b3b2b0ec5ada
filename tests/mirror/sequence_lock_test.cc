// The sequence lock: a reader sees one moment, sees it anew where it was disturbed, and has its
// answer however often that was.
#include "src/util/sequence_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

struct Pair {
  Mutex mutex;
  SequenceLock lock;
  SharedWord first, second;

  void Set(std::uint64_t value) {
    lock.Begin();
    first.store(value);
    second.store(value);
    lock.End();
  }
};

using Values = std::pair<std::uint64_t, std::uint64_t>;

TEST(SequenceLock, AReaderThatWasDisturbedReadsAgain) {
  Pair pair;
  pair.Set(1);
  int reads = 0;
  const Values seen = pair.lock.Read(pair.mutex, [&](std::uint64_t) {
    const std::uint64_t first = pair.first.load();
    if (++reads == 1) pair.Set(2);
    return Values(first, pair.second.load());
  });
  EXPECT_EQ(seen, Values(2, 2));
  EXPECT_EQ(reads, 2);
}

TEST(SequenceLock, AValueThatWentAndCameBackIsReadAgain) {
  Pair pair;
  pair.Set(1);
  int reads = 0;
  const Values seen = pair.lock.Read(pair.mutex, [&](std::uint64_t) {
    Values values;
    values.first = pair.first.load();
    if (++reads == 1) pair.Set(2);
    values.second = pair.second.load();
    if (reads == 1) pair.Set(1);  // as it was before: only the number tells
    return values;
  });
  EXPECT_EQ(seen, Values(1, 1));
  EXPECT_EQ(reads, 2);
}

TEST(SequenceLock, NothingIsReadWhileAWriterIsAtWork) {
  Pair pair;
  int reads = 0;
  const Values seen = pair.lock.Read(pair.mutex, [&](std::uint64_t) {
    if (++reads == 1) {
      pair.lock.Begin();
      pair.first.store(1);
    } else {  // under the mutex: no other try was made in between
      EXPECT_FALSE(pair.mutex.try_lock());
      pair.second.store(1);
      pair.lock.End();
    }
    return Values(pair.first.load(), pair.second.load());
  });
  EXPECT_EQ(seen, Values(1, 1));
  EXPECT_EQ(reads, 2);
}

TEST(SequenceLock, WhoIsDisturbedForEverReadsUnderTheMutex) {
  Pair pair;
  int reads = 0;
  bool taken = false;
  const Values seen = pair.lock.Read(pair.mutex, [&](std::uint64_t) {
    ++reads;
    const std::uint64_t first = pair.first.load();
    if (pair.mutex.try_lock()) {
      pair.Set(pair.first.load() + 1);
      pair.mutex.unlock();
    } else {
      taken = true;
    }
    return Values(first, pair.second.load());
  });
  EXPECT_TRUE(taken);
  EXPECT_EQ(reads, SequenceLock::kTriesMax + 1);
  EXPECT_EQ(seen, Values(SequenceLock::kTriesMax, SequenceLock::kTriesMax));
}

TEST(SequenceLock, ReadersBesideAWriterSeeNoHalf) {
  Pair pair;
  const std::uint64_t writes = FullCounts() ? 2'000'000 : 200'000;
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      std::uint64_t latest = 0;
      while (!done) {
        const Values seen = pair.lock.Read(pair.mutex, [&](std::uint64_t) {
          return Values(pair.first.load(), pair.second.load());
        });
        ASSERT_EQ(seen.first, seen.second);
        ASSERT_GE(seen.first, latest);
        latest = seen.first;
      }
    });
  }
  for (std::uint64_t value = 1; value <= writes; ++value) {
    const MutexLock lock(pair.mutex);
    pair.Set(value);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace seathold::testing

// Data that is read while it may be written, without a lock: read again where a writer was met.
//
// Its number is odd while a writer is at work and another even one afterwards. All that is read
// under it stands in SharedWords, whose loads acquire and whose stores release. Why that is right
// without a fence (Boehm 2012, "Can seqlocks get along with programming language memory models?"):
// a reader that met one store of a writer has synchronised with it, so that its second look at the
// number, behind that load, finds what the writer made of the number before that store or something
// newer; and by its first look, which acquires, it has synchronised with the end of the last writer
// before, so that it meets nothing older. Two equal even numbers therefore enclose one moment.
#pragma once

#include <atomic>
#include <cstdint>

#include "src/util/mutex.h"

namespace seathold {

class SharedWord {
 public:
  std::uint64_t load() const { return word_.load(std::memory_order_acquire); }
  void store(std::uint64_t value) { word_.store(value, std::memory_order_release); }

 private:
  std::atomic<std::uint64_t> word_{0};
};

class SequenceLock {
 public:
  static constexpr int kTriesMax = 32;

  std::uint64_t number() const { return number_.load(std::memory_order_acquire); }

  // One writer at a time: whoever writes holds a mutex of theirs.
  void Begin() {
    number_.store(number_.load(std::memory_order_relaxed) | 1, std::memory_order_relaxed);
  }
  // `number`: even, and none that was before with anything else.
  void End(std::uint64_t number) { number_.store(number, std::memory_order_release); }
  void End() { End(number_.load(std::memory_order_relaxed) + 1); }

  // What read(number) answers where it was not disturbed: tried kTriesMax times, then under
  // `mutex`, which all writers hold, so that a reader has its answer however many of them there
  // are. What `read` finds meanwhile may be of no moment; it is dropped.
  template <class Fn>
  auto Read(Mutex& mutex, const Fn& read) const {
    const std::uint64_t before = number();
    if ((before & 1) == 0) [[likely]] {
      const auto seen = read(before);
      if (IsStill(before)) [[likely]]
        return seen;
    }
    return ReadAgain(mutex, read);
  }

 private:
  bool IsStill(std::uint64_t number) const {
    return number_.load(std::memory_order_relaxed) == number;
  }
  template <class Fn>
  [[gnu::noinline]] auto ReadAgain(Mutex& mutex, const Fn& read) const {
    for (int tries = 1; tries < kTriesMax; ++tries) {
      Mutex::Pause();
      const std::uint64_t before = number();
      if ((before & 1) != 0) continue;
      const auto seen = read(before);
      if (IsStill(before)) return seen;
    }
    const MutexLock lock(mutex);
    return read(number());
  }

  std::atomic<std::uint64_t> number_{0};
};

}  // namespace seathold

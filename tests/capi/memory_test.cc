// Memory that runs out, at every allocation of a call in turn: a code comes back, nothing thrown
// gets out, and the books stay clean. The operators below are the library's, too: it binds them at
// load.
#include <cstdlib>
#include <new>
#include <set>
#include <utility>

#include "tests/capi/office.h"
#include "tests/support/sanitizers.h"

namespace {

// Allocations of this thread until one fails; negative = none does.
thread_local long allocations_left = -1;

[[maybe_unused]] void* Allocate(std::size_t size) {
  if (allocations_left >= 0 && allocations_left-- == 0) throw std::bad_alloc();
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// A sanitizer has operators of its own, to which the library is bound.
#if SEATHOLD_SANITIZED
constexpr bool kOwnOperators = false;
#else
constexpr bool kOwnOperators = true;

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return Allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new(std::size_t size, std::align_val_t align) {
  const auto step = static_cast<std::size_t>(align);
  if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

#endif

namespace seathold_test {
namespace {

constexpr long kAllocationsMax = 3'000;

// Calls `call` with its first, second, ... allocation failing, until it needs none that fails. The
// codes that came back.
template <class Call>
std::set<seathold_status> Starve(Call&& call) {
  std::set<seathold_status> codes;
  for (long n = 0; n < kAllocationsMax; ++n) {
    allocations_left = n;
    const seathold_status code = call();
    const bool starved = std::exchange(allocations_left, -1) < 0;
    codes.insert(code);
    if (!starved) return codes;
  }
  ADD_FAILURE() << "it allocates more than " << kAllocationsMax << " times";
  return codes;
}

void ExpectOnly(const std::set<seathold_status>& codes, std::set<seathold_status> wanted) {
  wanted.insert(SEATHOLD_E_OUT_OF_MEMORY);
  for (const seathold_status code : codes) {
    EXPECT_TRUE(wanted.contains(code)) << code << " " << seathold_code_text(code);
  }
  EXPECT_TRUE(codes.contains(SEATHOLD_E_OUT_OF_MEMORY) ||
              codes.contains(SEATHOLD_E_OUTCOME_UNKNOWN))
      << "nothing was starved";
}

TEST(CMemory, RunsOutWhileAnEngineIsOpened) {
  if (!kOwnOperators) GTEST_SKIP() << "the sanitizer has its own operator new";
  const seathold_options options = OptionsFor("memory:");
  seathold_engine engine = 0;
  ExpectOnly(Starve([&] {
               seathold_close(std::exchange(engine, 0), kWait, nullptr);
               const seathold_status code = seathold_open(&options, &engine, nullptr);
               EXPECT_EQ(code == SEATHOLD_OK, engine != 0);
               return code;
             }),
             {SEATHOLD_OK});
  EXPECT_EQ(seathold_close(engine, kWait, nullptr), SEATHOLD_OK);
}

TEST(CMemory, RunsOutWhileSeatsAreHeldAndPaid) {
  if (!kOwnOperators) GTEST_SKIP() << "the sanitizer has its own operator new";
  Office office;
  office.Charge(1, kAnn, 10'000);
  const seathold_seat_ticket seat{office.Seat(0), 0, 0};
  const seathold_hold_request request = office.HoldRequest(1, kAnn);
  seathold_hold_result held{};
  ExpectOnly(Starve([&] {
               return seathold_hold(office.engine, &request, 1, &seat, 1, nullptr, 0, &held,
                                    nullptr, 0, nullptr, kWait, nullptr);
             }),
             {SEATHOLD_OK, SEATHOLD_E_OUTCOME_UNKNOWN});
  ASSERT_EQ(held.code, SEATHOLD_OK) << "the same id settles what was unknown";
  const seathold_confirm_request confirm = office.ConfirmRequest(1, MakeId(1, 1), kAnn);
  seathold_pay_result paid{};
  ExpectOnly(Starve([&] {
               return seathold_confirm(office.engine, &confirm, 1, nullptr, 0, &paid, kWait,
                                       nullptr);
             }),
             {SEATHOLD_OK, SEATHOLD_E_OUTCOME_UNKNOWN});
  ASSERT_EQ(paid.code, SEATHOLD_OK);
  EXPECT_EQ(office.Balance(kAnn), 10'000 - kPriceMinor) << "one debit";
  EXPECT_TRUE(office.Clean());
}

TEST(CMemory, RunsOutWhileReading) {
  if (!kOwnOperators) GTEST_SKIP() << "the sanitizer has its own operator new";
  Office office;
  office.Hold(1, kAnn, {0});
  std::vector<char> text(16'384);
  std::int32_t clean = 0;
  ExpectOnly(Starve([&] {
               return seathold_verify(office.engine, &clean, text.data(), text.size(), nullptr,
                                      kWait, nullptr);
             }),
             {SEATHOLD_OK});
  ExpectOnly(Starve([&] {
               return seathold_performance_list(office.engine, 0, 0, text.data(), text.size(),
                                                nullptr, kWait, nullptr);
             }),
             {SEATHOLD_OK});
  ExpectOnly(Starve([&] {
               return seathold_stats_read(office.engine, text.data(), text.size(), nullptr,
                                          nullptr);
             }),
             {SEATHOLD_OK});
  seathold_hold_view view;
  const Id id = MakeId(1, 1);
  ExpectOnly(Starve([&] {
               return seathold_hold_get(office.engine, office.performance, id.data(), 0, &view,
                                        kWait, nullptr);
             }),
             {SEATHOLD_OK});
  EXPECT_TRUE(office.Clean());
}

}  // namespace
}  // namespace seathold_test

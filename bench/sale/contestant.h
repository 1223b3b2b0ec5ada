// Who sells in the sale benchmark: one workload, as each would be written by those who know it
// well.
//
// A HOLD takes two neighbouring seats that are free, or whose hold has expired: the seats name the
// hold, the hold has a record of its own, and its deadline can be found without looking at every
// hold. A PAY turns a hold that is still valid into a sale: the record and the seats say so, the
// buyer's wallet is debited, the ledger has a line under the payment's id, and the same id again is
// answered again and does nothing. Times are the caller's clock, the same for everybody.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "seathold/ids.h"

namespace seathold::sale {

inline constexpr std::uint32_t kSeatsAHold = 2;
inline constexpr std::int64_t kPriceMinor = 4'500;
inline constexpr std::int64_t kTotalMinor = kPriceMinor * kSeatsAHold;
inline constexpr std::int64_t kWalletMinor = 100'000'000'000;

struct HallSpec {
  std::uint32_t performances = 1;
  std::uint32_t seats = 50'000;  // of each performance, in rows of a hundred
  std::uint64_t users = 1'024;   // 1 .. users have a full wallet
  std::int64_t ttl_ms = 86'400'000;
  bool line = false;  // a show with a waiting line besides
};

// Pairs begin at even seats, so that two wishes overlap wholly or not at all.
struct HoldAsk {
  Uuid hold{};
  std::uint64_t user = 0;
  std::uint32_t performance = 0;  // from 0
  std::uint32_t first_seat = 0;   // even
};
struct PayAsk {
  Uuid payment{};
  Uuid hold{};
  std::uint64_t user = 0;
  std::uint32_t performance = 0;
};
enum class Answer : std::uint8_t { kFailed, kDone, kRefused };

// The books of a contestant as it finds them in what it keeps, once nobody sells any more.
enum class SeatState : std::uint8_t { kFree, kHeld, kSold };
using TakenSeats = std::vector<std::pair<std::uint32_t, SeatState>>;
struct SeatBook {
  SeatState state = SeatState::kFree;
  Uuid hold{};
};
struct Books {
  std::vector<SeatBook> seats;  // performance * HallSpec::seats + seat
  std::uint64_t payments = 0;   // lines of the ledger
  std::int64_t paid_minor = 0;
  std::int64_t wallets_minor = 0;
  std::uint64_t deadlines = 0;  // holds that can be found by when they end
  std::string broken;           // what an audit of its own found
};

// One caller's way to a contestant, a connection where there are any. Used by one thread.
class Caller {
 public:
  virtual ~Caller() = default;
  // As many answers as there are asks. Asks are decided as if in order; a refusal changes nothing.
  // An answer is durable as Contestant::durability says, before the call returns.
  virtual void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) = 0;
  virtual void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) = 0;
  // What a buyer is shown of a performance: the seats that are taken, each with its state. False:
  // this contestant is not asked for it.
  virtual bool ReadMap(std::uint32_t, TakenSeats*) { return false; }
};

class Contestant {
 public:
  virtual ~Contestant() = default;
  virtual std::string name() const = 0;
  virtual std::string durability() const = 0;
  virtual bool keeps_books() const { return true; }
  // New halls and wallets; what was there is gone. Callers made before are not to be used.
  virtual void Reset(const HallSpec& spec) = 0;
  virtual std::unique_ptr<Caller> NewCaller() = 0;
  virtual Books Read() = 0;
  // Ends at most `max` holds whose deadline is past; how many.
  virtual std::size_t Sweep(std::size_t) { return 0; }
  // More performances behind those that are there. Not every contestant is asked to, here and
  // below.
  virtual void Grow(std::uint32_t) {}
  // Brings everything that was acknowledged to where it is kept for good: nothing is left to do
  // behind the answers.
  virtual void Settle() {}
  // What a server does by itself in a quiet minute; called between measured stretches, and before
  // it sells again behind Settle.
  virtual void Rest() {}
  // The processes, with their children, that do the work besides this one.
  virtual std::vector<pid_t> servers() const { return {}; }
  // Bytes given to files since some moment; of PostgreSQL its log alone, of Redis its AOF.
  virtual double written_bytes() const;
};

// Each by name; null where it is not built, or its server is not there (the environment says where:
// see README.md).
std::unique_ptr<Contestant> NewArray();
std::unique_ptr<Contestant> NewDisk();
enum class Shape : std::uint8_t { kSingle, kBatch };
std::unique_ptr<Contestant> NewSqlite(Shape shape);
std::unique_ptr<Contestant> NewSqliteRows();
enum class OurStorage : std::uint8_t { kMemory, kShared, kJournal };
std::unique_ptr<Contestant> NewOurs(OurStorage storage);
enum class Aof : std::uint8_t { kOff, kAlways };
std::unique_ptr<Contestant> NewRedis(Aof aof, Shape shape);
enum class PostgresWay : std::uint8_t { kOneStatement, kService, kSet };
std::unique_ptr<Contestant> NewPostgres(PostgresWay way);

std::unique_ptr<Contestant> NewContestant(const std::string& name);

std::int64_t NowUs();

}  // namespace seathold::sale

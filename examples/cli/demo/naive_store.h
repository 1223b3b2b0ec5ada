// Plain tables in SQLite with the statements of the textbook, each in a transaction of its own.
// This is what not to do; see naive_office.h. Thread-safe: each thread has a connection of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "examples/cli/demo/hall.h"
#include "examples/cli/demo/sale_record.h"
#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::demo {

using ReservationNumber = std::int64_t;

class NaiveStore {
 public:
  // Creates the tables at `path`, which must not exist. WAL and synchronous=FULL, as SeatHold's.
  static Result<std::unique_ptr<NaiveStore>> Create(const std::string& path, std::uint32_t seats);
  virtual ~NaiveStore() = default;

  virtual Status Fund(std::span<const std::pair<UserId, std::int64_t>> fundings) = 0;

  // SELECT: are all of them free?
  virtual Result<bool> AreFree(const Seats& seats) = 0;
  // SELECT: the first `count` free seats, or fewer.
  virtual Result<Seats> FirstFree(int count) = 0;
  // INSERT of a reservation that is good until `until`, and UPDATE of its seats to held.
  virtual Result<ReservationNumber> Take(const Seats& seats, UserId user, TimeUs until) = 0;
  // SELECT: does the reservation's lock still stand?
  virtual Result<bool> LockStands(ReservationNumber reservation, TimeUs now) = 0;
  // UPDATE of the reservation to paid and of its seats to sold.
  virtual Status MarkSold(ReservationNumber reservation, const Seats& seats, UserId user) = 0;
  // UPDATE of the reservation to `cancelled` and of its seats, by seat id, to free.
  virtual Status GiveBack(ReservationNumber reservation) = 0;
  // SELECT: reservations that are still held and past their time.
  virtual Result<std::vector<ReservationNumber>> Lapsed(TimeUs now) = 0;

  virtual Result<std::int64_t> BalanceMinor(UserId user) = 0;
  virtual Status SetBalance(UserId user, std::int64_t minor) = 0;
  virtual Status BookPayment(ReservationNumber reservation, std::int64_t minor) = 0;

  virtual Result<HallMap> ReadMap() = 0;
  virtual Result<SaleRecord> ReadSale() = 0;
};

}  // namespace seathold::demo

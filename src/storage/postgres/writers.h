// The row that a process that writes has for itself in `writers`.
//
// Every writing transaction raises its counter, so a fresh connection can tell how a COMMIT ended
// whose answer was lost: it locks that row, which waits for whoever still holds it, and then the
// counter is what it will ever be. No other row is asked, and no transaction id: after a crash the
// server gives those out again.
#pragma once

#include <cstdint>

#include "seathold/status.h"
#include "seathold/time.h"
#include "src/storage/postgres/connection.h"

namespace seathold::postgres {

// A number for a row of one's own.
std::int64_t DrawWriter();

// Makes the row; takes over what those noted who are gone, `before` among them (0: nobody).
Status RegisterWriter(Connection* connection, const Target& target, std::int64_t writer,
                      std::int64_t before, Deadline deadline);
// What Close does with the row.
Status DropWriter(Connection* connection, const Target& target, std::int64_t writer,
                  Deadline deadline);

// Queues the last statement of a writing transaction; its result gives the commit's number.
void QueueNote(Connection* connection, std::int64_t writer, TimeUs mark);
// The same with the mark of all writers as it is said here, also below what it was.
void QueueReset(Connection* connection, std::int64_t writer, TimeUs mark);
// kAborted: the row is gone.
Status ReadNote(const PGresult* result, std::int64_t* number);

// How the COMMIT of that number ended: kOk, kAborted (never was), kOutcomeUnknown (the deadline, or
// the server cannot be had).
Status SettleCommit(const Target& target, std::int64_t writer, std::int64_t number,
                    Deadline deadline);

}  // namespace seathold::postgres

// Recounts the database with SQL of its own: none of the engine's rules, none of its memory.
#pragma once

#include "seathold/adapter/storage.h"

namespace seathold::sqlite {

class Connection;

// One snapshot. Errors: kBusy at the deadline, and those of reading.
Status AuditDatabase(Connection* reader, bool owned, TimeUs now, AuditReport* report,
                     Deadline deadline);

}  // namespace seathold::sqlite

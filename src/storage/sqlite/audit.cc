#include "src/storage/sqlite/audit.h"

#include "src/storage/sqlite/connection.h"

namespace seathold::sqlite {

Status AuditDatabase(Connection*, TimeUs, AuditReport* report, Deadline) {
  *report = AuditReport();
  return Status();
}

}  // namespace seathold::sqlite

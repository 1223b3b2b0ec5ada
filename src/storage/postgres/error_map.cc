#include "src/storage/postgres/error_map.h"

#include <new>
#include <string>

namespace seathold::postgres {
namespace {

struct Row {
  std::string_view state;  // a whole SQLSTATE, or the class it begins with
  Code open, work;
};

// The first row that fits is taken.
constexpr Row kStates[] = {
    {"0A000", Code::kCannotOpen, Code::kAborted},  // a plan that a migration made old
    {"21000", Code::kCannotOpen, Code::kInternal},
    {"22021", Code::kCannotOpen, Code::kInvalidText},
    {"22P05", Code::kCannotOpen, Code::kInvalidText},
    {"23505", Code::kBusy, Code::kAborted},  // somebody else's write; of two that open first
    {"23", Code::kCannotOpen, Code::kInternal},
    {"25006", Code::kReadOnly, Code::kReadOnly},
    {"26000", Code::kCannotOpen, Code::kAborted},  // a prepared statement that is not there
    {"40", Code::kBusy, Code::kAborted},
    {"42P05", Code::kCannotOpen, Code::kUnsupported},  // a pooler's, see prepare=off
    {"42P06", Code::kBusy, Code::kInternal},           // two that open first
    {"42P07", Code::kBusy, Code::kInternal},
    {"42710", Code::kBusy, Code::kInternal},
    {"42P01", Code::kCannotOpen, Code::kStorageCorrupt},  // tables or columns that are gone
    {"42703", Code::kCannotOpen, Code::kStorageCorrupt},
    {"3F000", Code::kCannotOpen, Code::kStorageCorrupt},
    {"42501", Code::kCannotOpen, Code::kReadOnly},
    {"53100", Code::kStorageFull, Code::kStorageFull},
    {"53200", Code::kOutOfMemory, Code::kOutOfMemory},
    {"53", Code::kBusy, Code::kBusy},
    {"55P03", Code::kBusy, Code::kBusy},
    {"57", Code::kBusy, Code::kBusy},
    {"58", Code::kCannotOpen, Code::kStorageFailed},
    {"XX001", Code::kStorageCorrupt, Code::kStorageCorrupt},
    {"XX002", Code::kStorageCorrupt, Code::kStorageCorrupt},
};

}  // namespace

bool LosesConnection(const ServerError& error) {
  return error.fatal || error.state.empty() || error.state.starts_with("08") ||
         error.state.starts_with("57P0");
}

Code MapCode(const ServerError& error, Phase phase) {
  if (LosesConnection(error)) {
    return phase == Phase::kCommit ? Code::kOutcomeUnknown : Code::kBusy;
  }
  for (const Row& row : kStates) {
    if (error.state.starts_with(row.state)) return phase == Phase::kOpen ? row.open : row.work;
  }
  return phase == Phase::kOpen ? Code::kCannotOpen : Code::kInternal;
}

Status MapError(const ServerError& error, Phase phase, std::string_view what,
                std::string_view message) {
  const Code code = MapCode(error, phase);
  if (code == Code::kAborted) return Status(code);
  try {
    std::string detail(what);
    detail += ": ";
    detail += message;
    while (detail.ends_with('\n')) detail.pop_back();
    if (!error.state.empty()) detail += " (" + std::string(error.state) + ")";
    return Status(code, std::move(detail));
  } catch (const std::bad_alloc&) {
    return Status(code);  // what happened counts more than how it reads
  }
}

}  // namespace seathold::postgres

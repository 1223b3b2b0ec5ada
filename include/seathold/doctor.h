// What a database or a Redis server is, how it is set, and what of that will fail: for people,
// before a sale.
//
//   const auto report = seathold::Examine("postgresql://box@db.example.org/hall");
//   if (!report.ok() || !report->fit()) ...
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

enum class Health {
  kFine,
  kWarning,  // works, with less than one may expect of it
  kFault,    // a call will fail, or a power cut takes back what was sold
};
std::string_view NameOf(Health health);  // "ok", "warning", "fault"

struct DoctorLine {
  std::string name;   // "synchronous_commit"
  std::string value;  // as the server says it
  Health health = Health::kFine;
  std::string note;  // what it means or what to do; may be empty
};

struct DoctorReport {
  std::string place;  // "PostgreSQL, db.example.org/hall": no user, no password
  std::vector<DoctorLine> lines;
  bool fit() const;  // no line is a fault
};

// Looks at one of EngineOptions::storage, ::claims or ::line: a file, a PostgreSQL database, a
// Redis server. Changes nothing and makes no file; a waiting line that is being rebuilt is no
// fault. What cannot be reached within options.timeout_ms is a fault in the report. Errors in
// order: kInvalidArgument (not of the form), kUnsupported (not known to this build, or nothing to
// look at: memory). No error and no report repeats a user or a password. Thread-safe.
Result<DoctorReport> Examine(const std::string& uri, const CallOptions& options = {});

}  // namespace seathold

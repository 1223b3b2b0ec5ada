// What `seathold doctor` asks of each place that an engine would be opened on.
#include "src/storage/postgres/examine.h"

#include <algorithm>
#include <string>

#include "seathold/adapter/storage.h"
#include "seathold/doctor.h"
#include "src/accounts/key_file.h"
#ifdef SEATHOLD_REDIS
#include "src/engine/examine_redis.h"
#endif

namespace seathold {
namespace {

DoctorReport ExamineFile(const std::string& path) {
  DoctorReport report{.place = "database file " + path, .lines = {}};
  const auto tell = [&](const char* name, std::string value, Health health = Health::kFine,
                        const char* note = "") {
    report.lines.push_back({name, std::move(value), health, note});
  };
  const auto storage = NewSqliteStorage({.path = path, .vfs = ""});
  const auto info = storage->Open({.create = false, .read_only = true});
  if (!info.ok()) {
    tell("opens", info.status().text(), Health::kFault);
    return report;
  }
  tell("opens", info->description);
  tell("schema", std::to_string(info->schema));
  tell("durability", info->durability);
  if (info->wal_lost) {
    tell("log", "lost", Health::kWarning, "the latest commits are missing; `verify`, then restore");
  }
  const bool keys = StatKeyFile(info->keys_path).has_value();
  const bool needed = !keys && !info->fresh;
  tell("keys", keys ? "beside it" : "none beside it", needed ? Health::kWarning : Health::kFine,
       needed ? "put back the file, or name yours" : "");
  return report;
}

}  // namespace

std::string_view NameOf(Health health) {
  if (health == Health::kFine) return "ok";
  return health == Health::kWarning ? "warning" : "fault";
}

bool DoctorReport::fit() const {
  return std::none_of(lines.begin(), lines.end(),
                      [](const DoctorLine& line) { return line.health == Health::kFault; });
}

Result<DoctorReport> Examine(const std::string& uri, const CallOptions& options) {
  const std::string scheme = uri.substr(0, std::min(uri.find(':'), uri.size()));
  if (scheme == uri) return Status(Code::kInvalidArgument, "a URI is of the form 'scheme:...'");
  if (scheme == "sqlite") {
    const std::string path = uri.substr(scheme.size() + 1);
    if (path.empty()) return Status(Code::kInvalidArgument, "'sqlite:' names no file");
    return ExamineFile(path);
  }
  if (scheme == "postgresql" || scheme == "postgres") {
    return postgres::ExamineDatabase(uri, Deadline::After(options));
  }
  if (scheme == "redis" || scheme == "rediss") {
#ifdef SEATHOLD_REDIS
    return ExamineRedis(uri, Deadline::After(options));
#else
    return Status(Code::kUnsupported, "this build is without Redis (hiredis)");
#endif
  }
  return Status(Code::kUnsupported, "there is nothing to look at behind such a URI");
}

}  // namespace seathold

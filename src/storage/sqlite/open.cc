#include "src/storage/sqlite/open.h"

#include <memory>
#include <string>
#include <utility>

#include "src/storage/sqlite/open_cores.h"
#include "src/storage/sqlite/schema.h"

namespace seathold::sqlite {
namespace {

// The bound of the check after a crash. A database too large for it is checked as far as this goes.
constexpr std::int64_t kQuickCheckMs = 2'000;

// Of `path`, or where a VFS of tests has no files, nothing.
Status PrepareFiles(const SqliteOptions& options, const StorageOptions& how, Core* core) {
  if (!core->real_files) return Status();
  if (Status status = core->files.Prepare(options.path, how.create); !status.ok()) return status;
  if (Status status = CloseInheritedCores(core->files.path()); !status.ok()) return status;
  return core->gate.Open(core->files.gate_path());
}

struct Found {
  bool empty = false;  // nothing in it yet
  std::uint32_t version = 0;
};

Status Inspect(Connection* connection, const std::string& path, Found* found) {
  std::int64_t application = 0, version = 0, tables = 0;
  int code = connection->QueryInt("PRAGMA application_id", &application);
  if (code == SQLITE_OK) code = connection->QueryInt("PRAGMA user_version", &version);
  if (code == SQLITE_OK) code = connection->QueryInt("SELECT count(*) FROM sqlite_schema", &tables);
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  found->empty = tables == 0 && application == 0;
  found->version = static_cast<std::uint32_t>(version);
  if (found->empty || application == kApplicationId) return Status();
  return Status(Code::kCannotOpen, path + ": is a database of something else");
}

Status MakeWal(Connection* connection, const std::string& path) {
  std::string mode;
  const int code = connection->QueryText("PRAGMA journal_mode = WAL", &mode);
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  if (mode == "wal") return Status();
  return Status(Code::kCannotOpen, path + ": this place cannot keep a write-ahead log");
}

Status MigrateToCurrent(Connection* connection, const std::string& path) {
  std::uint32_t version = 0;
  const int code = Migrate(connection, MigrationSteps(), &version);
  return MapError(code, Phase::kOpen, path);
}

// Who was here last did not close: what it left is looked at before it is built upon. Told by a WAL
// that has something in it although nobody else has the database open.
Status CheckAfterCrash(Connection* connection, const std::string& path) {
  const Deadline deadline = Deadline::After({kQuickCheckMs});
  std::string found;
  const int code = connection->QueryText("PRAGMA quick_check(1)", &found, deadline);
  if (code == SQLITE_INTERRUPT) return Status();
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  return found == "ok" ? Status() : Status(Code::kStorageCorrupt, path + ": " + found);
}

Status CheckVersion(Connection* connection, const std::string& path) {
  Control control;
  const int code = ReadControl(connection, &control);
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  return CheckControl(control);
}

// REQUIRES: inside the gate.
Status SettleInGate(const StorageOptions& how, bool left_open, const std::string& path,
                    Connection* connection) {
  Found found;
  if (Status status = Inspect(connection, path, &found); !status.ok()) return status;
  if (found.empty && !how.create) {
    return Status(Code::kCannotOpen, path + ": is empty");
  }
  if (Status status = MakeWal(connection, path); !status.ok()) return status;
  if (found.version < kSchemaVersion) {
    if (Status status = MigrateToCurrent(connection, path); !status.ok()) return status;
  }
  if (left_open) {
    if (Status status = CheckAfterCrash(connection, path); !status.ok()) return status;
  }
  return CheckVersion(connection, path);
}

Status Settle(const SqliteOptions& options, const StorageOptions& how, Deadline deadline,
              Core* core, std::unique_ptr<Connection>* writer) {
  if (Status status = core->gate.Enter(deadline); !status.ok()) return status;
  bool alone = true;
  Status status = core->gate.Join(&alone);
  const std::string& path = core->real_files ? core->files.path() : options.path;
  const bool left_open = core->real_files && alone && core->files.WalBytes() > 0;
  if (status.ok()) {
    auto connection = Connection::Open(path, options.vfs, deadline);
    status = connection.ok() ? Status() : connection.status();
    if (connection.ok()) *writer = std::move(connection).value();
  }
  if (status.ok()) status = SettleInGate(how, left_open, path, writer->get());
  if (status.ok() && core->real_files) core->files.Remember();
  core->gate.Leave();
  return status;
}

StorageInfo Describe(const std::string& path, bool real_files) {
  StorageInfo info;
  info.description = std::string("sqlite ") + sqlite3_libversion() + ", " + path;
  info.durability = "every commit synced";
  info.shared = true;
  info.durable = true;
  info.schema = kSchemaVersion;
  if (real_files) {
    info.line_path = path + "-line";
    info.keys_path = path + ".keys";
  }
  return info;
}

}  // namespace

Result<StorageInfo> OpenDatabase(const SqliteOptions& options, const StorageOptions& how,
                                 Core* core) {
  const Deadline deadline = Deadline::After({how.busy_ms});
  core->real_files = options.vfs.empty();
  core->wal_bytes_max = options.wal_bytes_max;
  sqlite3_randomness(sizeof core->writer_id, &core->writer_id);
  std::unique_ptr<Connection> writer;
  if (Status status = PrepareFiles(options, how, core); !status.ok()) return status;
  if (Status status = Settle(options, how, deadline, core, &writer); !status.ok()) return status;
  const std::string& path = core->real_files ? core->files.path() : options.path;
  core->pool.Start(path, options.vfs, std::move(writer));
  return Describe(path, core->real_files);
}

}  // namespace seathold::sqlite

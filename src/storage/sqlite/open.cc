#include "src/storage/sqlite/open.h"

#include <memory>
#include <string>
#include <utility>

#include "src/storage/sqlite/open_cores.h"
#include "src/storage/sqlite/schema.h"
#include "src/storage/sqlite/wal_note.h"
#include "src/util/disk_space.h"

namespace seathold::sqlite {
namespace {

// The bound of the check after a crash. A database too large for it is checked as far as this goes.
constexpr std::int64_t kQuickCheckMs = 1'000;

// 128 MiB. The writer of a journal settles half a log in one transaction, whose pages lie all over
// the indexes of buyers; those that find no room are written before its end, and then once more.
const std::string kSettlersCache = "PRAGMA cache_size = -131072";

struct Found {
  bool empty = false;  // nothing in it yet
  std::uint32_t version = 0;
};

Status Inspect(Connection* connection, const std::string& path, Found* found) {
  std::int64_t application = 0, version = 0, tables = 0;
  // Tables first: who makes them, maybe just now, marks the file in the same transaction.
  int code = connection->QueryInt("SELECT count(*) FROM sqlite_schema", &tables);
  if (code == SQLITE_OK) code = connection->QueryInt("PRAGMA application_id", &application);
  if (code == SQLITE_OK) code = connection->QueryInt("PRAGMA user_version", &version);
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

Status CheckVersion(Connection* connection, const std::string& path, bool owned) {
  Control control;
  const int code = ReadControl(connection, &control);
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  const Status status = CheckControl(control, owned);
  if (!(status == Code::kNotOwner)) return status;
  return Status(Code::kNotOwner,
                path +
                    ": belongs to a process that keeps a journal, or kept one when it died; where "
                    "it is gone, opening the database to write brings it up to date");
}

Status NotAlone(const std::string& path) {
  return Status(Code::kNotOwner, path + ": is open elsewhere, and a journal needs it to itself");
}

// What the database says of itself, once it is open.
Status Describe(Connection* connection, const Core& core, const std::string& path,
                StorageInfo* info) {
  Identity identity;
  const int code = ReadIdentity(connection, &identity);
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  info->description = std::string("sqlite ") + sqlite3_libversion() + ", " + path;
  info->durability =
      core.read_only ? "every commit synced; opened to read only" : "every commit synced";
  info->shared = true;
  info->durable = true;
  info->schema = kSchemaVersion;
  info->fresh = identity.commits == 0;
  if (!core.real_files) return Status();
  info->line_path = path + "-line";
  info->keys_path = path + ".keys";
  info->log_path = path + "-log";
  info->pair = identity.pair;
  info->takes_unpaired = identity.created_by == "seathold 0.1.0";
  return Status();
}

// A look at the file alone, before anything is made beside it.
Status InspectFile(const std::string& path, bool may_be_empty) {
  auto file = DbConnection::OpenToRead(path, ReadFrom::kFileAlone);
  if (!file.ok()) return file.status();
  Found found;
  if (Status status = Inspect(file->get(), path, &found); !status.ok()) return status;
  return found.empty && !may_be_empty ? Status(Code::kCannotOpen, path + ": is empty") : Status();
}

// A name that has no gate yet gets none while the file is bound to that of another name.
Status OpenGate(Core* core) {
  const DbFiles& files = core->files;
  if (!files.HasGate()) {
    const Status status = Bond::CheckUnbound(files.path());
    if (!status.ok() && !files.HasGate()) return status;  // else somebody was first, by this name
  }
  if (Status status = core->gate.Open(files.gate_path()); !status.ok()) return status;
  return core->bond.Tie(files.path(), core->gate.identity());
}

// Of `path`, or where a VFS of tests has no files, nothing.
Status PrepareFiles(const SqliteOptions& options, const StorageOptions& how, Core* core) {
  if (!core->real_files) return Status();
  DbFiles& files = core->files;
  if (Status status = files.Prepare(options.path, how.create); !status.ok()) return status;
  if (Status status = CloseInheritedCores(files.path()); !status.ok()) return status;
  if (!files.HasGate()) {
    const bool may_be_empty = how.create || files.WalBytes() > 0;
    if (Status status = InspectFile(files.path(), may_be_empty); !status.ok()) return status;
  }
  return OpenGate(core);
}

// What lay beside the file when nobody else had it open.
struct LeftBehind {
  bool log = false;  // a WAL with something in it: who was here last did not close
  bool no_log = false;
};

Status LookAround(const Core& core, bool alone, LeftBehind* left) {
  if (!core.real_files) return Status();
  left->log = alone && core.files.WalBytes() > 0;
  left->no_log = alone && !core.files.HasWal();
  return CheckFoundLog(core.files);
}

// What is found in the WAL may never have been synced: SQLite shows a commit whose sync failed, or
// whose process was killed before it, to whoever recovers the WAL. After a sync that failed only
// what is written again is known to be tried again. While others have the database open there was
// nothing to recover: what they show is synced, but for a commit of someone killed while leaving.
//
// Asked behind the first read, and others part before they close: whoever is here now was here when
// SQLite looked whether there is something to recover.
Status SyncFoundWal(Core* core, DbConnection* connection, const std::string& path) {
  bool alone = true;
  if (Status status = core->gate.Join(&alone); !status.ok()) return status;
  if (connection->WalBytes() == 0) return Status();
  return MapError(alone ? connection->RewriteWal() : connection->SyncWal(), Phase::kOpen,
                  path + "-wal");
}

// REQUIRES: inside the gate.
Status SettleInGate(const StorageOptions& how, const LeftBehind& left, const std::string& path,
                    Core* core, DbConnection* connection, StorageInfo* info) {
  Found found;
  if (Status status = Inspect(connection, path, &found); !status.ok()) return status;
  if (found.empty && !how.create) {
    return Status(Code::kCannotOpen, path + ": is empty");
  }
  WalNote note;
  if (Status status = ReadWalNote(connection, &note); !status.ok()) return status;
  info->wal_lost = left.no_log && note.wal != kWalNone;
  core->wal_lost = info->wal_lost;
  if (Status status = MakeWal(connection, path); !status.ok()) return status;
  if (Status status = SyncFoundWal(core, connection, path); !status.ok()) return status;
  if (found.version < kSchemaVersion) {
    if (Status status = MigrateToCurrent(connection, path); !status.ok()) return status;
  }
  if (left.log) {
    if (Status status = CheckAfterCrash(connection, path); !status.ok()) return status;
  }
  return CheckVersion(connection, path, how.owned);
}

// What is refused stays as it was found; what cannot be synced is not copied into the file.
struct KeptUnlessOk {
  const std::unique_ptr<DbConnection>& connection;
  bool ok = false;
  ~KeptUnlessOk() {
    if (!ok && connection) connection->KeepWalOnClose();
  }
};

Status Settle(const SqliteOptions& options, const StorageOptions& how, Deadline deadline,
              Core* core, std::unique_ptr<DbConnection>* writer, StorageInfo* info) {
  KeptUnlessOk kept{*writer};
  if (Status status = core->gate.Enter(deadline); !status.ok()) return status;
  bool alone = true;
  Status status = core->gate.Join(&alone);
  const std::string& path = core->real_files ? core->files.path() : options.path;
  if (status.ok() && how.owned && !alone) status = NotAlone(path);
  LeftBehind left;
  if (status.ok()) status = LookAround(*core, alone, &left);
  if (status.ok()) {
    auto connection = DbConnection::Open(path, options.vfs, deadline);
    status = connection.ok() ? Status() : connection.status();
    if (connection.ok()) *writer = std::move(connection).value();
  }
  if (status.ok()) status = SettleInGate(how, left, path, core, writer->get(), info);
  if (status.ok()) status = Describe(writer->get(), *core, path, info);
  // Whoever made these files may have been killed before their names were synced.
  if (status.ok() && core->real_files) status = SyncFolderOf(path);
  if (status.ok() && core->real_files) core->files.Remember();
  // The last of all, since joining ends it.
  if (status.ok() && how.owned && !core->gate.StayAlone()) status = NotAlone(path);
  kept.ok = status.ok();
  core->gate.Leave();
  return status;
}

Status CannotReplay(const std::string& path) {
  return Status(Code::kCannotOpen,
                path +
                    "-wal: holds commits that cannot be read here; copy the database and its "
                    "-wal into a folder that can be written, and open the copy");
}

// Connections that change nothing. Where files may be made for the time of reading, SQLite reads
// as always (its -wal and -shm go with the last connection); else by what is there.
ConnectionPool::Opener ReaderOf(const DbFiles& files) {
  const std::string path = files.path();
  if (files.Writable()) {
    const bool keep = files.WalBytes() > 0;  // what was found is for those who write
    return [path, keep](Deadline deadline) {
      auto connection = DbConnection::Open(path, "", deadline);
      if (connection.ok() && keep) (*connection)->KeepWalOnClose();
      return connection;
    };
  }
  const ReadFrom from = files.WalBytes() > 0 ? ReadFrom::kFileAndLog : ReadFrom::kFileAlone;
  return [path, from](Deadline deadline) { return DbConnection::OpenToRead(path, from, deadline); };
}

Status SettleToRead(const ConnectionPool::Opener& open, bool has_log, Deadline deadline, Core* core,
                    StorageInfo* info) {
  const std::string& path = core->files.path();
  const bool no_log = !core->files.HasWal();
  if (Status status = CheckFoundLog(core->files); !status.ok()) return status;
  auto opening = open(deadline);
  std::unique_ptr<DbConnection> connection;
  KeptUnlessOk kept{connection};
  Found found;
  Status opened = opening.status();
  if (opened.ok()) connection = std::move(opening).value();
  if (opened.ok()) opened = Inspect(connection.get(), path, &found);
  if (!opened.ok()) {
    const bool replay = has_log && opened == Code::kCannotOpen && !core->files.Writable();
    return replay ? CannotReplay(path) : opened;
  }
  WalNote note;
  Status status = ReadWalNote(connection.get(), &note);
  if (status.ok() && has_log && core->files.Writable()) {
    status = MapError(connection->SyncWal(), Phase::kOpen, path + "-wal");
  }
  if (status.ok() && found.empty) status = Status(Code::kCannotOpen, path + ": is empty");
  if (status.ok() && found.version < kSchemaVersion) {
    status = Status(Code::kReadOnly,
                    path +
                        ": is of an older release; open it for writing once (`seathold init`), "
                        "or a copy of it");
  }
  if (status.ok()) status = CheckVersion(connection.get(), path, false);
  if (status.ok()) status = Describe(connection.get(), *core, path, info);
  info->wal_lost = no_log && note.wal != kWalNone;
  core->files.Remember();
  kept.ok = status.ok();
  return status;
}

// Nothing is made for a reader: a name without a gate is only looked at.
Status TieToRead(Core* core) {
  const DbFiles& files = core->files;
  if (!files.HasGate()) return Bond::CheckUnbound(files.path());
  return core->bond.Tie(files.path(), IdentityOf(files.gate_path()));
}

Result<StorageInfo> OpenToRead(const SqliteOptions& options, Deadline deadline, Core* core) {
  StorageInfo info;
  DbFiles& files = core->files;
  if (Status status = files.Prepare(options.path, false); !status.ok()) return status;
  if (Status status = CloseInheritedCores(files.path()); !status.ok()) return status;
  if (Status status = TieToRead(core); !status.ok()) return status;
  const bool has_log = files.WalBytes() > 0;
  if (Status status = InspectFile(files.path(), has_log); !status.ok()) return status;
  const auto open = ReaderOf(files);
  if (Status status = SettleToRead(open, has_log, deadline, core, &info); !status.ok()) {
    return status;
  }
  core->pool.Start(open, nullptr);
  return info;
}

}  // namespace

Result<StorageInfo> OpenDatabase(const SqliteOptions& options, const StorageOptions& how,
                                 Core* core) {
  const Deadline deadline = Deadline::After({how.busy_ms});
  core->real_files = options.vfs.empty();
  core->plan = CheckpointPlan(options.wal_bytes_max);
  sqlite3_randomness(sizeof core->writer_id, &core->writer_id);
  core->read_only = how.read_only;
  core->owned = how.owned && !how.read_only;
  if (how.read_only && core->real_files) return OpenToRead(options, deadline, core);
  StorageInfo info;
  std::unique_ptr<DbConnection> writer;
  if (Status status = PrepareFiles(options, how, core); !status.ok()) return status;
  const std::string path = core->real_files ? core->files.path() : options.path;
  if (Status status = Settle(options, how, deadline, core, &writer, &info); !status.ok()) {
    const bool full = status == Code::kCannotOpen && core->real_files && IsDiskFull(path);
    return full ? Status(Code::kStorageFull, std::string(status.detail())) : status;
  }
  // Where this fails, pages are written more often; no more than that.
  if (core->owned) (void)writer->Run(kSettlersCache);
  core->pool.Start(
      [path, vfs = options.vfs](Deadline wait) { return DbConnection::Open(path, vfs, wait); },
      std::move(writer));
  return info;
}

}  // namespace seathold::sqlite

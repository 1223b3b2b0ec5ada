#include "src/cache/sqlite/line_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

#include "src/cache/sqlite/line_errors.h"
#include "src/util/private_locks.h"
#include "src/util/sqlite_statement.h"

namespace seathold {

enum LineFile::Sql : int {
  kBeginWrite,
  kBeginRead,
  kCommit,
  kRollback,
  kDataVersion,
  kReadLine,
  kReadCounter,
  kReadEpochSeen,
  kWriteLine,
  kWriteCounter,
  kDropLine,
  kDropCounter,
  kDropEntries,
  kReadEntries,
  kReadChanges,
  kWriteEntry,
  kDropEntry,
  kWriteHeard,
  kLogChange,
  kClearLog,
};

namespace {

constexpr std::int64_t kApplicationId = 0x5348'4C4E;  // "SHLN"
constexpr std::int64_t kSchemaVersion = 2;            // 1: of release 0.1

constexpr const char* kSchema = R"sql(
CREATE TABLE line(show INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, active_max INTEGER NOT NULL,
  rate_per_s INTEGER NOT NULL, grace_ms INTEGER NOT NULL, pass_ms INTEGER NOT NULL,
  quiet_until_us INTEGER NOT NULL, missing_until_us INTEGER NOT NULL, boot TEXT NOT NULL) STRICT;
CREATE TABLE counter(show INTEGER PRIMARY KEY, epoch INTEGER NOT NULL,
  next_counter INTEGER NOT NULL, missing INTEGER NOT NULL, seen_us INTEGER NOT NULL,
  served_us INTEGER NOT NULL,
  credit INTEGER NOT NULL, credit_at_us INTEGER NOT NULL, joined_total INTEGER NOT NULL,
  admitted_total INTEGER NOT NULL, dropped_total INTEGER NOT NULL, left_total INTEGER NOT NULL,
  entries INTEGER NOT NULL, version INTEGER NOT NULL,
  log_from INTEGER NOT NULL, log_rows INTEGER NOT NULL) STRICT;
CREATE TABLE entry(show INTEGER NOT NULL, sequence INTEGER NOT NULL, user INTEGER NOT NULL,
  state INTEGER NOT NULL, heard_us INTEGER NOT NULL, pass_until_us INTEGER NOT NULL,
  counts_until_us INTEGER NOT NULL, PRIMARY KEY(show, sequence)) STRICT, WITHOUT ROWID;
CREATE TABLE change(show INTEGER NOT NULL, version INTEGER NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY(show, version, sequence)) STRICT, WITHOUT ROWID;
)sql";

// In the order of LineFile::Sql.
constexpr const char* kSqlText[] = {
    "BEGIN IMMEDIATE",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "PRAGMA data_version",
    "SELECT epoch, active_max, rate_per_s, grace_ms, pass_ms, quiet_until_us, missing_until_us, "
    "boot"
    " FROM line WHERE show = ?1",
    "SELECT epoch, next_counter, missing, seen_us, served_us, credit, credit_at_us, joined_total,"
    " admitted_total, dropped_total, left_total, entries, version, log_from, log_rows"
    " FROM counter WHERE show = ?1",
    "SELECT sequence FROM entry WHERE show = ?1 ORDER BY sequence DESC LIMIT 1",
    "INSERT OR REPLACE INTO line VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT OR REPLACE INTO counter VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
    " ?14, ?15, ?16)",
    "DELETE FROM line WHERE show = ?1",
    "DELETE FROM counter WHERE show = ?1",
    "DELETE FROM entry WHERE show = ?1",
    "SELECT sequence, user, state, heard_us, pass_until_us, counts_until_us FROM entry"
    " WHERE show = ?1 ORDER BY sequence",
    "SELECT DISTINCT c.sequence, e.user, e.state, e.heard_us, e.pass_until_us, e.counts_until_us"
    " FROM change c LEFT JOIN entry e ON e.show = c.show AND e.sequence = c.sequence"
    " WHERE c.show = ?1 AND c.version > ?2",
    "INSERT OR REPLACE INTO entry VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    "DELETE FROM entry WHERE show = ?1 AND sequence = ?2",
    "UPDATE entry SET heard_us = ?3 WHERE show = ?1 AND sequence = ?2",
    "INSERT INTO change VALUES(?1, ?2, ?3)",
    "DELETE FROM change WHERE show = ?1",
};

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t Unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

// Not by a stream: one that found no memory would read as no id, and every line as of another boot.
std::string ReadBootId() {
  char id[64];
  const int file = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t n = ::read(file, id, sizeof id);
  ::close(file);
  const std::string_view text(id, n > 0 ? static_cast<std::size_t>(n) : 0);
  return std::string(text.substr(0, text.find('\n')));
}

LineRow RowAt(sqlite3_stmt* s) {
  LineRow row;
  row.sequence = Sequence{Unsigned(sqlite3_column_int64(s, 0))};
  row.user = UserId{Unsigned(sqlite3_column_int64(s, 1))};
  const std::int64_t state = sqlite3_column_int64(s, 2);
  row.state = state == 1   ? LineState::kWaiting
              : state == 2 ? LineState::kAdmitted
                           : LineState::kAbsent;
  row.heard_us = sqlite3_column_int64(s, 3);
  row.pass_until_us = sqlite3_column_int64(s, 4);
  row.counts_until_us = sqlite3_column_int64(s, 5);
  return row;
}

bool InU32(std::int64_t value) { return value >= 0 && value <= UINT32_MAX; }
bool InTime(std::int64_t us) { return us >= 0 && us <= kTimeMax.value; }

// False: a value no line can have.
bool ConfigAt(sqlite3_stmt* s, LineHead* head) {
  LineConfig& config = head->numbers.config;
  config.epoch = Unsigned(sqlite3_column_int64(s, 0));
  if (!InU32(sqlite3_column_int64(s, 1)) || !InU32(sqlite3_column_int64(s, 2))) return false;
  config.active_max = static_cast<std::uint32_t>(sqlite3_column_int64(s, 1));
  config.rate_per_s = static_cast<std::uint32_t>(sqlite3_column_int64(s, 2));
  config.grace_ms = sqlite3_column_int64(s, 3);
  config.pass_ms = sqlite3_column_int64(s, 4);
  config.quiet_until = TimeUs{sqlite3_column_int64(s, 5)};
  config.missing_until = TimeUs{sqlite3_column_int64(s, 6)};
  const unsigned char* boot = sqlite3_column_text(s, 7);
  head->boot = boot == nullptr ? "" : reinterpret_cast<const char*>(boot);
  return CheckLineConfig(ShowId{1}, config).ok();
}

bool CounterAt(sqlite3_stmt* s, LineHead* head) {
  LineNumbers& n = head->numbers;
  const auto at = [&](int column) { return sqlite3_column_int64(s, column); };
  if (Unsigned(at(0)) != n.config.epoch || !InU32(at(2)) || at(1) < 1) return false;
  n.next_counter = Unsigned(at(1));
  n.config.missing_active = static_cast<std::uint32_t>(at(2));
  n.seen_us = at(3);
  n.served_us = at(4);
  n.credit = at(5);
  n.credit_at_us = at(6);
  n.joined_total = Unsigned(at(7));
  n.admitted_total = Unsigned(at(8));
  n.dropped_total = Unsigned(at(9));
  n.left_total = Unsigned(at(10));
  head->entries = Unsigned(at(11));
  head->version = at(12);
  head->log_from = at(13);
  head->log_rows = at(14);
  // Bounded, so that the line's sums with them are, too.
  return InTime(n.seen_us) && InTime(n.served_us) && InTime(n.credit_at_us) && n.credit >= 0 &&
         n.credit <= kLineCreditMax;
}

}  // namespace

LineFile::LineFile(std::string path, LineOwner owner)
    : path_(std::move(path)), owner_(std::move(owner)), boot_(ReadBootId()) {
  static_assert(sizeof kSqlText / sizeof *kSqlText == kClearLog + 1);
}

LineFile::~LineFile() { Disconnect(); }

// Waits in short steps: with SQLite's own growing sleeps one process starves beside a busy one.
int LineFile::OnBusy(void* self, int) {
  const std::int64_t left_ns = static_cast<LineFile*>(self)->deadline_.remaining_ns();
  if (left_ns == 0) return 0;
  std::this_thread::sleep_for(std::chrono::nanoseconds(std::min<std::int64_t>(left_ns, 500'000)));
  return 1;
}

Status LineFile::Checked(int code) {
  const int primary = code & 0xff;
  failed_ =
      failed_ || primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  return LineStatus(code, path_);
}

// Two processes that make the file at once may meet in states that SQLite answers without waiting.
Status LineFile::Connect(Deadline deadline) {
  deadline_ = deadline;
  Status status = ConnectOnce();
  while (status == Code::kBusy && !deadline.passed()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    status = ConnectOnce();
  }
  return status;
}

Status LineFile::ConnectOnce() {
  Status status = MakeFile();
  if (status.ok()) status = OpenConnection();
  if (status.ok()) status = CheckOwner();
  if (status.ok() && !owner_.read_only) status = Configure();
  if (status.ok()) status = CheckSchema();
  if (status.ok() && !owner_.read_only) status = Name();
  if (!status.ok()) Disconnect();
  return status;
}

// SQLite would make it with the process's umask, and its -wal and -shm take the mode from here. A
// file that exists is never opened and closed outside SQLite: that would drop its POSIX locks.
Status LineFile::MakeFile() {
  struct stat st;
  if (::lstat(path_.c_str(), &st) == 0) {
    if (S_ISREG(st.st_mode)) return {};
    return Status(Code::kCannotOpen, path_ + ": not a regular file");
  }
  if (errno != ENOENT || owner_.read_only) return LineFileStatus(errno, path_);
  const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return errno == EEXIST ? Status(Code::kBusy) : LineFileStatus(errno, path_);
  const bool mode_set = ::fchmod(fd, 0600) == 0;
  const int error_number = errno;
  ::close(fd);
  return mode_set ? Status() : LineFileStatus(error_number, path_);
}

Status LineFile::OpenConnection() {
  if (Status status = PreparePrivateLocks(); !status.ok()) return status;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
                    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path_.c_str(), &db_, flags, nullptr);
  if (code != SQLITE_OK) return Checked(code);
  if (sqlite3_db_readonly(db_, "main") == 1) return Status(Code::kReadOnly, path_);
  struct stat st;
  if (::lstat(path_.c_str(), &st) != 0) return LineFileStatus(errno, path_);
  device_ = st.st_dev;
  inode_ = st.st_ino;
  size_ = st.st_size;
  sqlite3_busy_handler(db_, &OnBusy, this);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_stmt* rollback = nullptr;
  return Prepare(kRollback, &rollback);  // needed where there may be no memory
}

// Empty: it names none.
Status LineFile::ReadOwner(std::string* pair) {
  std::int64_t named = 0;
  Status status = ReadPragma("SELECT count(*) FROM sqlite_schema WHERE name = 'owner'", &named);
  if (!status.ok() || named == 0) return status;
  sqlite3_stmt* statement = nullptr;
  int code =
      sqlite3_prepare_v2(db_, "SELECT pair FROM owner WHERE id = 1", -1, &statement, nullptr);
  const StatementPtr finalized(statement);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  if (code == SQLITE_ROW) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    *pair = text == nullptr ? "" : text;
    code = ColumnsRead(statement);
  }
  return Checked(code);
}

// Reads only: a file of another database is left as it was found.
Status LineFile::CheckOwner() {
  if (owner_.pair.empty()) return {};
  std::int64_t application = 0;
  Status status = ReadPragma("PRAGMA application_id", &application);
  if (!status.ok() || application != kApplicationId) return status;  // CheckSchema says more
  std::string pair;
  status = ReadOwner(&pair);
  if (!status.ok() || pair == owner_.pair || (pair.empty() && owner_.takes_unpaired)) {
    return status;
  }
  return Status(Code::kWrongFile, path_ +
                                      ": is the waiting line of another database; remove it (rm '" +
                                      path_ + "'*): those who wait come back by their tokens");
}

Status LineFile::Name() {
  if (owner_.pair.empty()) return {};
  std::string pair;
  Status status = ReadOwner(&pair);
  if (!status.ok() || !pair.empty()) return status;
  status = BeginWrite(deadline_);
  if (status.ok()) status = WriteOwner();
  if (status.ok()) status = Commit(deadline_);
  if (!status.ok()) Rollback();
  return status;
}

// REQUIRES: a write transaction.
Status LineFile::WriteOwner() {
  if (owner_.pair.empty()) return {};
  Status status = Execute(
      "CREATE TABLE IF NOT EXISTS owner(id INTEGER PRIMARY KEY CHECK(id = 1),"
      " pair TEXT NOT NULL) STRICT");
  if (!status.ok()) return status;
  sqlite3_stmt* insert = nullptr;
  int code =
      sqlite3_prepare_v2(db_, "INSERT OR IGNORE INTO owner VALUES(1, ?1)", -1, &insert, nullptr);
  if (code == SQLITE_OK) code = sqlite3_bind_text(insert, 1, owner_.pair.c_str(), -1, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(insert);
  sqlite3_finalize(insert);
  return Checked(code);
}

Status LineFile::Configure() {
  Status status = Execute("PRAGMA journal_mode=WAL");
  if (!status.ok()) return status;
  return Execute(boot_.empty() ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
}

Status LineFile::CheckSchema() {
  std::int64_t application = 0, version = 0, pages = 0;
  Status status = ReadPragma("PRAGMA application_id", &application);
  if (status.ok()) status = ReadPragma("PRAGMA user_version", &version);
  if (status.ok()) status = ReadPragma("SELECT count(*) FROM sqlite_schema", &pages);
  if (!status.ok()) return status;
  if (application == 0 && pages == 0) {
    if (owner_.read_only) return Status(Code::kReadOnly, path_);
    status = BeginWrite(deadline_);
    if (status.ok()) status = MakeSchema();
    if (status.ok()) status = Commit(deadline_);
    if (!status.ok()) Rollback();
    return status;
  }
  if (application != kApplicationId) {
    return Status(Code::kCannotOpen, path_ + ": another program's SQLite file");
  }
  if (version < kSchemaVersion) return RemakeSchema();
  return version > kSchemaVersion ? Status(Code::kNewerSchema, path_) : Status();
}

// The lines of an older release are lost, and rebuilt from the tokens of those who wait.
Status LineFile::RemakeSchema() {
  if (owner_.read_only) return Status(Code::kReadOnly, path_);
  std::int64_t version = 0;  // another process may have done it since
  Status status = BeginWrite(deadline_);
  if (status.ok()) status = ReadPragma("PRAGMA user_version", &version);
  if (status.ok() && version < kSchemaVersion) {
    status = Execute(
        "DROP TABLE IF EXISTS file; DROP TABLE IF EXISTS line; DROP TABLE IF EXISTS counter;"
        " DROP TABLE IF EXISTS entry; DROP TABLE IF EXISTS change; DROP TABLE IF EXISTS owner");
    if (status.ok()) status = MakeSchema();
  }
  if (status.ok()) status = Commit(deadline_);
  if (!status.ok()) Rollback();
  return status;
}

Status LineFile::MakeSchema() {
  std::int64_t tables = 0;  // another process may have made them since
  Status status = ReadPragma("SELECT count(*) FROM sqlite_schema", &tables);
  if (!status.ok() || tables > 0) return status;
  status = Execute(kSchema);
  if (status.ok()) status = WriteOwner();  // here, or a crash would leave a line of nobody's
  const std::string marks = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                            "; PRAGMA user_version=" + std::to_string(kSchemaVersion);
  return status.ok() ? Execute(marks.c_str()) : status;
}

void LineFile::Disconnect() {
  for (sqlite3_stmt*& statement : statements_) {
    sqlite3_finalize(statement);
    statement = nullptr;
  }
  sqlite3_close(db_);
  db_ = nullptr;
  failed_ = false;
}

bool LineFile::Moved() {
  struct stat st;
  if (::lstat(path_.c_str(), &st) != 0) return true;
  if (st.st_dev != device_ || st.st_ino != inode_ || st.st_size < size_) return true;
  size_ = st.st_size;
  return false;
}

Status LineFile::Discard() {
  Disconnect();
  for (const char* suffix : {"-wal", "-shm"}) ::unlink((path_ + suffix).c_str());
  if (std::rename(path_.c_str(), (path_ + ".damaged").c_str()) == 0 || errno == ENOENT) return {};
  return LineFileStatus(errno, path_);
}

Status LineFile::Execute(const char* sql) {
  return Checked(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr));
}

Status LineFile::ReadPragma(const char* sql, std::int64_t* value) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  if (code == SQLITE_ROW) *value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return Checked(code);
}

Status LineFile::Prepare(Sql sql, sqlite3_stmt** out) {
  if (statements_[sql] == nullptr) {
    const int code = sqlite3_prepare_v3(db_, kSqlText[sql], -1, SQLITE_PREPARE_PERSISTENT,
                                        &statements_[sql], nullptr);
    if (code != SQLITE_OK) return Checked(code);
  }
  *out = statements_[sql];
  return {};
}

Status LineFile::Start(Sql sql, Values values, sqlite3_stmt** out) {
  Status status = Prepare(sql, out);
  if (status.ok()) sqlite3_reset(*out);  // an exception may have left it in the middle
  int index = 0;
  for (const std::int64_t value : values) {
    if (status.ok()) status = Checked(sqlite3_bind_int64(*out, ++index, value));
  }
  return status;
}

Status LineFile::Run(Sql sql, Values values) {
  sqlite3_stmt* statement = nullptr;
  if (Status status = Start(sql, values, &statement); !status.ok()) return status;
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return Checked(code);
}

Status LineFile::ReadInt(Sql sql, Values values, std::int64_t* out, bool* found) {
  sqlite3_stmt* statement = nullptr;
  if (Status status = Start(sql, values, &statement); !status.ok()) return status;
  const int code = sqlite3_step(statement);
  *found = code == SQLITE_ROW;
  if (*found) *out = sqlite3_column_int64(statement, 0);
  sqlite3_reset(statement);
  return Checked(code);
}

Status LineFile::BeginWrite(Deadline deadline) {
  deadline_ = deadline;
  return Run(kBeginWrite, {});
}

Status LineFile::BeginRead(Deadline deadline) {
  deadline_ = deadline;
  return Run(kBeginRead, {});
}

Status LineFile::Commit(Deadline deadline) {
  deadline_ = deadline;
  return Run(kCommit, {});
}

void LineFile::Rollback() {
  if (db_ != nullptr && sqlite3_get_autocommit(db_) == 0) (void)Run(kRollback, {});
}

Status LineFile::DataVersion(std::int64_t* version) {
  bool found = false;
  return ReadInt(kDataVersion, {}, version, &found);
}

Status LineFile::ReadHead(ShowId show, std::optional<LineHead>* head, std::uint64_t* epoch_seen) {
  LineHead read;
  sqlite3_stmt* s = nullptr;
  *epoch_seen = 0;
  std::int64_t last = 0;
  bool found = false;
  Status status = ReadInt(kReadEpochSeen, {Signed(show.value)}, &last, &found);
  if (found) *epoch_seen = Sequence{Unsigned(last)}.epoch();
  bool whole = true;
  for (const Sql part : {kReadLine, kReadCounter}) {
    if (status.ok()) status = Start(part, {Signed(show.value)}, &s);
    if (!status.ok()) return status;
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
      *epoch_seen = std::max(*epoch_seen, Unsigned(sqlite3_column_int64(s, 0)));
    }
    whole = whole && code == SQLITE_ROW &&
            (part == kReadLine ? ConfigAt(s, &read) : CounterAt(s, &read));
    if (code == SQLITE_ROW) code = ColumnsRead(s);
    sqlite3_reset(s);
    status = Checked(code);
  }
  if (whole && status.ok()) *head = std::move(read);
  return status;
}

Status LineFile::WriteConfig(ShowId show, const LineHead& head) {
  const LineConfig& c = head.numbers.config;
  sqlite3_stmt* s = nullptr;
  Status status = Start(kWriteLine,
                        {Signed(show.value), Signed(c.epoch), c.active_max, c.rate_per_s,
                         c.grace_ms, c.pass_ms, c.quiet_until.value, c.missing_until.value},
                        &s);
  if (!status.ok()) return status;
  int code = sqlite3_bind_text(s, 9, head.boot.c_str(), -1, SQLITE_STATIC);
  if (code == SQLITE_OK) code = sqlite3_step(s);
  sqlite3_reset(s);
  return Checked(code);
}

Status LineFile::WriteCounter(ShowId show, const LineHead& head) {
  const LineNumbers& n = head.numbers;
  return Run(kWriteCounter, {Signed(show.value), Signed(n.config.epoch), Signed(n.next_counter),
                             n.config.missing_active, n.seen_us, n.served_us, n.credit,
                             n.credit_at_us, Signed(n.joined_total), Signed(n.admitted_total),
                             Signed(n.dropped_total), Signed(n.left_total), Signed(head.entries),
                             head.version, head.log_from, head.log_rows});
}

Status LineFile::DropLine(ShowId show) {
  for (const Sql sql : {kDropLine, kDropCounter, kDropEntries, kClearLog}) {
    if (Status status = Run(sql, {Signed(show.value)}); !status.ok()) return status;
  }
  return {};
}

Status LineFile::ReadEntries(ShowId show, const RowSink& sink) {
  sqlite3_stmt* s = nullptr;
  if (Status status = Start(kReadEntries, {Signed(show.value)}, &s); !status.ok()) return status;
  int code;
  bool whole = true;
  while ((code = sqlite3_step(s)) == SQLITE_ROW && whole) whole = sink(RowAt(s));
  sqlite3_reset(s);
  return whole ? Checked(code) : Status(Code::kLineLost);
}

Status LineFile::ReadChanges(ShowId show, std::int64_t after_version, const ChangeSink& sink) {
  sqlite3_stmt* s = nullptr;
  Status status = Start(kReadChanges, {Signed(show.value), after_version}, &s);
  if (!status.ok()) return status;
  int code;
  while ((code = sqlite3_step(s)) == SQLITE_ROW) {
    const LineRow row = RowAt(s);
    const bool there = sqlite3_column_type(s, 1) != SQLITE_NULL;
    sink(row.sequence, there ? std::optional(row) : std::nullopt);
  }
  sqlite3_reset(s);
  return Checked(code);
}

Status LineFile::WriteEntry(ShowId show, const LineRow& row) {
  return Run(kWriteEntry, {Signed(show.value), Signed(row.sequence.value), Signed(row.user.value),
                           static_cast<std::int64_t>(row.state), row.heard_us, row.pass_until_us,
                           row.counts_until_us});
}

Status LineFile::DropEntry(ShowId show, Sequence sequence) {
  return Run(kDropEntry, {Signed(show.value), Signed(sequence.value)});
}

Status LineFile::WriteHeard(ShowId show, const WaiterAt& waiter) {
  return Run(kWriteHeard,
             {Signed(show.value), Signed(waiter.sequence.value), waiter.waiter.heard_us});
}

Status LineFile::LogChange(ShowId show, std::int64_t version, Sequence sequence) {
  return Run(kLogChange, {Signed(show.value), version, Signed(sequence.value)});
}

Status LineFile::ClearLog(ShowId show) { return Run(kClearLog, {Signed(show.value)}); }

}  // namespace seathold

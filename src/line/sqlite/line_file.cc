#include "src/line/sqlite/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <thread>

namespace seathold {
namespace {

using sqlite::FileError;
using sqlite::Phase;
using sqlite::ScopedReset;

// Short steps: with growing ones a process starves beside a busy one.
constexpr sqlite::BusySleep kSleep{.step_ns = 500'000, .most_ns = 500'000};

constexpr std::int64_t kApplicationId = 0x5348'4C4E;  // "SHLN"
// Release 0.1 wrote other tables under this number. Each release finds the other's file lost, and
// makes its own: the places come back by their tokens.
constexpr std::int64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"sql(
CREATE TABLE file(id INTEGER PRIMARY KEY CHECK(id = 1), pair TEXT NOT NULL) STRICT;
CREATE TABLE line(show INTEGER PRIMARY KEY, boot INTEGER NOT NULL, version INTEGER NOT NULL,
  log_from INTEGER NOT NULL, log_rows INTEGER NOT NULL, epoch INTEGER NOT NULL,
  active_max INTEGER NOT NULL, rate_per_s INTEGER NOT NULL, grace_ms INTEGER NOT NULL,
  pass_ms INTEGER NOT NULL, quiet_until_us INTEGER NOT NULL, missing INTEGER NOT NULL,
  missing_until_us INTEGER NOT NULL, next_counter INTEGER NOT NULL, seen_us INTEGER NOT NULL,
  served_us INTEGER NOT NULL, credit INTEGER NOT NULL, credit_at_us INTEGER NOT NULL,
  joined_total INTEGER NOT NULL, admitted_total INTEGER NOT NULL, dropped_total INTEGER NOT NULL,
  left_total INTEGER NOT NULL) STRICT;
CREATE TABLE entry(show INTEGER NOT NULL, sequence INTEGER NOT NULL, user INTEGER NOT NULL,
  state INTEGER NOT NULL, heard_us INTEGER NOT NULL, pass_until_us INTEGER NOT NULL,
  counts_until_us INTEGER NOT NULL, PRIMARY KEY(show, sequence)) STRICT, WITHOUT ROWID;
CREATE TABLE change(show INTEGER NOT NULL, version INTEGER NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY(show, version, sequence)) STRICT, WITHOUT ROWID;
)sql";

const std::string kBeginWrite = "BEGIN IMMEDIATE";
const std::string kBeginRead = "BEGIN";
const std::string kCommit = "COMMIT";
const std::string kDataVersion = "PRAGMA data_version";
const std::string kReadPair = "SELECT pair FROM file WHERE id = 1";
const std::string kWritePair = "INSERT INTO file VALUES(1, ?1)";
const std::string kReadHead =
    "SELECT boot, version, log_from, log_rows, epoch, active_max, rate_per_s, grace_ms, pass_ms,"
    " quiet_until_us, missing, missing_until_us, next_counter, seen_us, served_us, credit,"
    " credit_at_us, joined_total, admitted_total, dropped_total, left_total"
    " FROM line WHERE show = ?1";
const std::string kWriteHead =
    "INSERT OR REPLACE INTO line VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
    " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";
const std::string kDropHead = "DELETE FROM line WHERE show = ?1";
const std::string kDropEntries = "DELETE FROM entry WHERE show = ?1";
const std::string kReadEntries =
    "SELECT sequence, user, state, heard_us, pass_until_us, counts_until_us FROM entry"
    " WHERE show = ?1 ORDER BY sequence";
const std::string kReadChanges =
    "SELECT DISTINCT c.sequence, e.user, e.state, e.heard_us, e.pass_until_us, e.counts_until_us"
    " FROM change c LEFT JOIN entry e ON e.show = c.show AND e.sequence = c.sequence"
    " WHERE c.show = ?1 AND c.version > ?2";
const std::string kWriteEntry = "INSERT OR REPLACE INTO entry VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const std::string kDropEntry = "DELETE FROM entry WHERE show = ?1 AND sequence = ?2";
const std::string kWriteHeard = "UPDATE entry SET heard_us = ?3 WHERE show = ?1 AND sequence = ?2";
const std::string kLogChange = "INSERT INTO change VALUES(?1, ?2, ?3)";
const std::string kClearLog = "DELETE FROM change WHERE show = ?1";

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t Unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

// The first half of the boot's id, "xxxxxxxx-xxxx-xxxx". Not by a stream: one that found no memory
// would read as no id, and every line as of another boot.
std::int64_t ReadBoot() {
  char id[18];
  const int file = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t n = ::read(file, id, sizeof id);
  ::close(file);
  if (n != sizeof id) return 0;
  std::uint64_t boot = 0;
  for (const char& c : id) {
    unsigned digit = 0;
    if (std::from_chars(&c, &c + 1, digit, 16).ec == std::errc()) boot = boot << 4 | digit;
  }
  return Signed(boot);
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

// False: numbers that no line has, as where a page was overwritten. Bounded, so that the line's
// sums with them are, too.
bool HeadAt(sqlite3_stmt* s, LineHead* head) {
  const auto at = [s](int column) { return sqlite3_column_int64(s, column); };
  if (!InU32(at(5)) || !InU32(at(6)) || !InU32(at(10))) return false;
  *head = {.boot = at(0), .version = at(1), .log_from = at(2), .log_rows = at(3)};
  LineNumbers& n = head->numbers;
  n.config = {.epoch = Unsigned(at(4)),
              .active_max = static_cast<std::uint32_t>(at(5)),
              .rate_per_s = static_cast<std::uint32_t>(at(6)),
              .grace_ms = at(7),
              .pass_ms = at(8),
              .quiet_until = TimeUs{at(9)},
              .missing_active = static_cast<std::uint32_t>(at(10)),
              .missing_until = TimeUs{at(11)}};
  n.next_counter = Unsigned(at(12));
  n.seen_us = at(13);
  n.served_us = at(14);
  n.credit = at(15);
  n.credit_at_us = at(16);
  n.joined_total = Unsigned(at(17));
  n.admitted_total = Unsigned(at(18));
  n.dropped_total = Unsigned(at(19));
  n.left_total = Unsigned(at(20));
  return CheckLineConfig(ShowId{1}, n.config).ok() && at(12) >= 1 && InTime(n.seen_us) &&
         InTime(n.served_us) && InTime(n.credit_at_us) && n.credit >= 0 &&
         n.credit <= kLineCreditMax;
}

}  // namespace

LineFile::LineFile(std::string path, LineOwner owner)
    : path_(std::move(path)), owner_(std::move(owner)), boot_(ReadBoot()) {}

Status LineFile::Checked(int code) {
  const int primary = code & 0xff;
  failed_ =
      failed_ || primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  return sqlite::MapError(code, Phase::kLine, path_);
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
  bool empty = false;
  Status status = MakeFile();
  if (status.ok()) status = OpenConnection();
  if (status.ok()) status = Inspect(&empty);
  if (status.ok() && !empty) status = CheckOwner();
  if (status.ok() && !owner_.read_only) status = Configure();
  if (status.ok() && empty) status = MakeTables();
  if (!status.ok()) Disconnect();
  return status;
}

Status LineFile::MakeFile() {
  struct stat st;
  if (::lstat(path_.c_str(), &st) == 0) {
    if (S_ISREG(st.st_mode)) return {};
    return Status(Code::kCannotOpen, path_ + ": not a regular file");
  }
  int error = errno;
  if (error == ENOENT && !owner_.read_only) error = sqlite::CreatePrivateFile(path_);
  if (error == EEXIST) return Status(Code::kBusy);  // another process was first
  return error == 0 ? Status() : FileError(path_, error, Phase::kLine);
}

Status LineFile::OpenConnection() {
  connection_.emplace(kSleep);
  const sqlite::Opening how{
      .name = path_.c_str(), .path = path_, .deadline = deadline_, .phase = Phase::kLine};
  if (Status status = connection_->Open(how); !status.ok()) return status;
  if (sqlite3_db_readonly(connection_->handle(), "main") == 1) {
    return Status(Code::kReadOnly, path_);
  }
  identity_ = sqlite::IdentityOf(path_, &bytes_);
  return identity_ == sqlite::FileIdentity() ? FileError(path_, ENOENT, Phase::kLine) : Status();
}

// Reads only, as CheckOwner does: another's file is left as it was found. *empty: no table yet.
Status LineFile::Inspect(bool* empty) {
  std::int64_t application = 0, version = 0, tables = 0;
  sqlite::Connection& file = *connection_;
  // Tables first: who makes them, maybe just now, marks the file in the same transaction.
  int code = file.QueryInt("SELECT count(*) FROM sqlite_schema", &tables);
  if (code == SQLITE_OK) code = file.QueryInt("PRAGMA application_id", &application);
  if (code == SQLITE_OK) code = file.QueryInt("PRAGMA user_version", &version);
  if (code != SQLITE_OK) return Checked(code);
  *empty = application == 0 && tables == 0;
  if (*empty) return owner_.read_only ? Status(Code::kReadOnly, path_) : Status();
  if (application != kApplicationId) {
    return Status(Code::kCannotOpen, path_ + ": another program's SQLite file");
  }
  return version > kSchemaVersion ? Status(Code::kNewerSchema, path_) : Status();
}

Status LineFile::CheckOwner() {
  int code = SQLITE_OK;
  sqlite3_stmt* const row = connection_->Prepared(kReadPair, &code);
  if (row == nullptr) return Checked(code);
  const ScopedReset reset(row);
  code = sqlite3_step(row);
  if (code == SQLITE_DONE) return Status(Code::kLineLost);
  if (code != SQLITE_ROW) return Checked(code);
  const auto* pair = reinterpret_cast<const char*>(sqlite3_column_text(row, 0));
  if (code = sqlite::ColumnsRead(row); code != SQLITE_OK) return Checked(code);
  if (owner_.pair.empty() || (pair != nullptr && pair == owner_.pair)) return {};
  return Status(Code::kWrongFile, path_ +
                                      ": is the waiting line of another database; remove it (rm '" +
                                      path_ + "'*): those who wait come back by their tokens");
}

Status LineFile::Configure() {
  Status status = Execute("PRAGMA journal_mode=WAL");
  if (!status.ok()) return status;
  return Execute(boot_ == 0 ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
}

// Another process may have made them since they were looked for: the next try looks again.
Status LineFile::MakeTables() {
  Status status = BeginWrite(deadline_);
  bool empty = false;
  if (status.ok()) status = Inspect(&empty);
  if (status.ok() && !empty) status = Status(Code::kBusy);
  if (status.ok()) status = WriteTables();
  if (status.ok()) status = Commit(deadline_);
  if (!status.ok()) Rollback();
  return status;
}

// REQUIRES: a write transaction.
Status LineFile::WriteTables() {
  Status status = Execute(kSchema);
  if (!status.ok()) return status;
  int code = SQLITE_OK;
  if (sqlite3_stmt* const insert = connection_->Prepared(kWritePair, &code)) {
    const ScopedReset reset(insert);
    code = sqlite3_bind_text(insert, 1, owner_.pair.c_str(), -1, nullptr);
    if (code == SQLITE_OK) code = sqlite3_step(insert);
  }
  if (status = Checked(code); !status.ok()) return status;
  const std::string marks = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                            "; PRAGMA user_version=" + std::to_string(kSchemaVersion);
  return Execute(marks.c_str());
}

void LineFile::Disconnect() {
  connection_.reset();
  failed_ = false;
}

bool LineFile::Moved() {
  const std::int64_t before = bytes_;
  return !(sqlite::IdentityOf(path_, &bytes_) == identity_) || bytes_ < before;
}

Status LineFile::Discard() {
  Disconnect();
  for (const char* suffix : {"-wal", "-shm"}) ::unlink((path_ + suffix).c_str());
  if (std::rename(path_.c_str(), (path_ + ".damaged").c_str()) == 0 || errno == ENOENT) return {};
  return FileError(path_, errno, Phase::kLine);
}

Status LineFile::Execute(const char* sql) { return Checked(connection_->Exec(sql)); }

Status LineFile::Run(const std::string& sql, Values values) {
  return Checked(connection_->Run(sql, values));
}

Status LineFile::BeginWrite(Deadline deadline) {
  connection_->set_deadline(deadline);
  return Run(kBeginWrite, {});
}

Status LineFile::BeginRead(Deadline deadline) {
  connection_->set_deadline(deadline);
  return Run(kBeginRead, {});
}

Status LineFile::Commit(Deadline deadline) {
  connection_->set_deadline(deadline);
  return Run(kCommit, {});
}

void LineFile::Rollback() {
  if (connection_) (void)connection_->Rollback();
}

Status LineFile::DataVersion(std::int64_t* version) {
  int code = SQLITE_OK;
  sqlite3_stmt* const s = connection_->Prepared(kDataVersion, &code);
  if (s == nullptr) return Checked(code);
  const ScopedReset reset(s);
  code = sqlite3_step(s);
  if (code == SQLITE_ROW) *version = sqlite3_column_int64(s, 0);
  return Checked(code);
}

Status LineFile::ReadHead(ShowId show, std::optional<LineHead>* head) {
  int code = SQLITE_OK;
  sqlite3_stmt* const s = connection_->Bound(kReadHead, {Signed(show.value)}, &code);
  if (s == nullptr) return Checked(code);
  const ScopedReset reset(s);
  code = sqlite3_step(s);
  LineHead read;
  const bool there = code == SQLITE_ROW;
  const bool good = there && HeadAt(s, &read);
  head->reset();
  if (there && !good) return Status(Code::kLineLost);
  if (there) *head = read;
  return Checked(code);
}

Status LineFile::WriteHead(ShowId show, const LineHead& head) {
  const LineNumbers& n = head.numbers;
  const LineConfig& c = n.config;
  return Run(kWriteHead, {Signed(show.value),
                          head.boot,
                          head.version,
                          head.log_from,
                          head.log_rows,
                          Signed(c.epoch),
                          c.active_max,
                          c.rate_per_s,
                          c.grace_ms,
                          c.pass_ms,
                          c.quiet_until.value,
                          c.missing_active,
                          c.missing_until.value,
                          Signed(n.next_counter),
                          n.seen_us,
                          n.served_us,
                          n.credit,
                          n.credit_at_us,
                          Signed(n.joined_total),
                          Signed(n.admitted_total),
                          Signed(n.dropped_total),
                          Signed(n.left_total)});
}

Status LineFile::DropLine(ShowId show) {
  for (const std::string* sql : {&kDropHead, &kDropEntries, &kClearLog}) {
    if (Status status = Run(*sql, {Signed(show.value)}); !status.ok()) return status;
  }
  return {};
}

Status LineFile::ReadEntries(ShowId show, const RowSink& sink) {
  int code = SQLITE_OK;
  sqlite3_stmt* const s = connection_->Bound(kReadEntries, {Signed(show.value)}, &code);
  if (s == nullptr) return Checked(code);
  const ScopedReset reset(s);
  bool whole = true;
  while ((code = sqlite3_step(s)) == SQLITE_ROW && whole) whole = sink(RowAt(s));
  return whole ? Checked(code) : Status(Code::kLineLost);
}

Status LineFile::ReadChanges(ShowId show, std::int64_t after_version, const ChangeSink& sink) {
  int code = SQLITE_OK;
  sqlite3_stmt* const s =
      connection_->Bound(kReadChanges, {Signed(show.value), after_version}, &code);
  if (s == nullptr) return Checked(code);
  const ScopedReset reset(s);
  while ((code = sqlite3_step(s)) == SQLITE_ROW) {
    const LineRow row = RowAt(s);
    const bool there = sqlite3_column_type(s, 1) != SQLITE_NULL;
    sink(row.sequence, there ? std::optional(row) : std::nullopt);
  }
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

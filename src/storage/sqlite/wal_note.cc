#include "src/storage/sqlite/wal_note.h"

#include <cstdio>

#include "src/sqlite/connection.h"
#include "src/storage/sqlite/core.h"
#include "src/storage/sqlite/wal_log.h"

namespace seathold::sqlite {
namespace {

constexpr const char* kColumnsSql =
    "SELECT count(*) FROM pragma_table_info('control') WHERE name = 'wal'";
constexpr const char* kNoteSql =
    "SELECT lower(hex(pair)) || ' ' || lower(hex(copy)) || ' ' || life || ' ' || wal || ' ' || "
    "commits "
    "FROM control WHERE id = 1";
constexpr const char* kPairSql =
    "SELECT lower(hex(pair)) || ' - 0 0 ' || commits FROM control WHERE id = 1";
constexpr const char* kRootSql =
    "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = 'control'";

// Of the row as both steps of the schema make it; release 0.1 writes no more than the first nine.
enum Column : std::size_t {
  kCommits = 6,
  kPair = 8,
  kCopy = 10,
  kLife = 11,
  kWal = 12,
  kColumns = 13
};

// While others write, the file may be read before and the log after what they do.
constexpr int kLooks = 3;

// "pair copy life wal commits"
bool Parse(const std::string& text, WalNote* note) {
  char pair[64], copy[64];
  long long life = 0, commits = 0;
  int wal = 0;
  const int read =
      std::sscanf(text.c_str(), "%63s %63s %lld %d %lld", pair, copy, &life, &wal, &commits);
  if (read != 5) return false;
  *note = {.known = true, .pair = pair, .copy = copy, .life = life, .commits = commits, .wal = wal};
  return true;
}

// What cannot be read is not known; what was not looked at for want of memory is an error.
Status NotKnown(const Status& why) { return why == Code::kOutOfMemory ? why : Status(); }

std::string Hex(std::span<const std::uint8_t> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

WalNote NoteOfRow(const std::vector<RowValue>& row) {
  if (row.size() <= kPair) return {};
  WalNote note{.known = true, .pair = Hex(row[kPair].bytes), .copy = "-"};
  note.commits = row[kCommits].integer;
  if (row.size() < kColumns) return note;
  note.copy = Hex(row[kCopy].bytes);
  note.life = row[kLife].integer;
  note.wal = static_cast<int>(row[kWal].integer);
  return note;
}

// The row in the file alone, whatever lies beside it.
Status ReadWalNoteOfFile(const std::string& path, WalNote* note) {
  *note = WalNote();
  auto file = DbConnection::OpenToRead(path, ReadFrom::kFileAlone);
  if (!file.ok()) return NotKnown(file.status());
  std::int64_t root = 0;
  const int code = (*file)->QueryInt(kRootSql, &root);
  if (code != SQLITE_OK) return NotKnown(MapError(code, Phase::kOpen, "control"));
  if (Status status = ReadWalNote(file->get(), note); !status.ok()) return status;
  note->root = static_cast<std::uint32_t>(root);
  return Status();
}

// Whether a log with `in_log` can have been written upon a file with `in_file`.
bool BelongsTogether(const WalNote& in_file, const WalNote& in_log) {
  if (in_file.pair != in_log.pair) return false;
  const bool old_file = in_file.copy == "-";  // of release 0.1: the log has the step from it
  if (old_file) return in_log.wal <= kWalInUse;
  if (in_file.copy != in_log.copy) return false;
  if (in_file.wal == kWalNone) return in_log.life == in_file.life && in_log.wal <= kWalInUse;
  return in_log.life >= in_file.life;
}

Status WrongWal(const std::string& path) {
  return Status(Code::kWrongFile,
                path +
                    "-wal: is of another state of this database, as when a copy was put in its "
                    "place. To take the copy: `seathold restore COPY --db " +
                    path +
                    " --replace`. The log may be all there is of the latest sales: put its "
                    "own database back, or only if they are not wanted: rm '" +
                    path + "-wal'");
}

}  // namespace

Status ReadWalNote(Connection* connection, WalNote* note) {
  *note = WalNote();
  std::int64_t columns = 0;
  std::string text;
  int code = connection->QueryInt(kColumnsSql, &columns);
  if (code == SQLITE_OK) code = connection->QueryText(columns > 0 ? kNoteSql : kPairSql, &text);
  if (code != SQLITE_OK) return NotKnown(MapError(code, Phase::kOpen, "control"));
  (void)Parse(text, note);
  return Status();
}

Status CheckFoundLog(const DbFiles& files) {
  for (int look = 0; look < kLooks && files.WalBytes() > 0; ++look) {
    WalNote in_file;
    if (Status status = ReadWalNoteOfFile(files.path(), &in_file); !status.ok()) return status;
    // Without a row in the file the log has all there is, or the file was torn by a checkpoint that
    // the log repeats.
    if (!in_file.known) return Status();
    const CommittedPage found = ReadCommittedPage(files.wal_path(), in_file.root);
    if (!found.any) return Status();
    const WalNote first = NoteOfRow(OnlyRow(found.first)), last = NoteOfRow(OnlyRow(found.page));
    const bool whole = first.known && first.commits <= in_file.commits + 1;
    if (whole && last.known && BelongsTogether(in_file, last)) return Status();
  }
  return files.WalBytes() > 0 ? WrongWal(files.path()) : Status();
}

void NoteClosed(Core* core, Connection* writer) {
  Control control;
  if (ReadControl(writer, &control) != SQLITE_OK || control.wal == kWalNone) return;
  if (control.wal == kWalInUse) {
    int frames = 0, copied = -1;
    const int code = sqlite3_wal_checkpoint_v2(writer->handle(), "main", SQLITE_CHECKPOINT_PASSIVE,
                                               &frames, &copied);
    if (code != SQLITE_OK || frames != copied) return;
  }
  if (core->real_files && !core->files.Unchanged()) return;
  (void)writer->Exec("BEGIN IMMEDIATE; UPDATE control SET wal = 0, life = life + 1; COMMIT");
  (void)writer->Rollback();
}

int NoteCopied(Connection* connection) {
  return connection->Exec("UPDATE control SET mode = 'shared', copy = randomblob(16), wal = 0");
}

}  // namespace seathold::sqlite

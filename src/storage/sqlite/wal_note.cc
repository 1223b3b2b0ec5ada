#include "src/storage/sqlite/wal_note.h"

#include <cstdio>

#include "src/storage/sqlite/connection.h"
#include "src/storage/sqlite/core.h"

namespace seathold::sqlite {
namespace {

constexpr const char* kColumnsSql =
    "SELECT count(*) FROM pragma_table_info('control') WHERE name = 'wal'";
constexpr const char* kNoteSql =
    "SELECT lower(hex(pair)) || ' ' || lower(hex(copy)) || ' ' || life || ' ' || wal "
    "FROM control WHERE id = 1";
constexpr const char* kPairSql = "SELECT lower(hex(pair)) || ' - 0 0' FROM control WHERE id = 1";

// "pair copy life wal"
bool Parse(const std::string& text, WalNote* note) {
  char pair[64], copy[64];
  long long life = 0;
  int wal = 0;
  if (std::sscanf(text.c_str(), "%63s %63s %lld %d", pair, copy, &life, &wal) != 4) return false;
  *note = {.known = true, .pair = pair, .copy = copy, .life = life, .wal = wal};
  return true;
}

// What cannot be read is not known; what was not looked at for want of memory is an error.
Status NotKnown(const Status& why) { return why == Code::kOutOfMemory ? why : Status(); }

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

Status ReadWalNoteOfFile(const std::string& path, WalNote* note) {
  *note = WalNote();
  auto file = Connection::OpenToRead(path, ReadFrom::kFileAlone);
  return file.ok() ? ReadWalNote(file->get(), note) : NotKnown(file.status());
}

bool BelongsTogether(const WalNote& in_file, const WalNote& in_log) {
  // Without a row in the file the log has all there is, or the file was torn by a checkpoint that
  // the log repeats. Without one in the log the database cannot be read at all.
  if (!in_file.known || !in_log.known) return true;
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
                    "place; use `seathold restore COPY --db " +
                    path + " --replace`, or remove it: rm '" + path + "-wal'");
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
  return connection->Exec("UPDATE control SET copy = randomblob(16), wal = 0");
}

}  // namespace seathold::sqlite

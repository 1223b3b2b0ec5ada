#include <fmt/format.h>
#include <unistd.h>

#include "examples/cli/commands.h"
#include "examples/cli/place.h"
#include "examples/cli/session.h"
#include "examples/cli/text.h"
#include "seathold/copy.h"
#include "seathold/restore.h"

namespace seathold::cli {
namespace {

int Init(Session& session) {
  const Stats stats = session.engine().stats();
  Answer answer;
  answer.json.Set("db", session.db());
  answer.json.Set("storage", stats.storage.description);
  answer.json.Set("durability", stats.storage.durability);
  answer.json.Set("schema", stats.storage.schema);
  answer.json.Set("keys", session.keys());
  answer.text = fmt::format(
      "database    {}\nstorage     {}\ndurability  {}\nkeys        {} (keep it secret, back it "
      "up)\n",
      Printable(session.db()), Printable(stats.storage.description), stats.storage.durability,
      Printable(session.keys()));
  answer.brief = session.db();
  return session.Done(answer);
}

int RotateKeys(Session& session) {
  const Status status = session.engine().RotateKeys();
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.json.Set("rotated", true);
  answer.text = "a new key signs from now on; tokens and passes of the older ones still hold\n";
  return session.Done(answer);
}

int BackUp(Session& session, const std::string& file) {
  const Progress progress(session, "copying the database");
  const Status status = session.engine().Backup(file, session.long_call());
  if (!status.ok()) {
    const bool has_file = !OnServer(session.storage());
    return session.Fail(status, Json::Object(), has_file ? "" : "; `seathold copy` makes a file");
  }
  Answer answer;
  answer.json.Set("file", file);
  answer.text = fmt::format("copied to {}\n", Printable(file));
  answer.brief = file;
  return session.Done(answer);
}

int Restore(Session& session, const std::string& file, bool replace) {
  if (PathOf(session.storage()).empty()) {
    return session.Fail(Status(Code::kUnsupported,
                               "restore puts a file in the place of a database file; a database on "
                               "a server: pg_restore, or `seathold copy FILE postgresql://...`"));
  }
  SqliteRestore how{.backup = file, .path = session.db(), .replace = replace};
  how.timeout_ms = session.long_call().timeout_ms;
  {
    const Progress progress(session, "reading the backup and putting it in place");
    if (Status status = RestoreSqlite(how); !status.ok()) return session.Fail(status);
  }
  // What the next one to open it would say.
  if (Status status = session.Open(Opens::kReading); !status.ok()) return session.Fail(status);
  const std::string keys = session.keys();
  const bool has_keys = ::access(keys.c_str(), F_OK) == 0;
  Answer answer;
  answer.json.Set("db", session.db()).Set("keys", has_keys);
  answer.text = fmt::format("{} is what {} was\n", Printable(session.db()), Printable(file));
  if (!has_keys) {
    answer.text += fmt::format("its keys are missing: put them at {}\n", Printable(keys));
  }
  answer.brief = session.db();
  return session.Done(answer);
}

int Copy(Session& session, const std::string& from, const std::string& to) {
  CopyRequest how{.from = StorageUri(from), .to = StorageUri(to)};
  how.timeout_ms = session.long_call().timeout_ms;
  Result<CopyReport> copied = Code::kInternal;
  {
    const Progress progress(session, "copying, then counting the books of the copy");
    copied = CopyDatabase(how);
  }
  if (!copied.ok()) return session.Fail(copied.status());
  Answer answer;
  answer.json.Set("from", copied->from).Set("to", copied->to).Set("rows", copied->rows);
  answer.json.Set("keys_from", copied->keys_from).Set("keys_to", copied->keys_to);
  answer.json.Set("clean", copied->audit.clean());
  answer.text = fmt::format("to    {}\nfrom  {}\nrows  {}\n", Printable(copied->to),
                            Printable(copied->from), CountText(copied->rows));
  if (copied->keys_from.empty()) {
    answer.text += "keys  none lie beside what was copied: name yours to whoever opens the copy\n";
  } else if (copied->keys_to.empty()) {
    answer.text += fmt::format("keys  {}: name them to whoever opens the copy\n",
                               Printable(copied->keys_from));
  } else {
    answer.text += fmt::format("keys  {}\n", Printable(copied->keys_to));
  }
  answer.brief = std::to_string(copied->rows);
  const int written = session.Done(answer);
  if (copied->audit.clean()) return written;
  if (!session.global().json) {
    fmt::print(stderr,
               "seathold: the books of the copy do not balance: `seathold verify` says how\n");
  }
  return kExitBroken;
}

Command DescribeInit() {
  return {.path = "init",
          .purpose = "make a database, or look whether one is usable",
          .details =
              "Makes the database and, beside it, FILE.keys with the key that signs tokens "
              "and passes.\nA database that is there is left as it is. On a PostgreSQL server "
              "it makes our tables in a\ndatabase that is there; --keys names the file of the "
              "keys.",
          .examples = {"seathold init", "seathold init --db hall.db",
                       "seathold init --db postgresql://box@db.example.org/hall --keys hall.keys"},
          .run = Init,
          .opens = Opens::kNewDatabase};
}

Command DescribeKeysRotate() {
  return {.path = "keys rotate",
          .purpose = "sign with a new key from now on",
          .details = "Older keys still verify what they signed.",
          .examples = {"seathold keys rotate"},
          .run = RotateKeys};
}

Command DescribeBackup() {
  auto file = std::make_shared<std::string>();
  return {
      .path = "backup",
      .purpose = "copy the database while it is in use",
      .details =
          "The copy is consistent and complete, but for FILE.keys, which is copied by "
          "hand.\nCopying the database file itself while it is in use is not safe. A database on a "
          "server is\npg_dump's to back up; `seathold copy` makes a file of it.",
      .options = {{"file", "FILE", "the copy; must not exist", FileName{file.get()}, true}},
      .examples = {"seathold backup hall-monday.db"},
      .run = [file](Session& session) { return BackUp(session, *file); },
      .opens = Opens::kReading};
}

Command DescribeRestore() {
  auto file = std::make_shared<std::string>();
  auto replace = std::make_shared<bool>(false);
  return {.path = "restore",
          .purpose = "put a backup in the place of the database",
          .details =
              "Reads the whole backup first. What a crash left of the old database (its "
              "-wal, its line) goes;\nFILE.keys stays. Nobody may have the database open.",
          .options = {{"file", "FILE", "what `seathold backup` wrote", FileName{file.get()}, true},
                      {"--replace", "", "also where a database is, which is gone then",
                       Flag{replace.get()}}},
          .examples = {"seathold restore hall-monday.db --db hall.db --replace"},
          .run = [file, replace](Session& session) { return Restore(session, *file, *replace); },
          .opens = Opens::kNothing};
}

Command DescribeCopy() {
  auto from = std::make_shared<std::string>();
  auto to = std::make_shared<std::string>();
  return {
      .path = "copy",
      .purpose = "move a database from one storage to another",
      .details =
          "Copies all rows in one transaction, the keys beside them, and counts the books of "
          "the copy.\nEnd every host first: what is sold meanwhile would not be in it. Waiting "
          "buyers keep their places\nby their tokens.",
      .options = {{"from", "FROM", "a database file, sqlite:FILE or postgresql://...",
                   FileName{from.get()}, true},
                  {"to", "TO", "the same; there must be nothing in it", FileName{to.get()}, true}},
      .examples = {"seathold copy hall.db /srv/box-office/hall.db"},
      .run = [from, to](Session& session) { return Copy(session, *from, *to); },
      .opens = Opens::kNothing};
}

}  // namespace

std::vector<Command> SetupCommands() {
  return {DescribeInit(), DescribeKeysRotate(), DescribeBackup(), DescribeRestore(),
          DescribeCopy()};
}

}  // namespace seathold::cli

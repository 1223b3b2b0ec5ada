#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/session.h"
#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

int Init(Session& session) {
  const Stats stats = session.engine().stats();
  Answer answer;
  answer.json.Set("db", session.db());
  answer.json.Set("storage", stats.storage.description);
  answer.json.Set("durability", stats.storage.durability);
  answer.json.Set("schema", stats.storage.schema);
  answer.json.Set("keys", stats.storage.keys_path);
  answer.text = fmt::format(
      "database    {}\nstorage     {}\ndurability  {}\nkeys        {} (keep it secret, back it "
      "up)\n",
      Printable(session.db()), Printable(stats.storage.description), stats.storage.durability,
      Printable(stats.storage.keys_path));
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
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.json.Set("file", file);
  answer.text = fmt::format("copied to {}\n", Printable(file));
  answer.brief = file;
  return session.Done(answer);
}

Command DescribeInit() {
  return {.path = "init",
          .purpose = "make a database, or look whether one is usable",
          .details =
              "Makes the database and, beside it, FILE.keys with the key that signs tokens "
              "and passes.\nA database that is there is left as it is.",
          .examples = {"seathold init", "seathold init --db hall.db"},
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
  return {.path = "backup",
          .purpose = "copy the database while it is in use",
          .details =
              "The copy is consistent and complete, but for FILE.keys, which is copied by "
              "hand.\nCopying the database file itself while it is in use is not safe.",
          .options = {{"file", "FILE", "the copy; must not exist", FileName{file.get()}, true}},
          .examples = {"seathold backup hall-monday.db"},
          .run = [file](Session& session) { return BackUp(session, *file); }};
}

}  // namespace

std::vector<Command> SetupCommands() {
  return {DescribeInit(), DescribeKeysRotate(), DescribeBackup()};
}

}  // namespace seathold::cli

#include "examples/cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

constexpr std::size_t kWidth = 100;

constexpr std::string_view kJourney = R"(
A first sale:
  seathold init
  seathold venue make --name Barn --rows 10 --seats 12
  seathold show add --title "Winter journey"
  seathold performance add --show 1 --venue 1 --date 2036-12-31 --time 19:30 \
      --currency EUR --price "*=45.00"
  seathold wallet charge --user 7 --amount 90.00 --currency EUR
  HOLD=$(seathold -q best -p 1 --user 7 --seats 2)
  seathold pay -p 1 --user 7 --hold "$HOLD"
  seathold seats 1
  seathold verify
Any number of calls may run at once on one database.
)";

constexpr std::string_view kExitCodes = R"(
Exit codes:
  0  done
  1  refused: no effect, and it stays so until something changes
  2  usage: an option or argument is missing, malformed or out of range
  3  busy: no effect, try again (kStorageFailed, kStorageCorrupt: look at the database first); also
     a read whose answer could not be written
  4  unknown: it may have happened; send it again with the same id, and it happens once. Also a
     change whose answer could not be written: standard error says what happened
  5  verify: the books do not balance
  130, 141, 143  ended by Ctrl-C, by a closed pipe behind a read, by a request to end: no effect, or
     as 4 where a change was under way
A command that does several things (block, unblock) names each that it could not do, and ends with
the worst code among them.

Output:
  Answers go to standard output, with --quiet only what a script goes on with, with --json one
  object (`feed`: one a line). Errors are one line on standard error, "seathold: CODE: text"; with
  --json an object with code, number, outcome, retryable and text, and retry_after_ms where it is
  known. Log lines (--log-level) go to standard error too, ahead of it, and begin with "time=".
)";

constexpr std::string_view kWords = R"(
How things are written:
  SEAT    the guid of the plan, or #N for the seat with that ordinal
  UUID    an id of 36 characters; made where it is not given, and printed
  AMOUNT  a decimal in the performance's currency: 45.00
  TIME    RFC 3339 with a zone: 2036-12-31T19:30:00Z
  TEXT of --id-from: what a provider calls it, 1 to 200 bytes; the same text is always the same id
  user    --token (a buyer, see `account login`) or --user N (an operator, who needs no login);
          SEATHOLD_TOKEN counts as --token where neither is given. A token that is not good is
          refused wherever it counts. Commands without --token are for operators: whoever may
          write the database file.
)";

// Words of `text`, wrapped and indented behind a first line that has `used` columns already.
std::string Wrap(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + 1 + word.size() > kWidth) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string SpellingOf(const Option& option) {
  if (option.positional()) return option.value_name;
  std::string names = option.names;
  if (option.may_be_positional()) names.erase(names.rfind(','));
  if (const std::size_t comma = names.find(','); comma != std::string::npos)
    names.insert(comma + 1, " ");
  return option.value_name.empty() ? names : names + " " + option.value_name;
}

std::string OptionLines(const std::vector<Option>& options) {
  constexpr std::size_t kHelpColumn = 28;
  std::string out;
  for (const Option& option : options) {
    if (option.hidden) continue;
    std::string line = "  " + SpellingOf(option);
    line += line.size() + 2 > kHelpColumn ? "\n" + std::string(kHelpColumn, ' ')
                                          : std::string(kHelpColumn - line.size(), ' ');
    out += line + Wrap(option.help + (option.required ? " (required)" : ""), kHelpColumn) + "\n";
  }
  return out;
}

std::string UsageOf(const Command& command) {
  std::string usage = "seathold " + command.path;
  for (const Option& option : command.options) {
    if (!option.required || option.positional()) continue;
    usage += fmt::format(" {} {}", NameOf(option), option.value_name);
  }
  usage += " [OPTIONS]";
  for (const Option& option : command.options) {
    if (!option.positional()) continue;
    const bool many = std::holds_alternative<Texts>(option.target);
    usage += " " + option.value_name + (many ? "..." : "");
  }
  return usage;
}

std::string CommandLines(const std::vector<Command>& commands, const std::string& prefix) {
  std::string out;
  for (const Command& command : commands) {
    if (!command.path.starts_with(prefix)) continue;
    const std::string name =
        command.alias.empty() ? command.path : command.path + ", " + command.alias;
    out += fmt::format("  {:<20}  {}\n", name, command.purpose);
  }
  return out;
}

std::string HelpForAll(const std::vector<Command>& commands, const std::vector<Option>& global) {
  return "seathold: a box office on one database file\n\nUsage: seathold [OPTIONS] COMMAND ...\n\n"
         "Commands (`seathold help COMMAND` and `COMMAND --help` tell more):\n" +
         CommandLines(commands, "") + "\nOptions, before or behind the command:\n" +
         OptionLines(global) + "  --version                 print the release\n" +
         std::string(kJourney) + std::string(kWords) + std::string(kExitCodes);
}

std::string HelpForGroup(const std::string& group, const std::vector<Command>& commands) {
  return fmt::format("Usage: seathold {} COMMAND ...\n\nCommands (each has --help):\n{}", group,
                     CommandLines(commands, group + " "));
}

std::string HelpForCommand(const Command& command, const std::vector<Option>& global) {
  std::string out = fmt::format("seathold {}: {}\n", command.path, command.purpose);
  if (!command.alias.empty()) out += fmt::format("The same as `seathold {}`.\n", command.alias);
  if (!command.details.empty()) out += "\n" + command.details + "\n";
  out += "\nUsage: " + Wrap(UsageOf(command), 7) + "\n";
  const std::string own = OptionLines(command.options);
  if (!own.empty()) out += "\nOptions:\n" + own;
  out += "\nGlobal options:\n" + OptionLines(global) + "\nExamples:\n";
  for (const std::string& example : command.examples) out += "  " + example + "\n";
  return out + "\n`seathold --help` explains ids, amounts, times, users and exit codes.\n";
}

}  // namespace

std::optional<std::string> HelpFor(const std::vector<std::string>& words,
                                   const std::vector<Command>& commands,
                                   const std::vector<Option>& global) {
  if (words.empty()) return HelpForAll(commands, global);
  const std::string path = fmt::format("{}", fmt::join(words, " "));
  bool group = false;
  for (const Command& command : commands) {
    if (command.path == path || command.alias == path) return HelpForCommand(command, global);
    group = group || command.path.starts_with(path + " ");
  }
  return group ? std::optional(HelpForGroup(path, commands)) : std::nullopt;
}

}  // namespace seathold::cli

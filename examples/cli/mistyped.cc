#include "examples/cli/mistyped.h"

#include <fmt/format.h>

#include <algorithm>

#include "examples/cli/spelling.h"
#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

constexpr std::size_t kPlainBytesMax = 24;

// What word processors make of "-".
constexpr std::string_view kLongDashes[] = {"\u2010", "\u2011", "\u2012", "\u2013",
                                            "\u2014", "\u2015", "\u2212"};

Status Wrong(std::string text) { return Status(Code::kInvalidArgument, std::move(text)); }

// A word as commands and options are made of: not what a password should look like.
bool IsPlain(std::string_view word) {
  return !word.empty() && word.size() <= kPlainBytesMax &&
         std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

bool HasLongDash(std::string_view argument) {
  return std::ranges::any_of(kLongDashes,
                             [&](std::string_view dash) { return argument.starts_with(dash); });
}
bool LooksLikeOption(std::string_view argument) {
  return (argument.size() > 1 && argument.front() == '-') || HasLongDash(argument);
}

// "--tokn" of "--tokn=secret"; dashes of any kind come out as two, but for those of "-x".
std::string NameIn(std::string_view argument) {
  std::string name(argument.substr(0, argument.find('=')));
  if (name.starts_with('-') && !name.starts_with("--") && name.size() == 2) return name;
  while (!name.empty() && (name.front() == '-' || HasLongDash(name))) {
    name.erase(0, name.front() == '-' ? 1 : 3);
  }
  return "--" + name;
}

void AddNames(const Option& option, std::vector<std::string>* names) {
  if (option.hidden) return;
  for (std::string_view rest = option.names; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (rest.starts_with('-')) names->emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
}

std::vector<std::string> NamesOf(const std::vector<Option>& options) {
  std::vector<std::string> names;
  for (const Option& option : options) AddNames(option, &names);
  return names;
}

std::vector<std::string> NamesFor(const Command* command, const std::vector<Option>& global) {
  std::vector<std::string> names;
  if (command != nullptr) names = NamesOf(command->options);
  for (const std::string& name : NamesOf(global)) names.push_back(name);
  names.insert(names.end(), {"--help", "-h", "--version"});
  return names;
}

// "--passwordhunter2" has a value glued on: only the option is named.
std::string GluedTo(const std::string& name, const std::vector<std::string>& known) {
  for (const std::string& option : known) {
    if (option.starts_with("--") && name.size() > option.size() && name.starts_with(option)) {
      return option;
    }
  }
  return "";
}

std::string UnknownOption(std::string_view argument, const std::vector<std::string>& known) {
  const std::string name = NameIn(argument);
  if (std::ranges::find(known, name) != known.end()) {
    return HasLongDash(argument) || !argument.starts_with("--")
               ? fmt::format("{} begins with two plain dashes", name)
               : fmt::format("{} belongs behind its command", name);
  }
  const std::vector<std::string> nearest = Nearest(name, known);
  if (!nearest.empty()) return fmt::format("no option {}{}", Printable(name), DidYouMean(nearest));
  if (const std::string option = GluedTo(name, known); !option.empty()) {
    return fmt::format("the value of {} stands behind a blank or \"=\"", option);
  }
  if (IsPlain(name)) return fmt::format("no option {}", name);
  const bool letter =
      argument.size() > 1 && argument.front() == '-' &&
      ((argument[1] >= 'a' && argument[1] <= 'z') || (argument[1] >= 'A' && argument[1] <= 'Z'));
  return letter ? fmt::format("no option {}", argument.substr(0, 2))
                : "an option that does not exist (not repeated here: it may be a secret)";
}

// Each unknown option, but for one right behind another: that may be its value.
std::string UnknownOptions(const std::vector<std::string>& left_over,
                           const std::vector<std::string>& known) {
  std::string text;
  for (std::size_t i = 0; i < left_over.size(); ++i) {
    if (!LooksLikeOption(left_over[i])) continue;
    text += (text.empty() ? "" : "; ") + UnknownOption(left_over[i], known);
    if (left_over[i].find('=') == std::string::npos) ++i;
  }
  return text;
}

std::size_t PositionalsOf(const Command& command) {
  return static_cast<std::size_t>(
      std::ranges::count_if(command.options, &Option::may_be_positional));
}

// Paths of which `typed` is a slip away, then those with a word of which it is one.
std::vector<std::string> NearestPaths(const std::string& typed,
                                      const std::vector<Command>& commands) {
  std::vector<std::string> paths, close;
  for (const Command& command : commands) {
    paths.push_back(command.path);
    if (!command.alias.empty()) paths.push_back(command.alias);
  }
  close = Nearest(typed, paths);
  const std::string first = typed.substr(0, typed.find(' '));
  for (const std::string& path : paths) {
    const std::size_t blank = path.find(' ');
    if (!close.empty() || blank == std::string::npos) continue;
    if (!Nearest(first, {path.substr(0, blank), path.substr(blank + 1)}).empty()) {
      close.push_back(path);
    }
  }
  for (std::string& path : close) path = "`seathold " + path + "`";
  return close;
}

std::string PathOf(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace

std::string FindEmptyValue(const std::vector<std::string>& arguments,
                           const std::vector<Command>& commands,
                           const std::vector<Option>& global) {
  std::vector<std::string> known = NamesFor(nullptr, global);
  for (const Command& command : commands) {
    for (const std::string& name : NamesOf(command.options)) known.push_back(name);
  }
  for (const std::string& argument : arguments) {
    if (!argument.starts_with("--") || argument.find('=') + 1 != argument.size()) continue;
    const std::string name = argument.substr(0, argument.size() - 1);
    if (std::ranges::find(known, name) != known.end()) return name;
  }
  return "";
}

Status CheckOptions(const std::vector<std::string>& left_over, const Command& command,
                    const std::vector<Option>& global) {
  if (left_over.empty()) return Status();
  const std::string unknown = UnknownOptions(left_over, NamesFor(&command, global));
  if (!unknown.empty()) return Wrong(unknown);
  const std::size_t takes = PositionalsOf(command);
  return Wrong(fmt::format("{} {} too many: `seathold {}` takes {}", left_over.size(),
                           left_over.size() == 1 ? "argument" : "arguments", command.path,
                           takes == 0 ? "options only" : "one"));
}

Status CheckCommand(const std::vector<std::string>& left_over,
                    const std::vector<std::string>& words, const std::vector<Command>& commands,
                    const std::vector<Option>& global) {
  const std::string path = PathOf(words);
  const std::string see = path.empty() ? "see `seathold help`" : "see `seathold help " + path + "`";
  if (!left_over.empty() && LooksLikeOption(left_over.front())) {
    return Wrong(UnknownOptions({left_over.front()}, NamesFor(nullptr, global)) + "; " + see);
  }
  if (left_over.empty()) return Wrong("a command is missing, " + see);
  const std::string before = path.empty() ? "" : path + " ";
  std::string typed = before + left_over.front();
  const bool more = path.empty() && left_over.size() > 1 && !LooksLikeOption(left_over[1]);
  std::vector<std::string> close;
  if (more) close = NearestPaths(typed + " " + left_over[1], commands);
  if (close.empty()) close = NearestPaths(typed, commands);
  if (!IsPlain(left_over.front())) typed = before + "...";  // it may be a password
  return Wrong(fmt::format("no command \"{}\"{}; {}", Printable(typed), DidYouMean(close), see));
}

Status ReadParserError(std::string_view text, const Command* command,
                       const std::vector<Option>& global) {
  const bool flag = text.find("flag override") != std::string_view::npos;
  const std::string_view name = text.substr(0, text.find_first_of(": "));
  for (const std::string& known : NamesFor(command, global)) {
    if (known != name && known != fmt::format("--{}", name)) continue;
    if (flag) return Wrong(known + " takes no value");
    return Wrong(fmt::format("{} needs a value: {} VALUE, or {}=VALUE", known, known, known));
  }
  return Wrong("the command line cannot be read");
}

Status Joined(const std::vector<Status>& all) {
  Status first;
  std::string text;
  for (const Status& status : all) {
    if (status.ok()) continue;
    if (first.ok()) first = status;
    text += (text.empty() ? "" : "; ") + std::string(status.detail());
  }
  return first.ok() ? first : Status(first.code(), std::move(text));
}

}  // namespace seathold::cli

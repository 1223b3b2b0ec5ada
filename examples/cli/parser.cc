#include "examples/cli/parser.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "examples/cli/mistyped.h"

namespace seathold::cli {

// CLI11 only sorts what was typed: what it means and whether it may be missing, Assign decides. Its
// own messages repeat arguments, a secret behind a mistyped option among them, so none gets out.
class Parser::Impl {
 public:
  Impl(const std::vector<Command>& commands, const std::vector<Option>& global);

  Status Parse(int argc, const char* const* argv, Wanted* wanted);
  const Command* FindCommand() const;
  std::vector<std::string> Words() const;
  Status Assign(const Command* command) const;

 private:
  struct Bound {
    const Option* option;
    const CLI::Option* parsed;
  };

  Bound Bind(CLI::App* app, const Option& option);
  void AddCommand(const Command& command);
  const CLI::App* Deepest() const;
  Status CheckLeftOver() const;

  const std::vector<Command>& commands_;
  const std::vector<Option>& global_;
  CLI::App app_;
  std::map<std::string, CLI::App*> groups_;
  std::map<const CLI::App*, const Command*> of_app_;
  std::map<const Command*, const CLI::App*> app_of_;
  std::map<const Command*, std::vector<Bound>> bound_;  // the global ones under null
};

Parser::Impl::Impl(const std::vector<Command>& commands, const std::vector<Option>& global)
    : commands_(commands), global_(global) {
  app_.set_help_flag("-h,--help");
  app_.set_version_flag("--version", "");
  app_.fallthrough();
  app_.allow_extras();
  app_.require_subcommand(0, 1);  // a seat may be called like a command
  app_of_[nullptr] = &app_;
  for (const Option& option : global) bound_[nullptr].push_back(Bind(&app_, option));
  for (const Command& command : commands) AddCommand(command);
}

Parser::Impl::Bound Parser::Impl::Bind(CLI::App* app, const Option& option) {
  if (std::holds_alternative<Flag>(option.target)) {
    return {&option, app->add_flag(option.names)->disable_flag_override()};
  }
  CLI::Option* added = app->add_option(option.names);
  const bool list = option.positional() && std::holds_alternative<Texts>(option.target);
  added->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  // Without extra arguments "--price A B" leaves B alone, and "[A]" is a text like any other.
  added->allow_extra_args(list);
  return {&option, added};
}

void Parser::Impl::AddCommand(const Command& command) {
  CLI::App* parent = &app_;
  std::string name = command.path;
  if (const std::size_t blank = name.find(' '); blank != std::string::npos) {
    const std::string group = name.substr(0, blank);
    name.erase(0, blank + 1);
    CLI::App*& known = groups_[group];
    if (known == nullptr) known = app_.add_subcommand(group)->require_subcommand(0, 1);
    parent = known;
  }
  CLI::App* app = parent->add_subcommand(name);
  if (!command.alias.empty()) app->alias(command.alias);
  of_app_[app] = &command;
  app_of_[&command] = app;
  for (const Option& option : command.options) bound_[&command].push_back(Bind(app, option));
}

const CLI::App* Parser::Impl::Deepest() const {
  const CLI::App* app = &app_;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

const Command* Parser::Impl::FindCommand() const {
  const auto found = of_app_.find(Deepest());
  return found == of_app_.end() ? nullptr : found->second;
}

std::vector<std::string> Parser::Impl::Words() const {
  std::vector<std::string> words;
  for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    words.push_back(app->get_name());
  }
  return words;
}

// What no command and no option took, in the order typed.
Status Parser::Impl::CheckLeftOver() const {
  std::vector<std::string> left_over = app_.remaining(true);
  std::erase(left_over, "--");
  const Command* command = FindCommand();
  if (command != nullptr) return CheckOptions(left_over, *command, global_);
  return CheckCommand(left_over, Words(), commands_, global_);
}

Status Parser::Impl::Parse(int argc, const char* const* argv, Wanted* wanted) {
  if (const std::string empty = FindEmptyValue({argv + 1, argv + argc}, commands_, global_);
      !empty.empty()) {
    return Status(Code::kInvalidArgument, empty + " is empty");
  }
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    *wanted = Wanted::kHelp;
    return Status();
  } catch (const CLI::CallForVersion&) {
    *wanted = Wanted::kVersion;
    return Status();
  } catch (const CLI::ParseError& error) {
    return ReadParserError(error.what(), FindCommand(), global_);
  }
  return CheckLeftOver();
}

Status Parser::Impl::Assign(const Command* command) const {
  const auto bound = bound_.find(command);
  if (bound == bound_.end()) return Status();
  const std::vector<CLI::Option*> typed = app_of_.at(command)->parse_order();
  const auto place = [&](const Bound& one) { return std::ranges::find(typed, one.parsed); };
  std::vector<Bound> in_order = bound->second;
  std::ranges::stable_sort(in_order, {}, place);
  std::vector<Status> wrong;
  for (const Bound& one : in_order) {
    wrong.push_back(cli::Assign(*one.option, one.parsed->results()));
  }
  return Joined(wrong);
}

Parser::Parser(const std::vector<Command>& commands, const std::vector<Option>& global)
    : impl_(std::make_unique<Impl>(commands, global)) {}
Parser::~Parser() = default;

Status Parser::Parse(int argc, const char* const* argv) {
  Status status = impl_->Parse(argc, argv, &wanted_);
  command_ = impl_->FindCommand();
  return status;
}
std::vector<std::string> Parser::words() const { return impl_->Words(); }
Status Parser::AssignGlobal() { return impl_->Assign(nullptr); }
Status Parser::AssignOptions() { return impl_->Assign(command_); }

}  // namespace seathold::cli

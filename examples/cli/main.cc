// The one file that knows the parser: it turns commands into CLI11's and gives them what was typed.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <exception>
#include <map>

#include "examples/cli/commands.h"
#include "examples/cli/help.h"
#include "examples/cli/session.h"

namespace seathold::cli {

std::vector<Command> AllCommands() {
  std::vector<Command> all;
  for (const auto subject :
       {SetupCommands, VenueCommands, ShowCommands, PerformanceCommands, SeatCommands,
        AccountCommands, WalletCommands, QueueCommands, HoldCommands, PaymentCommands,
        ReservationCommands, UpkeepCommands, DemoCommands}) {
    for (Command& command : subject()) all.push_back(std::move(command));
  }
  return all;
}

namespace {

// An option and what was typed for it.
struct Given {
  const Option* option;
  std::vector<std::string> values;
  std::int64_t flags = 0;
};

class Parser {
 public:
  Parser(const std::vector<Command>& commands, const std::vector<Option>& global)
      : commands_(commands), global_(global) {
    app_.set_help_flag("-h,--help");
    app_.set_version_flag("--version", "seathold " + std::string(Version()));
    app_.fallthrough();
    for (const Option& option : global) Bind(app_, option, &global_given_);
    for (const Command& command : commands) AddCommand(command);
  }

  // Sets *command, unless help or the release was all that was wanted: then prints that.
  Status Parse(int argc, char** argv, const Command** command);
  Status AssignGlobal() { return AssignAll(global_given_); }
  Status AssignOptions(const Command& command) { return AssignAll(given_[&command]); }

 private:
  static void Bind(CLI::App& app, const Option& option, std::deque<Given>* given);
  static Status AssignAll(const std::deque<Given>& given);
  void AddCommand(const Command& command);
  const CLI::App* Deepest() const;
  std::string Help() const;

  const std::vector<Command>& commands_;
  const std::vector<Option>& global_;
  CLI::App app_;
  std::map<std::string, CLI::App*> groups_;
  std::map<const CLI::App*, const Command*> of_app_;
  std::map<const Command*, std::deque<Given>> given_;  // deques: CLI11 keeps pointers into them
  std::deque<Given> global_given_;
};

// CLI11 only collects the texts: what they mean and whether they may be missing, Assign decides.
void Parser::Bind(CLI::App& app, const Option& option, std::deque<Given>* given) {
  Given& target = given->emplace_back(Given{&option, {}, 0});
  if (std::holds_alternative<Flag>(option.target)) {
    app.add_flag(option.names, target.flags);
    return;
  }
  CLI::Option* added = app.add_option(option.names, target.values);
  const bool list = option.positional() && std::holds_alternative<Texts>(option.target);
  // Without extra arguments "--price A B" leaves B alone, and "[A]" is a text like any other.
  if (!list) added->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  added->allow_extra_args(list);
}

void Parser::AddCommand(const Command& command) {
  CLI::App* parent = &app_;
  std::string name = command.path;
  if (const std::size_t blank = name.find(' '); blank != std::string::npos) {
    const std::string group = name.substr(0, blank);
    name.erase(0, blank + 1);
    CLI::App*& known = groups_[group];
    if (known == nullptr) known = app_.add_subcommand(group);
    parent = known;
  }
  CLI::App* app = parent->add_subcommand(name);
  if (!command.alias.empty()) app->alias(command.alias);
  of_app_[app] = &command;
  for (const Option& option : command.options) Bind(*app, option, &given_[&command]);
}

Status Parser::AssignAll(const std::deque<Given>& given) {
  for (const Given& one : given) {
    const std::vector<std::string> flag(one.flags > 0 ? 1 : 0);
    const bool is_flag = std::holds_alternative<Flag>(one.option->target);
    if (Status status = Assign(*one.option, is_flag ? flag : one.values); !status.ok()) {
      return status;
    }
  }
  return Status();
}

const CLI::App* Parser::Deepest() const {
  const CLI::App* app = &app_;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

std::string Parser::Help() const {
  const CLI::App* app = Deepest();
  if (app == &app_) return HelpForAll(commands_, global_);
  const auto found = of_app_.find(app);
  if (found != of_app_.end()) return HelpForCommand(*found->second, global_);
  return HelpForGroup(app->get_name(), commands_);
}

Status Parser::Parse(int argc, char** argv, const Command** command) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", Help());
    return Status();
  } catch (const CLI::CallForVersion& version) {
    fmt::print("{}\n", version.what());
    return Status();
  } catch (const CLI::ParseError& error) {
    return Status(Code::kInvalidArgument, error.what());
  }
  const auto found = of_app_.find(Deepest());
  if (found != of_app_.end()) {
    *command = found->second;
    return Status();
  }
  const bool none = Deepest() == &app_;
  return Status(
      Code::kInvalidArgument,
      none ? "a command is missing, see `seathold --help`"
           : fmt::format("a command is missing, see `seathold {} --help`", Deepest()->get_name()));
}

int RunCommand(Session& session, const Command& command) {
  if (const Status status = session.Open(command.opens); !status.ok()) return session.Fail(status);
  const int code = command.run(session);
  const Status closed = session.Close();
  return code == kExitDone && !closed.ok() ? session.Fail(closed) : code;
}

int Main(int argc, char** argv) {
  GlobalOptions global;
  const std::vector<Option> global_options = DescribeGlobalOptions(&global);
  const std::vector<Command> commands = AllCommands();
  Parser parser(commands, global_options);
  const Command* command = nullptr;
  Status status = parser.Parse(argc, argv, &command);
  // Even where the rest is wrong, errors take the form that was asked for.
  if (const Status assigned = parser.AssignGlobal(); status.ok()) status = assigned;
  if (status.ok() && command != nullptr) status = parser.AssignOptions(*command);
  Session session(global);
  if (!status.ok()) {
    const std::string hint =
        command != nullptr ? fmt::format("; see `seathold {} --help`", command->path) : "";
    return session.Fail(status, Json::Object(), hint);
  }
  return command == nullptr ? kExitDone : RunCommand(session, *command);
}

}  // namespace
}  // namespace seathold::cli

int main(int argc, char** argv) {
  try {
    return seathold::cli::Main(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "seathold: kInternal: {}\n", error.what());
    return seathold::cli::kExitUnknown;
  }
}

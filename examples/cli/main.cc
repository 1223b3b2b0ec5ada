#include <fmt/format.h>

#include <exception>

#include "examples/cli/commands.h"
#include "examples/cli/help.h"
#include "examples/cli/mistyped.h"
#include "examples/cli/parser.h"
#include "examples/cli/session.h"

namespace seathold::cli {

std::vector<Command> AllCommands() {
  std::vector<Command> all;
  for (const auto subject :
       {SetupCommands, VenueCommands, ShowCommands, PerformanceCommands, SeatCommands, FeedCommands,
        AccountCommands, WalletCommands, QueueCommands, HoldCommands, PaymentCommands,
        ReservationCommands, UpkeepCommands, StatsCommands, DoctorCommands, DemoCommands,
        HelpCommands}) {
    for (Command& command : subject()) all.push_back(std::move(command));
  }
  return all;
}

namespace {

std::string HintFor(const Parser& parser) {
  if (parser.command() == nullptr) return "";
  return fmt::format("; see `seathold help {}`", parser.command()->path);
}

int Main(int argc, char** argv) {
  GlobalOptions global;
  const std::vector<Option> global_options = DescribeGlobalOptions(&global);
  const std::vector<Command> commands = AllCommands();
  Parser parser(commands, global_options);
  Status status = parser.Parse(argc, argv);
  // Even where the rest is wrong, errors take the form that was asked for.
  const Status assigned = parser.AssignGlobal();
  Session session(global);
  if (status.ok() && parser.wanted() == Wanted::kVersion) {
    return session.Print(fmt::format("seathold {}\n", Version()));
  }
  if (status.ok() && parser.wanted() == Wanted::kHelp) {
    return session.Print(*HelpFor(parser.words(), commands, global_options));
  }
  if (status.ok()) status = Joined({parser.AssignOptions(), assigned});
  if (!status.ok()) return session.Fail(status, Json::Object(), HintFor(parser));
  return session.Run(*parser.command());
}

}  // namespace
}  // namespace seathold::cli

int main(int argc, char** argv) {
  try {
    seathold::cli::GuardStandardStreams();
    return seathold::cli::Main(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "seathold: kInternal: {}\n", error.what());
    return seathold::cli::kExitUnknown;
  }
}

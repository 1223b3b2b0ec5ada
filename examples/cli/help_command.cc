#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/help.h"
#include "examples/cli/mistyped.h"
#include "examples/cli/session.h"

namespace seathold::cli {
namespace {

int ShowHelp(Session& session, const std::vector<std::string>& words) {
  GlobalOptions unused;
  const std::vector<Option> global = DescribeGlobalOptions(&unused);
  const std::vector<Command> commands = AllCommands();
  if (const auto help = HelpFor(words, commands, global)) return session.Print(*help);
  return session.Fail(CheckCommand(words, {}, commands, global));
}

}  // namespace

std::vector<Command> HelpCommands() {
  auto words = std::make_shared<std::vector<std::string>>();
  return {Command{.path = "help",
                  .purpose = "explain the tool, or one command",
                  .options = {{"command", "COMMAND", "its words", Texts{words.get()}}},
                  .examples = {"seathold help", "seathold help venue", "seathold help pay"},
                  .run = [words](Session& session) { return ShowHelp(session, *words); },
                  .opens = Opens::kNothing,
                  .reads = true}};
}

}  // namespace seathold::cli

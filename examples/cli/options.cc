#include "examples/cli/options.h"

#include <iterator>

namespace seathold::cli {

Option PerformanceOption(std::uint64_t* performance) {
  return {"-p,--performance", "N", "the performance", Id64{performance}, true};
}

Option PerformanceArgument(std::uint64_t* performance) {
  return {"-p,--performance,performance", "N", "the performance; N alone does, too",
          Id64{performance}, true};
}

std::vector<Option> DescribeHoldId(std::optional<Uuid>* hold) {
  return {{"--hold", "UUID", "the hold", IdText{hold}, true},
          {"--hold-from", "TEXT", "instead: the hold that was made with --id-from TEXT",
           TextOfId{hold}}};
}

std::vector<Option> DescribeNewId(std::string name, std::string help, std::optional<Uuid>* id) {
  return {{std::move(name), "UUID", std::move(help), IdText{id}},
          {"--id-from", "TEXT",
           "instead: the id that stands for a provider's text, 1 to 200 bytes; always the same",
           TextOfId{id}}};
}

void Append(std::vector<Option>* options, std::vector<Option> more) {
  options->insert(options->end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

}  // namespace seathold::cli

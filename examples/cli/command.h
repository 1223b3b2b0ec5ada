// What a command is: its words, its options, and the function behind it. Knows no parser.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::cli {

class Session;

// Where the value of an option goes, and what it must look like.
struct Flag {
  bool* value;
};
struct Text {
  std::string* value;
};
struct Texts {
  std::vector<std::string>* value;
};
struct FileName {  // any bytes, as file systems have it
  std::string* value;
};
struct Secret {  // any bytes; never repeated in an error
  std::string* value;
};
struct Number {
  std::int64_t* value;
  std::int64_t least;
  std::int64_t most;
};
struct Id64 {  // an id or a seed: any 64-bit number
  std::uint64_t* value;
};
struct IdText {
  std::optional<Uuid>* value;
};
struct Instant {
  TimeUs* value;
};
struct Choice {
  std::string* value;
  std::vector<std::string> of;
};
using Target =
    std::variant<Flag, Text, Texts, FileName, Secret, Number, Id64, IdText, Instant, Choice>;

struct Option {
  std::string names;       // "-p,--performance"; a name without dashes is positional
  std::string value_name;  // "N", "FILE"; empty for a flag
  std::string help;
  Target target;
  bool required = false;
  bool hidden = false;

  bool positional() const { return !names.starts_with('-'); }
};

enum class Opens { kNothing, kDatabase, kNewDatabase };

struct Command {
  std::string path{};     // "venue import"
  std::string alias{};    // "pay"; empty = none
  std::string purpose{};  // one line
  std::string details{};  // what else there is to know; may be empty
  std::vector<Option> options{};
  std::vector<std::string> examples{};
  std::function<int(Session&)> run{};  // returns the exit code
  Opens opens = Opens::kDatabase;
};

// Puts what was given into the option's target. `given` is empty for an option that was not named.
// kInvalidArgument or kInvalidText, naming the option.
Status Assign(const Option& option, const std::vector<std::string>& given);
// "--performance" or "SEAT": how errors and help name it.
std::string NameOf(const Option& option);

}  // namespace seathold::cli

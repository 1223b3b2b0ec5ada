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
struct Id64 {  // any 64-bit number from `least` on; no id is 0
  std::uint64_t* value;
  std::uint64_t least = 1;
};
struct IdText {
  std::optional<Uuid>* value;
};
struct TextOfId {  // a text of any bytes that an id is made from
  std::optional<Uuid>* value;
};
struct Instant {
  TimeUs* value;
};
struct Choice {
  std::string* value;
  std::vector<std::string> of;
};
using Target = std::variant<Flag, Text, Texts, FileName, Secret, Number, Id64, IdText, TextOfId,
                            Instant, Choice>;

struct Option {
  // "-p,--performance"; a name without dashes is positional, alone or as another way to say it:
  // "-p,--performance,performance".
  std::string names;
  std::string value_name;  // "N", "FILE"; empty for a flag
  std::string help;
  Target target;
  bool required = false;
  bool hidden = false;

  bool positional() const { return !names.starts_with('-'); }
  bool may_be_positional() const;
};

enum class Opens { kNothing, kReading, kDatabase, kNewDatabase };

struct Command {
  std::string path{};     // "venue import"
  std::string alias{};    // "pay"; empty = none
  std::string purpose{};  // one line
  std::string details{};  // what else there is to know; may be empty
  std::vector<Option> options{};
  std::vector<std::string> examples{};
  std::function<int(Session&)> run{};  // returns the exit code
  Opens opens = Opens::kDatabase;
  bool reads = false;  // changes nothing that a second call would not: its answer can be had again
};

// Puts what was given into the option's target. `given` is empty for an option that was not named.
// kInvalidArgument or kInvalidText, naming the option. A value is repeated only where it looks like
// one of its kind: a token or password may have slipped in.
Status Assign(const Option& option, const std::vector<std::string>& given);
// "--performance" or "SEAT": how errors and help name it.
std::string NameOf(const Option& option);

}  // namespace seathold::cli

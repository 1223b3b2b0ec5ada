#include "examples/cli/command.h"

#include <fmt/format.h>

#include <algorithm>

#include "examples/cli/text.h"
#include "src/util/text.h"

namespace seathold::cli {
namespace {

constexpr std::size_t kOptionBytesMax = 64u << 10;

// One overload a kind of value; a non-empty answer says what is wrong.
struct Assigner {
  const std::string& given;

  std::string operator()(const Flag& flag) const {
    *flag.value = true;
    return "";
  }
  std::string operator()(const Text& text) const {
    *text.value = given;
    return "";
  }
  std::string operator()(const Texts& texts) const {
    texts.value->push_back(given);
    return "";
  }
  std::string operator()(const FileName& name) const {
    *name.value = given;
    return "";
  }
  std::string operator()(const Secret& secret) const {
    *secret.value = given;
    return "";
  }
  std::string operator()(const Number& number) const {
    const auto value = ParseNumber(given);
    if (!value || *value > static_cast<std::uint64_t>(number.most) ||
        static_cast<std::int64_t>(*value) < number.least) {
      return fmt::format("a whole number from {} to {} is wanted", number.least, number.most);
    }
    *number.value = static_cast<std::int64_t>(*value);
    return "";
  }
  std::string operator()(const Id64& id) const {
    const auto value = ParseNumber(given);
    if (!value) return "a whole number is wanted";
    *id.value = *value;
    return "";
  }
  std::string operator()(const IdText& id) const {
    *id.value = ParseUuid(given);
    return id.value->has_value() ? ""
                                 : "an id such as 01890a5d-ac96-774b-bcce-b302099a8057 is wanted";
  }
  std::string operator()(const Instant& instant) const {
    const auto time = ParseTime(given);
    if (!time) return "a time such as 2036-12-31T19:30:00Z is wanted (RFC 3339)";
    *instant.value = *time;
    return "";
  }
  std::string operator()(const Choice& choice) const {
    if (std::ranges::find(choice.of, given) == choice.of.end()) {
      return fmt::format("one of {} is wanted", fmt::join(choice.of, ", "));
    }
    *choice.value = given;
    return "";
  }
};

bool MayHaveAnyBytes(const Target& target) {
  return std::holds_alternative<FileName>(target) || std::holds_alternative<Secret>(target);
}

Status AssignOne(const Option& option, const std::string& value) {
  const std::string name = NameOf(option);
  const bool is_flag = std::holds_alternative<Flag>(option.target);
  if (value.empty() && !is_flag) return Status(Code::kInvalidArgument, name + " is empty");
  if (!MayHaveAnyBytes(option.target) && !IsCleanText(value, kOptionBytesMax)) {
    return Status(Code::kInvalidText, name + " \"" + Printable(value.substr(0, 100)) + "\"");
  }
  const std::string wrong = std::visit(Assigner{value}, option.target);
  if (wrong.empty()) return Status();
  return Status(Code::kInvalidArgument, fmt::format("{} \"{}\": {}", name, value, wrong));
}

}  // namespace

std::string NameOf(const Option& option) {
  if (option.positional()) return option.value_name;
  return option.names.substr(option.names.rfind("--"));
}

Status Assign(const Option& option, const std::vector<std::string>& given) {
  if (given.empty() && option.required) {
    return Status(Code::kInvalidArgument, NameOf(option) + " is missing");
  }
  if (given.size() > 1 && !std::holds_alternative<Texts>(option.target) &&
      !std::holds_alternative<Flag>(option.target)) {
    return Status(Code::kInvalidArgument, NameOf(option) + " is given more than once");
  }
  for (const std::string& value : given) {
    if (Status status = AssignOne(option, value); !status.ok()) return status;
  }
  return Status();
}

}  // namespace seathold::cli

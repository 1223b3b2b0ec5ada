#include "examples/cli/command.h"

#include <fmt/format.h>

#include <algorithm>

#include "examples/cli/text.h"
#include "seathold/ids.h"
#include "src/util/text.h"

namespace seathold::cli {
namespace {

constexpr std::size_t kOptionBytesMax = 64u << 10;

// One overload a kind of value; a non-empty answer says what is wanted instead.
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
    if (!value || *value < id.least) {
      return fmt::format("a whole number from {} on is wanted", id.least);
    }
    *id.value = *value;
    return "";
  }
  std::string operator()(const IdText& id) const {
    const std::optional<Uuid> value = ParseUuid(given);
    if (!value) return "an id such as 01890a5d-ac96-774b-bcce-b302099a8057 is wanted";
    return SetId(id.value, *value);
  }
  std::string operator()(const TextOfId& text) const {
    const std::optional<Uuid> id = IdFromText(given);
    if (!id) return fmt::format("1 to {} bytes are wanted", kIdTextBytesMax);
    return SetId(text.value, *id);
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

  // --id and --id-from have one target.
  static std::string SetId(std::optional<Uuid>* target, const Uuid& id) {
    if (target->has_value()) return "the id is given already, in another way";
    *target = id;
    return "";
  }
};

bool MayHaveAnyBytes(const Target& target) {
  return std::holds_alternative<FileName>(target) || std::holds_alternative<Secret>(target) ||
         std::holds_alternative<TextOfId>(target);
}

// Characters that a wrong value of this kind may have and still be repeated: what has others may be
// a token or a password in the wrong place.
std::string_view CharactersOf(const Target& target) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz-";
  if (std::holds_alternative<Choice>(target)) return kLetters;
  if (std::holds_alternative<IdText>(target)) return "0123456789abcdefABCDEF-";
  if (std::holds_alternative<Instant>(target)) return "0123456789TZtz:+-. ";
  const bool number =
      std::holds_alternative<Number>(target) || std::holds_alternative<Id64>(target);
  return number ? "0123456789+-.,_" : "";
}

std::string Repeated(const Target& target, const std::string& value) {
  constexpr std::size_t kBytesMax = 40;
  const bool shown = value.size() <= kBytesMax &&
                     value.find_first_not_of(CharactersOf(target)) == std::string::npos;
  return shown ? " \"" + value + "\"" : "";
}

Status AssignOne(const Option& option, const std::string& value) {
  const std::string name = NameOf(option);
  const bool is_flag = std::holds_alternative<Flag>(option.target);
  if (value.empty() && !is_flag) return Status(Code::kInvalidArgument, name + " is empty");
  if (!MayHaveAnyBytes(option.target) && !IsCleanText(value, kOptionBytesMax)) {
    const Status why = TakeText(value, kOptionBytesMax).status();
    return Status(Code::kInvalidText, fmt::format("{}: {}", name, why.detail()));
  }
  const std::string wrong = std::visit(Assigner{value}, option.target);
  if (wrong.empty()) return Status();
  return Status(Code::kInvalidArgument,
                fmt::format("{}{}: {}", name, Repeated(option.target, value), wrong));
}

// Another option has given the same id.
bool IsSet(const Target& target) {
  const IdText* id = std::get_if<IdText>(&target);
  return id != nullptr && id->value->has_value();
}

}  // namespace

bool Option::may_be_positional() const {
  return names.rfind(',') == std::string::npos ? positional() : names[names.rfind(',') + 1] != '-';
}

std::string NameOf(const Option& option) {
  if (option.positional()) return option.value_name;
  const std::size_t begin = option.names.find("--");
  return option.names.substr(begin, option.names.find(',', begin) - begin);
}

Status Assign(const Option& option, const std::vector<std::string>& given) {
  if (given.empty() && option.required && !IsSet(option.target)) {
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

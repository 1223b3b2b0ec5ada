#include "src/util/json.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace seathold {
namespace {

constexpr std::size_t kPathKeyBytesMax = 60;
constexpr std::size_t kReasonBytesMax = 160;

bool IsPlainKey(std::string_view key) {
  return !key.empty() && key.size() <= kPathKeyBytesMax &&
         std::all_of(key.begin(), key.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '_' || c == '-' || c == '$';
         });
}

void AppendQuoted(std::string& out, const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
  });
  if (plain) {
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class Number>
void AppendNumber(std::string& out, Number number) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const std::string_view text(digits, static_cast<std::size_t>(end - digits));
  out += text;
  if constexpr (std::is_floating_point_v<Number>) {
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
  }
}

void AppendBreak(std::string& out, int indent, int level) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent * level), ' ');
}

// "parse error at line 1, column 2: syntax error while ...; last read: '...'" without its ends:
// what was read last may be megabytes, or no UTF-8.
std::string SyntaxReason(std::string_view what) {
  constexpr std::string_view kLead = "parse error at ";
  if (const auto at = what.find(kLead); at != what.npos) what.remove_prefix(at + kLead.size());
  if (const auto at = what.find("; last read"); at != what.npos) what = what.substr(0, at);
  if (const auto at = what.find("] "); what.starts_with('[') && at != what.npos) {
    what.remove_prefix(at + 2);
  }
  std::string reason(what.substr(0, kReasonBytesMax));
  std::replace_if(
      reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return reason;
}

// Of the byte behind `before`, counted as the library counts.
std::string LineAndColumn(std::string_view before) {
  const auto lines = std::ranges::count(before, '\n');
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 = 0
  return "line " + std::to_string(lines + 1) + ", column " +
         std::to_string(before.size() - line_start + 1);
}

const std::string* RepeatedKey(const std::vector<Json::Member>& members) {
  constexpr std::size_t kFewKeys = 12;
  if (members.size() <= kFewKeys) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].key == members[j].key) return &members[i].key;
      }
    }
    return nullptr;
  }
  std::vector<const std::string*> keys;
  keys.reserve(members.size());
  for (const auto& member : members) keys.push_back(&member.key);
  std::sort(keys.begin(), keys.end(), [](auto* a, auto* b) { return *a < *b; });
  const auto twice =
      std::adjacent_find(keys.begin(), keys.end(), [](auto* a, auto* b) { return *a == *b; });
  return twice == keys.end() ? nullptr : *twice;
}

}  // namespace

// Builds the tree from the library's events; every callback returns false to stop.
class JsonReader {
 public:
  explicit JsonReader(const JsonLimits& limits) : limits_(limits) {}

  bool null() { return Add(Json()); }
  bool boolean(bool truth) { return Add(Json(truth)); }
  // Only what has a minus comes here. A zero with one is a number and no whole one: no count, no
  // amount is written so.
  bool number_integer(std::int64_t number) { return Add(number == 0 ? Json(-0.0) : Json(number)); }
  bool number_unsigned(std::uint64_t number) { return Add(Json(number)); }
  bool number_float(double number, const std::string&) { return Add(Json(number)); }
  bool string(std::string& text) { return Add(Json(std::move(text))); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return Open(Json::Object()); }
  bool start_array(std::size_t) { return Open(Json::Array()); }
  bool key(std::string& text) {
    Members().push_back({std::move(text), Json()});
    return true;
  }
  bool end_array() { return Close(); }
  bool end_object() {
    if (const std::string* key = RepeatedKey(Members())) {
      return Fail(Place() + JsonPathKey(*key), "the key is used twice");
    }
    return Close();
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    error_ = SyntaxReason(error.what());
    return false;
  }

  Json TakeRoot() { return std::move(root_); }
  std::string TakeError() { return std::move(error_); }

 private:
  std::vector<Json::Member>& Members() {
    return std::get<std::vector<Json::Member>>(open_.back()->value_);
  }

  // Where the next value goes: a parent does not grow while a child of it is open, so that the
  // pointers in open_ stay good.
  Json* Slot() {
    if (open_.empty()) return &root_;
    if (open_.back()->is_object()) return &Members().back().value;
    return &std::get<std::vector<Json>>(open_.back()->value_).emplace_back();
  }

  bool Add(Json value) {
    if (++values_ > limits_.values_max) return Fail(NextPlace(), "more values than are allowed");
    *Slot() = std::move(value);
    return true;
  }

  bool Open(Json container) {
    if (open_.size() >= static_cast<std::size_t>(std::max(0, limits_.depth_max))) {
      return Fail(NextPlace(),
                  "nested deeper than " + std::to_string(limits_.depth_max) + " levels");
    }
    if (++values_ > limits_.values_max) return Fail(NextPlace(), "more values than are allowed");
    Json* slot = Slot();
    *slot = std::move(container);
    open_.push_back(slot);
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  bool Fail(std::string place, const std::string& reason) {
    if (place.starts_with('.')) place.erase(0, 1);
    error_ = place.empty() ? reason : place + ": " + reason;
    return false;
  }

  // Of the innermost open container.
  std::string Place() const {
    std::string place;
    for (std::size_t level = 0; level + 1 < open_.size(); ++level) AppendStep(place, *open_[level]);
    return place;
  }

  // Of the value that is about to be added.
  std::string NextPlace() const {
    if (open_.empty()) return "";
    const Json& parent = *open_.back();
    return Place() + (parent.is_object() ? JsonPathKey(parent.members().back().key)
                                         : JsonPathIndex(parent.items().size()));
  }

  static void AppendStep(std::string& place, const Json& parent) {
    place += parent.is_object() ? JsonPathKey(parent.members().back().key)
                                : JsonPathIndex(parent.items().size() - 1);
  }

  const JsonLimits limits_;
  Json root_;
  std::vector<Json*> open_;
  std::size_t values_ = 0;
  std::string error_;
};

Result<Json> Json::Parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return Status(Code::kInvalidArgument,
                  "larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  // Nowhere in JSON; the library would take it for the end.
  if (const auto nul = text.find('\0'); nul != text.npos) {
    return Status(Code::kInvalidArgument, LineAndColumn(text.substr(0, nul)) + ": a NUL");
  }
  try {
    JsonReader reader(limits);
    const bool ok = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    if (!ok) return Status(Code::kInvalidArgument, reader.TakeError());
    return reader.TakeRoot();
  } catch (const std::bad_alloc&) {
    return Code::kOutOfMemory;
  } catch (const std::length_error&) {
    return Code::kOutOfMemory;
  }
}

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(const char* text) : value_(std::string(text)) {}
Json::Json(std::string_view text) : value_(std::string(text)) {}
Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(double number) {
  if (std::isfinite(number)) value_ = number;
}
Json::Json(Truth truth) : value_(truth.value) {}
Json::Json(Integer number) {
  const auto* whole = std::get_if<std::uint64_t>(&number);
  if (whole == nullptr) {
    value_ = std::get<std::int64_t>(number);
  } else if (std::in_range<std::int64_t>(*whole)) {
    value_ = static_cast<std::int64_t>(*whole);
  } else {
    value_ = *whole;
  }
}
// By hand: with libstdc++ 12 the program ends when memory runs out inside variant's own copy.
Json::Json(const Json& other) {
  std::visit([this](const auto& value) { value_ = value; }, other.value_);
}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json& other) { return *this = Json(other); }
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

bool Json::operator==(const Json& other) const { return value_ == other.value_; }

Json Json::Object() {
  Json object;
  object.value_.emplace<std::vector<Member>>();
  return object;
}

Json Json::Array() {
  Json array;
  array.value_.emplace<std::vector<Json>>();
  return array;
}

Json::Kind Json::kind() const {
  static constexpr Kind kKinds[] = {Kind::kNull,   Kind::kBool,   Kind::kInteger, Kind::kInteger,
                                    Kind::kDouble, Kind::kString, Kind::kArray,   Kind::kObject};
  return kKinds[value_.index()];
}

std::optional<bool> Json::AsBool() const {
  if (const auto* truth = std::get_if<bool>(&value_)) return *truth;
  return std::nullopt;
}

std::optional<std::int64_t> Json::AsInt64() const {
  if (const auto* number = std::get_if<std::int64_t>(&value_)) return *number;
  return std::nullopt;
}

std::optional<std::uint64_t> Json::AsUint64() const {
  if (const auto* large = std::get_if<std::uint64_t>(&value_)) return *large;
  const auto number = AsInt64();
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<double> Json::AsDouble() const {
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  if (const auto* large = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*large);
  if (const auto number = AsInt64()) return static_cast<double>(*number);
  return std::nullopt;
}

const std::string* Json::AsString() const { return std::get_if<std::string>(&value_); }

const std::vector<Json>& Json::items() const {
  static const std::vector<Json> kNone;
  const auto* items = std::get_if<std::vector<Json>>(&value_);
  return items != nullptr ? *items : kNone;
}

const std::vector<Json::Member>& Json::members() const {
  static const std::vector<Member> kNone;
  const auto* members = std::get_if<std::vector<Member>>(&value_);
  return members != nullptr ? *members : kNone;
}

const Json* Json::Find(std::string_view key) const {
  for (const Member& member : members()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Json& Json::Set(std::string_view key, Json value) {
  assert(is_object());
  auto& members = std::get<std::vector<Member>>(value_);
  for (Member& member : members) {
    if (member.key != key) continue;
    member.value = std::move(value);
    return *this;
  }
  members.push_back({std::string(key), std::move(value)});
  return *this;
}

Json& Json::Push(Json value) {
  assert(is_array());
  std::get<std::vector<Json>>(value_).push_back(std::move(value));
  return *this;
}

std::string Json::Dump(int indent) const {
  std::string out;
  DumpTo(out, indent, 0);
  return out;
}

void Json::DumpTo(std::string& out, int indent, int level) const {
  const char* separator = "";
  const auto next = [&] {
    out += std::exchange(separator, ",");
    AppendBreak(out, indent, level + 1);
  };
  const auto close = [&](char bracket) {
    if (*separator != '\0') AppendBreak(out, indent, level);
    out += bracket;
  };
  if (const auto* items = std::get_if<std::vector<Json>>(&value_)) {
    out += '[';
    for (const Json& item : *items) next(), item.DumpTo(out, indent, level + 1);
    close(']');
  } else if (const auto* members = std::get_if<std::vector<Member>>(&value_)) {
    out += '{';
    for (const Member& member : *members) {
      next();
      AppendQuoted(out, member.key);
      out += indent < 0 ? ":" : ": ";
      member.value.DumpTo(out, indent, level + 1);
    }
    close('}');
  } else if (const auto* text = AsString()) {
    AppendQuoted(out, *text);
  } else if (const auto* real = std::get_if<double>(&value_)) {
    AppendNumber(out, *real);
  } else if (const auto* large = std::get_if<std::uint64_t>(&value_)) {
    AppendNumber(out, *large);
  } else if (const auto number = AsInt64()) {
    AppendNumber(out, *number);
  } else if (const auto truth = AsBool()) {
    out += *truth ? "true" : "false";
  } else {
    out += "null";
  }
}

std::string JsonPathKey(std::string_view key) {
  if (IsPlainKey(key)) return "." + std::string(key);
  std::string path = "[";
  AppendQuoted(path, std::string(key.substr(0, kPathKeyBytesMax)));
  return path + "]";
}

std::string JsonPathIndex(std::size_t index) { return "[" + std::to_string(index) + "]"; }

}  // namespace seathold

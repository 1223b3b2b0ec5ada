#include "capi/json_fields.h"

#include <algorithm>

namespace seathold::capi {

JsonFields& JsonFields::Fail(std::string_view name, const char* wanted) {
  if (!status_.ok()) return *this;
  std::string where = at_ + std::string(name);
  status_ = Status(Code::kInvalidArgument, (where.empty() ? "the text" : where) + ": " + wanted);
  return *this;
}

const Json* JsonFields::Member(std::string_view name) {
  asked_.push_back(name);
  return object_.Find(name);
}

JsonFields& JsonFields::Text(std::string_view name, std::string* out) {
  if (const Json* value = Member(name)) {
    if (value->AsString() == nullptr) return Fail(name, "a text is wanted");
    *out = *value->AsString();
  }
  return *this;
}

JsonFields& JsonFields::Bool(std::string_view name, bool* out) {
  if (const Json* value = Member(name)) {
    const auto truth = value->AsBool();
    if (!truth) return Fail(name, "true or false is wanted");
    *out = *truth;
  }
  return *this;
}

const std::vector<Json>& JsonFields::Items(std::string_view name) {
  const Json* value = Member(name);
  if (value == nullptr) return object_.items();  // of an object: none
  if (!value->is_array()) Fail(name, "an array is wanted");
  return value->items();
}

JsonFields& JsonFields::Required(std::string_view name) {
  return object_.Find(name) == nullptr ? Fail(name, "it is missing") : *this;
}

Status JsonFields::Done() {
  for (const Json::Member& member : object_.members()) {
    if (std::ranges::find(asked_, std::string_view(member.key)) == asked_.end()) {
      Fail(member.key, "no such member");
    }
  }
  return status_;
}

Result<Json> ParseObject(std::string_view text) {
  if (text.empty()) return Json::Object();
  return Json::Parse(text,
                     {.depth_max = 8, .bytes_max = std::size_t{1} << 20, .values_max = 100'000});
}

}  // namespace seathold::capi

#include "tests/web/schema.h"

#include <algorithm>
#include <regex>

namespace seathold::testing {
namespace {

std::string TextOf(const Json* json) {
  return json == nullptr || json->AsString() == nullptr ? "" : *json->AsString();
}

bool HasType(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.kind() == Json::Kind::kInteger;
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.AsBool().has_value();
  return type == "null" && value.is_null();
}

const Json& Resolve(const Json& schema, const Json& document) {
  const std::string ref = TextOf(schema.Find("$ref"));
  if (ref.empty()) return schema;
  const std::string name = ref.substr(std::string("#/components/schemas/").size());
  return *document.Find("components")->Find("schemas")->Find(name);
}

// The members that a schema names, those of its parts included.
const Json* Named(const Json& schema, const Json& document, const std::string& key) {
  const Json& resolved = Resolve(schema, document);
  if (const Json* properties = resolved.Find("properties")) {
    if (const Json* found = properties->Find(key)) return found;
  }
  if (const Json* parts = resolved.Find("allOf")) {
    for (const Json& part : parts->items()) {
      if (const Json* found = Named(part, document, key)) return found;
    }
  }
  return nullptr;
}

std::string MismatchOfObject(const Json& value, const Json& schema, const Json& document,
                             const std::string& place) {
  if (const Json* required = schema.Find("required")) {
    for (const Json& key : required->items()) {
      if (value.Find(*key.AsString()) == nullptr) return place + ": no " + *key.AsString();
    }
  }
  const Json* others = schema.Find("additionalProperties");
  if (others == nullptr && schema.Find("properties") == nullptr) return "";
  for (const Json::Member& member : value.members()) {
    const Json* known = Named(schema, document, member.key);
    if (known == nullptr) known = others;
    if (known == nullptr) return place + ": unknown " + member.key;
    std::string wrong = Mismatch(member.value, *known, document, place + "." + member.key);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string MismatchOfItems(const Json& value, const Json& schema, const Json& document,
                            const std::string& place) {
  const Json* items = schema.Find("items");
  const Json* prefix = schema.Find("prefixItems");
  for (std::size_t i = 0; i < value.items().size(); ++i) {
    const Json* each = prefix != nullptr ? &prefix->items().at(i) : items;
    if (each == nullptr) continue;
    std::string wrong =
        Mismatch(value.items()[i], *each, document, place + "[" + std::to_string(i) + "]");
    if (!wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace

std::string Mismatch(const Json& value, const Json& unresolved, const Json& document,
                     const std::string& place) {
  const Json& schema = Resolve(unresolved, document);
  if (const Json* choices = schema.Find("oneOf")) {
    const auto fits = std::ranges::count_if(choices->items(), [&](const Json& choice) {
      return Mismatch(value, choice, document, place).empty();
    });
    return fits == 1 ? "" : place + ": fits " + std::to_string(fits) + " of its forms";
  }
  if (const Json* parts = schema.Find("allOf")) {
    // Each part names some of the members: their names are looked at here, their forms in parts.
    for (const Json::Member& member : value.members()) {
      const Json* known = Named(schema, document, member.key);
      if (known == nullptr) return place + ": unknown " + member.key;
      std::string wrong = Mismatch(member.value, *known, document, place + "." + member.key);
      if (!wrong.empty()) return wrong;
    }
    for (const Json& part : parts->items()) {
      for (const Json& key : Resolve(part, document).Find("required")->items()) {
        if (value.Find(*key.AsString()) == nullptr) return place + ": no " + *key.AsString();
      }
    }
    return "";
  }
  if (const Json* allowed = schema.Find("enum")) {
    const bool known =
        std::ranges::any_of(allowed->items(), [&](const Json& one) { return one == value; });
    return known ? "" : place + ": " + value.Dump() + " is none of its values";
  }
  const std::string type = TextOf(schema.Find("type"));
  if (!type.empty() && !HasType(value, type)) return place + ": no " + type + ": " + value.Dump();
  const std::string pattern = TextOf(schema.Find("pattern"));
  if (!pattern.empty() && !std::regex_match(*value.AsString(), std::regex(pattern))) {
    return place + ": " + value.Dump() + " is not " + pattern;
  }
  if (value.is_object()) return MismatchOfObject(value, schema, document, place);
  if (value.is_array()) return MismatchOfItems(value, schema, document, place);
  return "";
}

}  // namespace seathold::testing

#include "tests/web/description.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace seathold::testing {
namespace {

std::string TextAt(const Json& json, std::string_view key) {
  const Json* found = json.Find(key);
  return found == nullptr || found->AsString() == nullptr ? "" : *found->AsString();
}

const Json& Resolved(const Json& schema, const Json& document) {
  const std::string ref = TextAt(schema, "$ref");
  if (ref.empty()) return schema;
  const Json& schemas = *document.Find("components")->Find("schemas");
  return *schemas.Find(ref.substr(ref.rfind('/') + 1));
}

// A pattern that is new here has no example yet: say so.
std::string ExampleText(const std::string& pattern) {
  static const std::map<std::string, std::string> kExamples = {
      {"", "x"},
      {"^[1-9][0-9]{0,19}$", "1"},
      {"^[0-9a-f]{32}$", std::string(32, '7')},
      {"^[A-Z]{3}$", "EUR"}};
  const auto found = kExamples.find(pattern);
  if (found != kExamples.end()) return found->second;
  ADD_FAILURE() << "no example of " << pattern;
  return "";
}

std::string ExampleParameter(const std::string& name) {
  if (name == "id" || name.ends_with("hold")) return std::string(32, '7');
  return name == "currency" ? "EUR" : "1";
}

Described ReadOne(const std::string& path, const Json::Member& method, const Json& document) {
  Described one{.path = path};
  for (const char c : method.key) one.method.push_back(static_cast<char>(std::toupper(c)));
  one.operation = TextAt(method.value, "operationId");
  one.who = TextAt(method.value, "x-who");
  if (const Json* parameters = method.value.Find("parameters")) {
    for (const Json& each : parameters->items()) {
      const Json* required = each.Find("required");
      one.parameters.push_back({TextAt(each, "name"), TextAt(each, "in"),
                                required != nullptr && required->AsBool().value_or(false)});
    }
  }
  if (const Json* body = method.value.Find("requestBody")) {
    one.body = Resolved(*body->Find("content")->Find("application/json")->Find("schema"), document);
  }
  return one;
}

}  // namespace

std::string Described::Address(const std::string& name, const std::string& value) const {
  std::string address = path, query;
  for (const Parameter& parameter : parameters) {
    const bool given = parameter.name == name;
    const std::string text = given ? value : ExampleParameter(parameter.name);
    if (parameter.in == "path") {
      const std::string place = "{" + parameter.name + "}";
      address.replace(address.find(place), place.size(), text);
    } else if (parameter.in == "query" && (given || parameter.required)) {
      query += (query.empty() ? "?" : "&") + parameter.name + "=" + text;
    }
  }
  return address + query;
}

std::vector<Described> ReadDescription(const Json& document) {
  std::vector<Described> all;
  for (const Json::Member& path : document.Find("paths")->members()) {
    for (const Json::Member& method : path.value.members()) {
      all.push_back(ReadOne(path.key, method, document));
    }
  }
  return all;
}

Json ExampleOf(const Json& unresolved, const Json& document) {
  const Json& schema = Resolved(unresolved, document);
  if (const Json* choices = schema.Find("oneOf")) return ExampleOf(choices->items()[0], document);
  const std::string type = TextAt(schema, "type");
  if (type == "object") {
    Json object = Json::Object();
    const Json* required = schema.Find("required");
    if (required == nullptr) return object;
    for (const Json& key : required->items()) {
      object.Set(*key.AsString(),
                 ExampleOf(*schema.Find("properties")->Find(*key.AsString()), document));
    }
    return object;
  }
  if (type == "array") return Json::Array().Push(ExampleOf(*schema.Find("items"), document));
  if (type == "boolean") return true;
  if (type == "integer") return 1;
  return ExampleText(TextAt(schema, "pattern"));
}

}  // namespace seathold::testing

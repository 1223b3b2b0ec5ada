// What openapi.json says of each operation, so that a table of tests grows with it.
#pragma once

#include <string>
#include <vector>

#include "src/util/json.h"

namespace seathold::testing {

struct Described {
  struct Parameter {
    std::string name, in;  // "path", "query" or "header"
    bool required = false;
  };

  std::string operation, method, path, who;  // who: "anyone", "buyer", "staff", "operator"
  std::vector<Parameter> parameters;
  Json body;  // the schema of what it takes, resolved; null where it takes nothing

  bool needs_login() const { return who != "anyone"; }
  // The address with an example of each parameter that it needs; `name` has the value given.
  std::string Address(const std::string& name = "", const std::string& value = "") const;
};

std::vector<Described> ReadDescription(const Json& document);
// A value that the schema allows, with what is required and nothing else.
Json ExampleOf(const Json& schema, const Json& document);

}  // namespace seathold::testing

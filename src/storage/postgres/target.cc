#include "src/storage/postgres/target.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "src/storage/postgres/libpq.h"

namespace seathold::postgres {
namespace {

constexpr std::size_t kSchemaBytesMax = 63;

bool IsSchemaName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= kSchemaBytesMax && !name.starts_with("pg_") &&
         !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, fits);
}

// Takes a parameter if it is ours. False: libpq's.
bool TakeOurs(std::string_view parameter, Target* target, Status* status) {
  if (parameter.starts_with("schema=")) {
    target->schema = parameter.substr(7);
    if (!IsSchemaName(target->schema)) {
      *status = Status(Code::kInvalidArgument,
                       "storage: schema takes a name of a-z, 0-9 and _, at most 63 long");
    }
    return true;
  }
  if (!parameter.starts_with("prepare=")) return false;
  target->prepare = parameter == "prepare=on";
  if (!target->prepare && parameter != "prepare=off") {
    *status = Status(Code::kInvalidArgument, "storage: prepare is on or off");
  }
  return true;
}

Status NameIt(Target* target) {
  char* words = nullptr;
  PQconninfoOption* const options = Pq().conninfoParse(target->conninfo.c_str(), &words);
  Pq().freemem(words);  // they may repeat the password
  if (options == nullptr) {
    return Status(Code::kInvalidArgument, "storage: not a URI that libpq can read");
  }
  std::string host, port, database;
  for (const PQconninfoOption* one = options; one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    const std::string_view keyword = one->keyword;
    if (keyword == "host") host = one->val;
    if (keyword == "port") port = one->val;
    if (keyword == "dbname") database = one->val;
  }
  Pq().conninfoFree(options);
  // A password whose own '@' or '/' ends it early: its rest would be told wherever a host is.
  if (host.find('@') != host.npos || port.find_first_not_of("0123456789,") != port.npos) {
    return Status(Code::kInvalidArgument,
                  "storage: no such host or port; '@', ':', '/' in a password are percent-encoded");
  }
  target->name = (host.empty() ? "localhost" : host) + "/" + database;
  return Status();
}

}  // namespace

Result<Target> ParseTarget(const std::string& uri) {
  Target target;
  const std::size_t question = std::min(uri.find('?'), uri.size());
  target.conninfo = uri.substr(0, question);
  char separator = '?';
  std::string_view left = std::string_view(uri).substr(std::min(question + 1, uri.size()));
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('&'), left.size());
    const std::string_view parameter = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    Status status;
    if (!TakeOurs(parameter, &target, &status)) {
      target.conninfo += separator;
      target.conninfo += parameter;
      separator = '&';
    }
    if (!status.ok()) return status;
  }
  if (Status status = NameIt(&target); !status.ok()) return status;
  return target;
}

}  // namespace seathold::postgres

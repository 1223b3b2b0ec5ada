// What --db takes: a file, or a URI.
#pragma once

#include <string>
#include <string_view>

namespace seathold::cli {

// A database on a server, which has no place for keys beside it, and whose URI may hold a password.
inline bool OnServer(std::string_view uri) {
  return uri.starts_with("postgresql:") || uri.starts_with("postgres:");
}

// As EngineOptions::storage has it: a text without one of its schemes is the path of a file.
inline std::string StorageUri(const std::string& db) {
  const bool is_uri = OnServer(db) || db.starts_with("sqlite:") || db.starts_with("memory:");
  return is_uri ? db : "sqlite:" + db;
}

// The path in a URI of a file; empty for every other.
inline std::string PathOf(std::string_view uri) {
  if (!uri.starts_with("sqlite:")) return "";
  return std::string(uri.substr(7, uri.rfind("?journal=") - 7));
}

}  // namespace seathold::cli

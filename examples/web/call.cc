#include "examples/web/call.h"

#include <fmt/format.h>

#include <charconv>

namespace seathold::web {
namespace {

constexpr std::string_view kIdHelp = "an id in decimal digits, as text";
constexpr std::string_view kHexHelp = "32 digits of hex, not all of them 0";

}  // namespace

void Call::Note(std::string_view name, std::string_view what) {
  if (wrong_.empty()) wrong_ = fmt::format("{}: {}", name, what);
}

std::string_view Call::Path(std::string_view name) const {
  for (const auto& [key, value] : params_) {
    if (key == name) return value;
  }
  return "";
}

std::string_view Call::Query(std::string_view name) const {
  std::string_view rest = request.query;
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return "";
}

std::uint64_t Call::PathId(std::string_view name) {
  const auto id = ParseId(Path(name));
  if (!id) Note(name, kIdHelp);
  return id.value_or(0);
}

Uuid Call::PathHex(std::string_view name) {
  const auto id = ParseHex(Path(name));
  if (!id) Note(name, kHexHelp);
  return id.value_or(Uuid{});
}

std::uint64_t Call::QueryId(std::string_view name) {
  const auto id = ParseId(Query(name));
  if (!id) Note(name, kIdHelp);
  return id.value_or(0);
}

Uuid Call::QueryHex(std::string_view name) {
  const auto id = ParseHex(Query(name));
  if (!id) Note(name, kHexHelp);
  return id.value_or(Uuid{});
}

std::int64_t Call::QueryNumber(std::string_view name, std::int64_t least, std::int64_t most,
                               std::int64_t fallback) {
  const std::string_view text = Query(name);
  if (text.empty()) return fallback;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    Note(name, fmt::format("a number, {} .. {}", least, most));
    return fallback;
  }
  return number;
}

std::uint64_t Call::BodyId(std::string_view name) {
  const Json* value = body.Find(name);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  const auto id = text == nullptr ? std::nullopt : ParseId(*text);
  if (!id) Note(name, kIdHelp);
  return id.value_or(0);
}

Uuid Call::BodyHex(std::string_view name) {
  const Json* value = body.Find(name);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  const auto id = text == nullptr ? std::nullopt : ParseHex(*text);
  if (!id) Note(name, kHexHelp);
  return id.value_or(Uuid{});
}

std::string Call::BodyText(std::string_view name, std::size_t bytes_max) {
  const Json* value = body.Find(name);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  if (text == nullptr || text->size() > bytes_max) {
    Note(name, fmt::format("a text of at most {} bytes", bytes_max));
    return "";
  }
  return *text;
}

std::int64_t Call::BodyNumber(std::string_view name, std::int64_t least, std::int64_t most) {
  const Json* value = body.Find(name);
  const auto number = value == nullptr ? std::nullopt : value->AsInt64();
  if (!number || *number < least || *number > most) {
    Note(name, fmt::format("a whole number, {} .. {}", least, most));
    return least;
  }
  return *number;
}

}  // namespace seathold::web

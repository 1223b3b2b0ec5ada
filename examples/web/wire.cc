#include "examples/web/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "examples/cli/text.h"

namespace seathold::web {
namespace {

constexpr std::string_view kProblemType = "application/problem+json";
// Scripts, styles and pictures from here alone.
constexpr std::string_view kPolicy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

// The families of codes stand for one status each; the exceptions come first.
constexpr std::pair<Code, int> kStatusOfCode[] = {
    {Code::kIdempotencyMismatch, 409},
    {Code::kSaleNotOpen, 409},
    {Code::kSaleEnded, 409},
    {Code::kAlreadyExists, 409},
    {Code::kNoLine, 409},
    {Code::kUnsupported, 501},
    {Code::kInsufficientFunds, 402},
    {Code::kEmailTaken, 409},
    {Code::kPasswordWeak, 422},
    {Code::kBadCredentials, 401},
    {Code::kThrottled, 429},
    {Code::kAccountDisabled, 403},
    {Code::kAccessDenied, 401},
    {Code::kUnknownTicketType, 422},
};

int StatusOfFamily(int family) {
  switch (family) {
    case 1:
    case 6:
      return 422;
    case 4:
      return 404;
    case 5:
      return 403;
    case 7:
    case 8:
    case 9:
    case 10:
      return 409;
    default:
      return 503;
  }
}

Reply ProblemReply(int http_status, const Json& json) {
  Reply reply;
  reply.status = http_status;
  reply.type = kProblemType;
  reply.body = Share(json.Dump());
  if (http_status == 401) reply.fields.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

Json ProblemJson(int http_status, std::string_view code, std::string_view title, bool retryable) {
  return Json::Object()
      .Set("type", "about:blank")
      .Set("title", title)
      .Set("status", http_status)
      .Set("code", code)
      .Set("retryable", retryable);
}

}  // namespace

Json IdJson(std::uint64_t id) { return fmt::format("{}", id); }

std::optional<std::uint64_t> ParseId(std::string_view text) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0') {
    return std::nullopt;
  }
  return id;
}

std::string HexText(const Uuid& id) {
  std::string text;
  for (const std::uint8_t byte : id) text += fmt::format("{:02x}", byte);
  return text;
}

Json HexOrNull(const Uuid& id) { return id == Uuid{} ? Json() : Json(HexText(id)); }

std::optional<Uuid> ParseHex(std::string_view text) {
  const bool digits = std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (text.size() != 32 || !digits) return std::nullopt;
  Uuid id{};
  for (std::size_t i = 0; i < id.size(); ++i) {
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, id[i], 16);
  }
  if (id == Uuid{}) return std::nullopt;
  return id;
}

std::string InstantText(TimeUs time) {
  const std::time_t seconds = time.value / kUsPerSecond;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", tm.tm_year + 1900, tm.tm_mon + 1,
                     tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                     time.value % kUsPerSecond / kUsPerMs);
}

Json InstantOrNull(TimeUs time) { return time.value == 0 ? Json() : Json(InstantText(time)); }

Json MoneyJson(const Money& money) {
  return Json::Object().Set("amount_minor", money.minor).Set("currency", money.currency.text());
}

std::string_view NameOf(HoldState state) {
  static constexpr std::array<std::string_view, 6> kNames = {"none",      "held",    "confirmed",
                                                             "cancelled", "expired", "refunded"};
  return kNames.at(static_cast<std::size_t>(state));
}

char LetterOf(SeatState state) { return "fhsb"[static_cast<std::size_t>(state) & 3]; }

Reply JsonReply(const Json& json, int status) {
  return {.status = status, .type = "application/json", .body = Share(json.Dump())};
}

Reply NoContent() { return {.status = 204}; }

std::string CodeName(Code code) { return cli::CodeText(code); }

int HttpStatusOf(Code code) {
  for (const auto& [special, status] : kStatusOfCode) {
    if (special == code) return status;
  }
  return StatusOfFamily(static_cast<int>(code) / 100);
}

Reply Problem(const Status& status, const Json& facts) {
  const Code code = status == Code::kNotHoldOwner ? Code::kUnknownHold : status.code();
  const int http_status = HttpStatusOf(code);
  const CodeInfo& info = *FindCode(code);
  Json json = ProblemJson(http_status, CodeName(code), info.text, info.retryable);
  // A refusal says what was wrong with the request; a fault of ours is for the log.
  if (!status.detail().empty() && code == status.code() && info.outcome == Outcome::kRefused) {
    json.Set("detail", status.detail());
  }
  for (const Json::Member& fact : facts.members()) json.Set(fact.key, fact.value);
  Reply reply = ProblemReply(http_status, json);
  if (status.retry_after_ms() > 0) {
    return RetryAfter((status.retry_after_ms() + 999) / 1'000, std::move(reply));
  }
  return http_status == 503 && info.retryable ? RetryAfter(1, std::move(reply)) : reply;
}

Reply Problem(int http_status, std::string_view code, std::string_view title,
              std::string_view detail) {
  const bool retryable = http_status == 429 || http_status == 503;
  Json json = ProblemJson(http_status, code, title, retryable);
  if (!detail.empty()) json.Set("detail", detail);
  return ProblemReply(http_status, json);
}

Reply Safe(Reply reply) {
  reply.fields.emplace_back("Content-Security-Policy", kPolicy);
  reply.fields.emplace_back("X-Content-Type-Options", "nosniff");
  reply.fields.emplace_back("Referrer-Policy", "no-referrer");
  const bool cacheable = std::ranges::any_of(
      reply.fields, [](const Field& field) { return field.first == "Cache-Control"; });
  if (!cacheable) reply.fields.emplace_back("Cache-Control", "no-store");
  return reply;
}

Reply RetryAfter(std::int64_t seconds, Reply reply) {
  reply.fields.emplace_back("Retry-After", fmt::format("{}", seconds));
  return reply;
}

}  // namespace seathold::web

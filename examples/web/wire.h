// How things are written in JSON, in addresses and in problems: one way for each. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "examples/web/http.h"
#include "seathold/ids.h"
#include "seathold/money.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "seathold/types.h"
#include "src/util/json.h"

namespace seathold::web {

// Ids of 64 bits are decimal text: a number of JSON loses those above 2^53.
Json IdJson(std::uint64_t id);
std::optional<std::uint64_t> ParseId(std::string_view text);
// Ids of 128 bits are 32 digits of hex.
std::string HexText(const Uuid& id);
Json HexOrNull(const Uuid& id);
std::optional<Uuid> ParseHex(std::string_view text);

std::string InstantText(TimeUs time);  // "2036-12-31T19:30:00.000Z"
Json InstantOrNull(TimeUs time);       // null for none
Json MoneyJson(const Money& money);
std::string_view NameOf(HoldState state);
char LetterOf(SeatState state);  // f free, h held, s sold, b blocked

Reply JsonReply(const Json& json, int status = 200);
Reply NoContent();

// "kSeatTaken" is "seat_taken".
std::string CodeName(Code code);
// RFC 9457. `facts` are added to it. What other people's things are called is nobody's business:
// kNotHoldOwner is told as kUnknownHold.
Reply Problem(const Status& status, const Json& facts = Json::Object());
// A problem of the host's own.
Reply Problem(int http_status, std::string_view code, std::string_view title,
              std::string_view detail = "");
// "Come back in so many seconds", of a problem.
Reply RetryAfter(std::int64_t seconds, Reply reply);
int HttpStatusOf(Code code);
// What every reply tells a browser: nothing is guessed, framed or, unless it says so, kept.
Reply Safe(Reply reply);

}  // namespace seathold::web

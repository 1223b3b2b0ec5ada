#include "src/redis/reply.h"

#include <algorithm>

#include "src/util/escaped.h"

namespace seathold {
namespace {

constexpr std::size_t kTextBytesMax = 200;

struct Meaning {
  std::string_view word;
  Code code;
};
constexpr Meaning kMeanings[] = {
    {"BUSY", Code::kBusy},
    {"LOADING", Code::kBusy},
    {"MASTERDOWN", Code::kBusy},
    {"READONLY", Code::kBusy},  // a replica now: its master is found by connecting anew
    {"NOREPLICAS", Code::kBusy},
    {"TRYAGAIN", Code::kBusy},
    {"CLUSTERDOWN", Code::kBusy},
    {"NOSCRIPT", Code::kBusy},
    {"EXECABORT", Code::kBusy},
    {"MISCONF", Code::kBusy},  // cannot save to its disk, and so takes no writes
    {"OOM", Code::kOutOfMemory},
    {"NOAUTH", Code::kCannotOpen},
    {"WRONGPASS", Code::kCannotOpen},
    {"NOPERM", Code::kCannotOpen},
    {"MOVED", Code::kUnsupported},
    {"ASK", Code::kUnsupported},
    {"CROSSSLOT", Code::kUnsupported},
};

}  // namespace

std::string_view FirstWord(std::string_view text) { return text.substr(0, text.find(' ')); }

Status NotAsked() { return Status(Code::kBusy, "redis: answers what was not asked"); }

Status FromRedisError(std::string_view text) {
  const std::string_view word = FirstWord(text);
  const auto known = std::ranges::find(kMeanings, word, &Meaning::word);
  Code code = known == std::end(kMeanings) ? Code::kInternal : known->code;
  // The one error of these that has no word of its own.
  if (text.starts_with("ERR max number of clients")) code = Code::kBusy;
  return Status(code, "redis: " + Escaped(text, kTextBytesMax));
}

}  // namespace seathold

#include <array>

#include "capi/shim.h"
#include "src/util/escaped.h"
#include "src/util/json.h"

namespace seathold::capi {
namespace {

// "kSeatTaken" as C names it: SEATHOLD_E_SEAT_TAKEN.
struct CodeName {
  char text[48]{};
};
constexpr CodeName NameOf(std::string_view name) {
  CodeName out;
  std::size_t used = 0;
  for (const char c : name == "kOk" ? std::string_view("SEATHOLD") : "SEATHOLD_E") {
    out.text[used++] = c;
  }
  for (const char c : name.substr(1)) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital) out.text[used++] = '_';
    out.text[used++] = capital ? c : static_cast<char>(c - 'a' + 'A');
  }
  return out;
}
constexpr auto kCodeNames = std::to_array<CodeName>({
#define SEATHOLD_CODE_NAME(name, number, outcome, retryable, text) NameOf(#name),
    SEATHOLD_CODES(SEATHOLD_CODE_NAME)
#undef SEATHOLD_CODE_NAME
});

constexpr auto kFeatures = std::to_array<std::string_view>({
    "memory",
    "sqlite",
    "manual-clock",
#ifdef SEATHOLD_PRIVATE_SQLITE
    "self-contained",
#endif
});

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

uint32_t seathold_version(void) {
  return SEATHOLD_VERSION_MAJOR * 10'000 + SEATHOLD_VERSION_MINOR * 100 + SEATHOLD_VERSION_PATCH;
}

uint32_t seathold_abi_version(void) { return SEATHOLD_ABI_VERSION; }

int32_t seathold_has_feature(const char* name, size_t size) {
  if (name == nullptr) return 0;
  const std::size_t bytes = SizeOf(name, size);
  if (bytes > 100) return 0;
  for (const std::string_view feature : kFeatures) {
    if (feature == std::string_view(name, bytes)) return 1;
  }
  return 0;
}

seathold_status seathold_build_info(char* json, size_t cap, size_t* needed, seathold_error* error) {
  Arguments arguments;
  return Plain(arguments.Array(json, cap, "json"), error, [&]() -> Answer {
    Json features = Json::Array();
    for (const std::string_view feature : kFeatures) features.Push(feature);
    Json info = Json::Object();
    info.Set("version", Version()).Set("abi_version", SEATHOLD_ABI_VERSION);
    info.Set("features", std::move(features)).Set("compiler", __VERSION__);
    return GiveText(info.Dump(), json, cap, needed);
  });
}

size_t seathold_code_count(void) { return CodeCount(); }

seathold_status seathold_code_at(size_t index, seathold_code_info* out, seathold_error* error) {
  Arguments arguments;
  arguments.Need(out, "out").That(index < CodeCount(), "index", " is over the last code");
  return Plain(arguments, error, [&]() -> Answer {
    const CodeInfo& info = CodeAt(index);
    *out = {static_cast<seathold_status>(info.code), FlagsOf(info), kCodeNames[index].text,
            info.text.data()};  // from a literal, so it ends in a NUL
    return {};
  });
}

const char* seathold_code_text(seathold_status code) {
  const CodeInfo* info = FindCode(static_cast<Code>(code));
  return info == nullptr ? "unknown code" : info->text.data();
}

const char* seathold_outcome_name(uint32_t flags) {
  return OutcomeName(static_cast<Outcome>(flags & SEATHOLD_OUTCOME_MASK)).data();
}

const char* seathold_feed_kind_name(uint32_t kind) {
  return FeedKindName(kind <= UINT8_MAX ? static_cast<FeedKind>(kind) : FeedKind{}).data();
}

uint64_t seathold_bucket_bound_us(uint32_t bucket) {
  return bucket < Histogram::kBuckets - 1 ? Histogram::bound_us(bucket) : UINT64_MAX;
}

seathold_status seathold_id_format(const uint8_t id[16], char text[SEATHOLD_ID_TEXT_SIZE],
                                   seathold_error* error) {
  Arguments arguments;
  return Plain(arguments.Need(id, "id").Need(text, "text"), error, [&]() -> Answer {
    return GiveText(ToString(ReadId(id)), text, SEATHOLD_ID_TEXT_SIZE, nullptr);
  });
}

seathold_status seathold_id_parse(const char* text, size_t size, uint8_t id[16],
                                  seathold_error* error) {
  Arguments arguments;
  return Plain(arguments.Text(text, size, "text").Need(id, "id"), error, [&]() -> Answer {
    const auto parsed = ParseUuid(Text(text, size));
    if (!parsed) return Status(Code::kInvalidArgument, "text is not an id of 36 characters");
    WriteId(id, *parsed);
    return {};
  });
}

static_assert(SEATHOLD_ID_FROM_TEXT_MAX == kIdTextBytesMax);

seathold_status seathold_id_from_text(const char* text, size_t size, uint8_t id[16],
                                      seathold_error* error) {
  Arguments arguments;
  return Plain(arguments.Text(text, size, "text").Need(id, "id"), error, [&]() -> Answer {
    const auto made = IdFromText(Text(text, size));
    if (!made) return Status(Code::kInvalidArgument, "text is not of 1 to 200 bytes");
    WriteId(id, *made);
    return {};
  });
}

seathold_status seathold_money_format(int64_t minor, const char currency[4], char* text, size_t cap,
                                      size_t* needed, seathold_error* error) {
  Arguments arguments;
  arguments.Need(currency, "currency").Array(text, cap, "text");
  return Plain(arguments, error, [&]() -> Answer {
    const auto code = ReadCurrency(currency);
    if (!code) return Status(Code::kInvalidArgument, "currency is not three capital letters");
    return GiveText(ToString(Money{minor, *code}), text, cap, needed);
  });
}

seathold_status seathold_currency_digits(const char* code, size_t size, int32_t* digits,
                                         seathold_error* error) {
  Arguments arguments;
  return Plain(arguments.Text(code, size, "code").Need(digits, "digits"), error, [&]() -> Answer {
    const auto currency = ParseCurrency(Text(code, size));
    if (!currency) {
      return Status(Code::kInvalidArgument,
                    "code " + Quoted(Text(code, size)) + " is not one of ISO 4217");
    }
    *digits = MinorDigits(*currency);
    return {};
  });
}

uint64_t seathold_seat_id(uint64_t venue, uint32_t ordinal) {
  return MakeSeatId(VenueId{venue}, ordinal).value;
}

}  // extern "C"

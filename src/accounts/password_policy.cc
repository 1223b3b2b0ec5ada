#include "src/accounts/password_policy.h"

#include <algorithm>
#include <array>
#include <string>

#include "src/util/text.h"

namespace seathold {
namespace {

// The common ones of eight characters and more that are neither a repetition nor a run, lower case.
constexpr auto kCommon = std::to_array<std::string_view>({
    "00112233",     "01011980",     "01012000",      "01234560",   "0987654321",    "10101010",
    "100200300",    "1029384756",   "11112222",      "11223344",   "1122334455",    "112233445566",
    "12121212",     "123123123",    "12312312",      "123321123",  "12341234",      "1234512345",
    "123454321",    "123456123",    "123456654321",  "1234567a",   "12345678a",     "12345679",
    "123456789a",   "123456789q",   "12345qwert",    "1234qwer",   "12qwaszx",      "13131313",
    "131313131",    "147258369",    "147852369",     "159357456",  "1a2b3c4d",      "1password",
    "1q2w3e4r",     "1q2w3e4r5t",   "1q2w3e4r5t6y",  "1qaz1qaz",   "1qaz2wsx",      "1qaz2wsx3edc",
    "1qazxsw2",     "20202020",     "21122112",      "22334455",   "23232323",      "25252525",
    "252525252",    "31415926",     "5201314520",    "741852963",  "789456123",     "88888888a",
    "963852741",    "987654321a",   "a1234567",      "a12345678",  "a123456789",    "a1b2c3d4",
    "aa123456",     "aa12345678",   "abc12345",      "abc123456",  "abcd1234",      "abcd12345",
    "access14",     "admin123",     "admin1234",     "admin12345", "administrator", "alexander",
    "alexandra",    "anderson",     "angel123",      "asasasas",   "asd12345",      "asdasdasd",
    "asdf1234",     "asdfasdf",     "asdfghjk",      "asdfghjkl",  "asdfghjkl;",    "azertyuiop",
    "babygirl",     "babygirl1",    "barcelona",     "baseball",   "baseball1",     "basketball",
    "benjamin",     "bismillah",    "blink182",      "butterfly",  "carolina",      "caroline",
    "charlie1",     "charlotte",    "cheyenne",      "chocolate",  "christian",     "christine",
    "christopher",  "cocacola",     "computer",      "computer1",  "consumer",      "courtney",
    "danielle",     "december",     "dolphins",      "dragon123",  "dragonball",    "elizabeth",
    "emmanuel",     "einstein",     "facebook",      "fantasia",   "football",      "football1",
    "football123",  "fortnite",     "fuckyou1",      "fuckyou2",   "garfield",      "gfhjkmgfhjkm",
    "godzilla",     "goldfish",     "google123",     "greenday",   "guitar123",     "hahahaha",
    "hello123",     "hellohello",   "hellokitty",    "icecream",   "iloveyou",      "iloveyou!",
    "iloveyou1",    "iloveyou2",    "iloveyou123",   "infinity",   "internet",      "jasmine1",
    "jennifer",     "jessica1",     "jonathan",      "jordan23",   "justinbieber",  "kimberly",
    "letmein1",     "letmein123",   "liverpool",     "liverpool1", "lovelove",      "lovelove1",
    "loveme123",    "madison1",     "manchester",    "marlboro",   "maverick",      "mercedes",
    "metallica",    "michael1",     "michelle",      "midnight",   "minecraft",     "monkey123",
    "mustang1",     "naruto123",    "nicholas",      "nothing1",   "november",      "p@ssw0rd",
    "p@ssword",     "pa55w0rd",     "pa55word",      "parola123",  "pass1234",      "pass12345",
    "passw0rd",     "passw0rd1",    "password",      "password!",  "password.",     "password0",
    "password01",   "password1",    "password1!",    "password11", "password12",    "password123",
    "password123!", "password1234", "password12345", "password2",  "password3",     "password7",
    "password9",    "passwords",    "pakistan",      "pineapple",  "playstation",   "pokemon1",
    "pokemon123",   "portugal",     "princess",      "princess1",  "princess123",   "q1w2e3r4",
    "q1w2e3r4t5",   "q1w2e3r4t5y6", "qazwsx123",     "qazwsxedc",  "qazwsxedcrfv",  "qqww1122",
    "qwe12345",     "qweasdzxc",    "qweqweqwe",     "qwer1234",   "qwerasdf",      "qwerqwer",
    "qwert123",     "qwert12345",   "qwerty11",      "qwerty12",   "qwerty123",     "qwerty1234",
    "qwerty12345",  "qwerty123456", "qwertyui",      "qwertyuiop", "qwertyuiop1",   "rockstar",
    "samantha",     "samsung1",     "sarah123",      "scarface",   "scorpion",      "scotland",
    "security",     "september",    "shadow12",      "skateboard", "slipknot",      "snickers",
    "something",    "spiderman",    "spongebob",     "starcraft",  "startrek",      "starwars",
    "starwars1",    "stephanie",    "sunshine",      "sunshine1",  "superman",      "superman1",
    "superstar",    "swordfish",    "tinkerbell",    "trustno1",   "twilight",      "undertaker",
    "valentina",    "vanessa1",     "victoria",      "vkontakte",  "volleyball",    "welcome1",
    "welcome123",   "whatever",     "william1",      "winston1",   "yugioh123",     "zaq12wsx",
    "zaq1zaq1",     "zxcvbnm1",     "zxcvbnm,",      "zxcvbnm,./", "zxcvbnm123",
});

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

Status TooLong() { return Status(Code::kPasswordWeak, "over 1,024 bytes"); }

// Every character differs from the one before by the same step of 0, 1 or -1: "aaaaaaaa",
// "3456789".
bool IsRun(std::string_view text) {
  const int step = text[1] - text[0];
  if (step < -1 || step > 1) return false;
  for (std::size_t i = 2; i < text.size(); ++i) {
    if (text[i] - text[i - 1] != step) return false;
  }
  return true;
}

bool IsCommon(std::string_view password) {
  static_assert(std::ranges::max(kCommon, {}, &std::string_view::size).size() < 32);
  if (password.size() >= 32) return false;
  std::string lower(password);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == "1234567890" || lower == "01234567890") return true;  // a run but for the zero
  return std::ranges::find(kCommon, lower) != kCommon.end();
}

}  // namespace

Result<std::string> TakePassword(std::string_view password) {
  if (password.size() > kPasswordBytesMax) return TooLong();
  const auto normal = Normalized(password, TextForm::kComposed);
  if (!normal) return Status(Code::kInvalidText, "password");
  std::string taken;
  taken.reserve(normal->size());
  for (const char32_t c : CodePoints(*normal)) {
    AppendUtf8(taken, c != U'\t' && IsSpace(c) ? U' ' : c);
  }
  if (taken.size() > kPasswordBytesMax) return TooLong();
  return taken;
}

std::vector<std::string> PasswordForms(std::string_view password) {
  std::vector<std::string> forms;
  const auto add = [&](std::string form) {
    if (std::ranges::find(forms, form) == forms.end()) forms.push_back(std::move(form));
  };
  if (auto taken = TakePassword(password); taken.ok()) add(*std::move(taken));
  add(std::string(password));
  if (password.size() > kPasswordBytesMax) return forms;
  for (const TextForm form : {TextForm::kComposed, TextForm::kDecomposed}) {
    auto other = Normalized(password, form);
    if (other && other->size() <= kPasswordBytesMax) add(*std::move(other));
  }
  return forms;
}

Status CheckPasswordPolicy(std::string_view password, const PasswordBlocklist& is_blocked) {
  const auto taken = TakePassword(password);
  if (!taken.ok()) return taken.status();
  const auto characters = std::ranges::count_if(*taken, [](char c) { return !IsContinuation(c); });
  if (static_cast<std::size_t>(characters) < kPasswordCharactersMin) {
    return Status(Code::kPasswordWeak, "under 8 characters");
  }
  if (IsRun(*taken) || IsCommon(*taken)) return Status(Code::kPasswordWeak, "too common");
  if (is_blocked && is_blocked(*taken)) return Status(Code::kPasswordWeak, "on the block list");
  return Status();
}

}  // namespace seathold

#include "bench/web/options.h"

#include <charconv>
#include <cstdio>
#include <span>

namespace seathold::load {
namespace {

constexpr const char* kHelp =
    "seathold_web_load COMMAND [OPTION VALUE ...] [-- WORD ...]   (words go to the host)\n"
    "  run    a mix at a rate               --mix reads|holds|journey --rate N --seconds S\n"
    "                                       --stall-ms N: the host is stopped meanwhile\n"
    "  steps  from that rate up, until it breaks      --factor F --rate-most N\n"
    "  rush   everybody wants the same seats          --requests N --seats N --rate N --db FILE\n"
    "  kill   signal 9 after so many payments         --paid N --rate N --db FILE\n"
    "  for all: --connections N --buyers N --seed N --json\n"
    "           --log-level warning|info: of the host\n";

template <class T>
bool Read(std::string_view text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && *value > 0;
}

bool ReadOne(std::string_view name, std::string_view value, Options* options) {
  if (name == "--rate") return Read(value, &options->rate);
  if (name == "--seconds") return Read(value, &options->seconds);
  if (name == "--factor") return Read(value, &options->factor) && options->factor > 1;
  if (name == "--rate-most") return Read(value, &options->rate_most);
  if (name == "--connections") return Read(value, &options->connections);
  if (name == "--buyers") return Read(value, &options->buyers);
  if (name == "--requests") return Read(value, &options->requests);
  if (name == "--seats") return Read(value, &options->seats) && options->seats % 100 == 0;
  if (name == "--paid") return Read(value, &options->paid);
  if (name == "--stall-ms") return Read(value, &options->stall_ms);
  if (name == "--seed") return Read(value, &options->seed);
  if (name == "--db") {
    options->db = value;
    return true;
  }
  if (name == "--log-level") {
    options->log_level = value;
    return true;
  }
  if (name != "--mix") return false;
  const auto mix = ParseMix(value);
  options->mix = mix.value_or(Mix::kReads);
  options->mix_name = value;
  return mix.has_value();
}

}  // namespace

std::optional<Options> ReadOptions(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  Options options;
  bool understood = words.size() > 1;
  if (understood) options.command = words[1];
  for (std::size_t i = 2; understood && i < words.size(); ++i) {
    const std::string_view name = words[i];
    if (name == "--") {
      options.host_words.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (name == "--json") {
      options.json = true;
      continue;
    }
    understood = i + 1 < words.size() && ReadOne(name, words[i + 1], &options);
    ++i;
  }
  if (understood) return options;
  std::fputs(kHelp, stderr);
  return std::nullopt;
}

}  // namespace seathold::load

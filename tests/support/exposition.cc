#include "tests/support/exposition.h"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

namespace seathold::testing {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a name off the front; empty: there is none.
std::string_view TakeName(std::string_view* text) {
  std::size_t n = 0;
  while (n < text->size() && (IsLetter((*text)[n]) || (n > 0 && IsDigit((*text)[n])))) ++n;
  const std::string_view name = text->substr(0, n);
  text->remove_prefix(n);
  return name;
}

bool Take(std::string_view* text, std::string_view what) {
  if (!text->starts_with(what)) return false;
  text->remove_prefix(what.size());
  return true;
}

// A label's value with its quotes: only \\, \" and \n may be escaped, and they must be.
bool TakeQuoted(std::string_view* text) {
  if (!Take(text, "\"")) return false;
  while (!text->empty() && text->front() != '"') {
    if (text->front() == '\\') {
      text->remove_prefix(1);
      if (text->empty() || std::string_view("\\\"n").find(text->front()) == std::string_view::npos)
        return false;
    }
    text->remove_prefix(1);
  }
  return Take(text, "\"");
}

std::optional<double> NumberIn(std::string_view text) {
  if (text == "+Inf") return HUGE_VAL;
  const std::string whole(text);
  char* end = nullptr;
  const double value = std::strtod(whole.c_str(), &end);
  const bool starts_well = !whole.empty() && (IsDigit(whole[0]) || whole[0] == '-');
  if (!starts_well || end != whole.c_str() + whole.size()) return std::nullopt;
  return value;
}

using Labels = std::vector<std::pair<std::string, std::string>>;  // the values as written

struct Sample {
  std::string name, series;
  Labels labels;
  double value = 0;
};

bool TakeLabels(std::string_view* text, Labels* out) {
  do {
    const std::string_view name = TakeName(text);
    if (name.empty() || !Take(text, "=")) return false;
    const std::string_view before = *text;
    if (!TakeQuoted(text)) return false;
    out->emplace_back(name, before.substr(1, before.size() - text->size() - 2));
  } while (Take(text, ","));
  return Take(text, "}");
}

std::optional<Sample> SampleIn(std::string_view line) {
  Sample sample;
  std::string_view rest = line;
  sample.name = TakeName(&rest);
  if (sample.name.empty()) return std::nullopt;
  if (Take(&rest, "{") && !TakeLabels(&rest, &sample.labels)) return std::nullopt;
  sample.series = line.substr(0, line.size() - rest.size());
  if (!Take(&rest, " ")) return std::nullopt;
  const auto value = NumberIn(rest);
  if (!value) return std::nullopt;
  sample.value = *value;
  return sample;
}

// One histogram: a metric and a set of labels without `le`.
struct Buckets {
  double bound = -1, below = 0;
  bool has_sum = false;
  std::optional<double> count;
};

class Reader {
 public:
  Exposition Read(std::string_view text) {
    if (!text.ends_with('\n')) Wrong("does not end in a line feed", text.substr(0, 40));
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ReadLine(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (const auto& [series, buckets] : histograms_) EndHistogram(series, buckets);
    return std::move(out_);
  }

 private:
  void Wrong(std::string_view what, std::string_view where) {
    out_.wrong.push_back(std::string(what) + ": " + std::string(where));
  }

  void ReadLine(std::string_view line) {
    std::string_view rest = line;
    if (Take(&rest, "# HELP ")) return ReadHelp(rest, line);
    if (Take(&rest, "# TYPE ")) return ReadType(rest, line);
    const auto sample = SampleIn(line);
    if (!sample) return Wrong("is no sample", line);
    ReadSample(*sample, line);
  }

  void ReadHelp(std::string_view rest, std::string_view line) {
    metric_ = TakeName(&rest);
    typed_ = false;
    if (metric_.empty() || !rest.starts_with(' ') || rest.size() < 2) Wrong("is no help", line);
    if (!helped_.insert(metric_).second) Wrong("is helped twice", line);
  }

  void ReadType(std::string_view rest, std::string_view line) {
    const std::string name(TakeName(&rest));
    const std::string type(rest.substr(std::min<std::size_t>(1, rest.size())));
    if (name != metric_ || typed_) Wrong("does not follow its help", line);
    if (type != "counter" && type != "gauge" && type != "histogram") Wrong("is no type", line);
    if ((type == "counter") != name.ends_with("_total")) Wrong("only counters are totals", line);
    typed_ = true;
    out_.types[name] = type;
  }

  void ReadSample(const Sample& sample, std::string_view line) {
    if (!typed_) Wrong("has no help and type in front", line);
    if (!out_.samples.emplace(sample.series, sample.value).second) Wrong("stands twice", line);
    if (!(sample.value >= 0)) Wrong("is negative or no number", line);
    std::set<std::string> names;
    for (const auto& [name, value] : sample.labels) {
      if (!names.insert(name).second) Wrong("names a label twice", line);
    }
    if (out_.types[metric_] == "histogram") return ReadHistogram(sample, line);
    if (sample.name != metric_) Wrong("is among those of another metric", line);
  }

  void ReadHistogram(const Sample& sample, std::string_view line) {
    std::string series = metric_ + "{";
    std::optional<double> bound;
    for (const auto& [name, value] : sample.labels) {
      if (name == "le") bound = NumberIn(value);
      if (name != "le") series += name + "=\"" + value + "\",";
    }
    Buckets& buckets = histograms_[series];
    if (sample.name == metric_ + "_sum") {
      buckets.has_sum = true;
    } else if (sample.name == metric_ + "_count") {
      buckets.count = sample.value;
    } else if (sample.name == metric_ + "_bucket" && bound) {
      if (*bound <= buckets.bound || sample.value < buckets.below) Wrong("falls", line);
      buckets.bound = *bound;
      buckets.below = sample.value;
    } else {
      Wrong("is no sample of a histogram", line);
    }
  }

  void EndHistogram(const std::string& series, const Buckets& buckets) {
    if (buckets.bound != HUGE_VAL) Wrong("does not end with +Inf", series);
    if (!buckets.has_sum) Wrong("has no sum", series);
    if (buckets.count != buckets.below) Wrong("does not count what +Inf does", series);
  }

  Exposition out_;
  std::string metric_;
  bool typed_ = false;
  std::set<std::string> helped_;
  std::map<std::string, Buckets> histograms_;
};

}  // namespace

Exposition ReadExposition(std::string_view text) { return Reader().Read(text); }

}  // namespace seathold::testing

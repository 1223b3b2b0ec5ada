#include "examples/cli/demo/sale_film.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "examples/cli/demo/console.h"
#include "seathold/hall_drawing.h"
#include "seathold/seat_colours.h"

namespace seathold::demo {
namespace {

constexpr double kFrame_s = 0.13;
constexpr double kWidth = 1200, kPanel = 430, kEdge = 44, kHeightMin = 620;
constexpr double kBarWidth = kPanel - kEdge - 30;
// Diameters of marks in pitches of seats: each state has a size too.
constexpr double kHeldWide = 0.6, kSoldWide = 0.86, kBlockedWide = 0.3;
constexpr std::array<char, 4> kLetters = {'f', 'h', 's', 'b'};

// One seat's states over the film, without repetitions: (frame, state).
using Life = std::vector<std::pair<int, SeatState>>;

std::size_t Changes(const HallMap& before, const HallMap& after) {
  std::size_t changes = 0;
  for (std::size_t i = 0; i < after.seats.size(); ++i) changes += before.seats[i] != after.seats[i];
  return changes;
}

// Half of the film goes by time, half by what happened in it: a rush is short, and its tail long.
std::vector<FilmFrame> Cut(const std::vector<FilmFrame>& reel) {
  std::vector<double> time{0}, change{0};
  for (std::size_t i = 1; i < reel.size(); ++i) {
    time.push_back(reel[i].sale_s - reel[0].sale_s);
    change.push_back(change.back() + static_cast<double>(Changes(*reel[i - 1].map, *reel[i].map)));
  }
  const auto part = [&](std::size_t i) {
    return 0.5 * time[i] / std::max(time.back(), 1e-9) +
           0.5 * change[i] / std::max(change.back(), 1e-9);
  };
  std::vector<FilmFrame> kept{reel[0]};
  for (std::size_t i = 1; i < reel.size(); ++i) {
    const bool last = i + 1 == reel.size();
    const double due = static_cast<double>(kept.size()) / (kFilmFramesMax - 1);
    if (last || (part(i) >= due && kept.size() + 1 < kFilmFramesMax)) kept.push_back(reel[i]);
  }
  return kept;
}

std::string Seconds(double seconds) {
  std::string text = fmt::format("{:.2f}", seconds);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return (text.starts_with("0.") ? text.substr(1) : text) + "s";
}

class Film {
 public:
  Film(const Hall& hall, const std::vector<FilmFrame>& reel, const FilmWords& words)
      : hall_(hall),
        words_(words),
        frames_(Cut(reel)),
        drawing_(hall.plan(), {.width = kWidth - kPanel, .top = kEdge, .name_px = 12}),
        height_(std::max(kHeightMin, drawing_.height() + 2 * kEdge)) {}

  std::string Draw() {
    Open();
    AddHall();
    AddPanel();
    return out_ + "</svg>\n";
  }

 private:
  void Open() {
    out_ += fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
        "{1}\" role=\"img\">\n<title>{2}</title>\n<style>\n{3}{4}{5}</style>\n",
        kWidth, SvgNumber(height_), SvgEscaped(words_.heading + ". " + words_.end), Colours(),
        Shapes(), Motion());
    out_ += fmt::format(
        "<rect class=\"card\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"18\"/>\n",
        kWidth - 1, SvgNumber(height_ - 1));
  }

  // In the dark the blue of what is sold needs more light.
  static std::string Colours() {
    const auto css = [](SeatState state) { return ColourOf(state).css; };
    return fmt::format(
        "svg{{--f:{};--h:{};--s:{};--b:{};--paper:#fdfcf9;--ink:#1d2733;--soft:#5b6876;"
        "--line:#e2ddd2;--stage:#e9e4da;--hole:#fff}}\n"
        "@media(prefers-color-scheme:dark){{svg{{--f:#77839a;--s:#5ba7e8;--h:#e8ac2e;--b:#4a525f;"
        "--paper:#11141a;--ink:#ebe8e1;--soft:#9ba5b4;--line:#2a313c;--stage:#262c36;"
        "--hole:#191e26}}}}\n",
        css(SeatState::kAvailable), css(SeatState::kHeld), css(SeatState::kSold),
        css(SeatState::kBlocked));
  }

  std::string Width(double pitches) const { return SvgNumber(drawing_.pitch() * pitches); }

  // Outside of any motion each thing looks as it does at the end.
  std::string Shapes() const {
    return fmt::format(
        ".card{{fill:var(--paper);stroke:var(--line)}}"
        "text{{font-family:'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif;"
        "fill:var(--ink)}}.q,.stage-name{{fill:var(--soft)}}.stage{{fill:var(--stage)}}"
        ".l{{font-weight:600;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round;"
        "paint-order:stroke}}.n{{font-weight:700;text-anchor:end}}\n"
        "path{{fill:none;stroke-linecap:round}}path.stage{{fill:var(--stage)}}"
        ".o{{stroke:var(--f);stroke-width:{}px}}.i{{stroke:var(--hole);stroke-width:{}px}}"
        ".h{{stroke:var(--h);stroke-width:{}px}}.s{{stroke:var(--s);stroke-width:{}px}}"
        ".b{{stroke:var(--b);stroke-width:{}px}}.f{{stroke:none}}"
        ".bh{{fill:var(--h)}}.bs{{fill:var(--s)}}.bf{{fill:var(--line)}}.t{{opacity:0}}\n",
        Width(0.84), Width(0.66), Width(kHeldWide), Width(kSoldWide), Width(kBlockedWide));
  }

  std::string Motion() const {
    std::string css = fmt::format(
        "@media(prefers-reduced-motion:no-preference){{\n"
        ".m{{opacity:0;animation-duration:.35s;animation-fill-mode:forwards}}"
        ".t{{animation:t {}}}.z{{opacity:0;animation:z .01s forwards}}"
        ".e{{opacity:0;animation:z .8s forwards}}\n"
        "@keyframes t{{from,to{{opacity:1}}}}@keyframes z{{to{{opacity:1}}}}"
        "@keyframes f{{to{{opacity:0}}}}",
        Seconds(kFrame_s));
    for (const auto& [name, pitches] :
         {std::pair{'h', kHeldWide}, {'s', kSoldWide}, {'b', kBlockedWide}}) {
      css += fmt::format(
          "@keyframes {0}{{40%{{opacity:1;stroke:var(--{0});stroke-width:{1}px}}to{{opacity:1;"
          "stroke:var(--{0});stroke-width:{2}px}}}}",
          name, Width(pitches * 1.5), Width(pitches));
    }
    return css + "\n" + BarMotion("bs", false) + BarMotion("bh", true) + "}\n";
  }

  // How far a part of the bar reaches, frame by frame.
  std::string BarMotion(std::string_view name, bool with_held) const {
    const double last = std::max<double>(1, static_cast<double>(frames_.size()) - 1);
    std::string css = fmt::format(".{0}{{animation:{0} {1} linear both}}@keyframes {0}{{", name,
                                  Seconds(kFrame_s * last));
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      css += fmt::format("{}%{{transform:scaleX({:.3f})}}",
                         SvgNumber(100 * static_cast<double>(i) / last), Share(i, with_held));
    }
    return css + "}\n";
  }

  double Share(std::size_t frame, bool with_held) const {
    const HallMap& map = *frames_[frame].map;
    const std::uint32_t part = map.sold + (with_held ? map.held : 0);
    return static_cast<double>(part) / std::max<double>(1, hall_.seats());
  }

  // --- The hall: outlines of all seats, and over them what becomes of each, in one path for those
  // with the same life.

  Life LifeOf(std::size_t seat) const {
    Life life;
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      const SeatState state = frames_[i].map->seats[seat];
      if (life.empty() || life.back().second != state)
        life.emplace_back(static_cast<int>(i), state);
    }
    return life;
  }

  std::string DotPath(std::size_t seat) const {
    const SvgDot& dot = drawing_.dots()[seat];
    return "M" + SvgNumber(dot.x) + " " + SvgNumber(dot.y) + "h0";
  }

  void AddHall() {
    std::map<Life, std::string> paths;
    std::string all;
    for (std::size_t i = 0; i < drawing_.dots().size(); ++i) {
      const std::string dot = DotPath(i);
      all += dot;
      paths[LifeOf(i)] += dot;
    }
    const double down = (height_ - drawing_.height()) / 2 - kEdge;
    out_ += fmt::format("<g transform=\"translate({} {})\">\n{}", kPanel, SvgNumber(down),
                        drawing_.Stage());
    out_ += "<defs><path id=\"hall\" d=\"" + all + "\"/></defs>\n";
    out_ += "<use href=\"#hall\" class=\"o\"/><use href=\"#hall\" class=\"i\"/>\n";
    for (const auto& [life, path] : paths) AddLife(life, path);
    out_ += drawing_.SectionNames() + "</g>\n";
  }

  static char LetterOf(SeatState state) { return kLetters[static_cast<std::size_t>(state) & 3]; }

  void AddLife(const Life& life, const std::string& path) {
    const char last = LetterOf(life.back().second);
    const bool moves = life.size() > 1 || life[0].second != SeatState::kAvailable;
    if (!moves) return;
    std::string names, delays;
    for (const auto& [frame, state] : life) {
      if (frame == 0 && state == SeatState::kAvailable) continue;
      names += fmt::format("{}{}", names.empty() ? "" : ",", LetterOf(state));
      delays += (delays.empty() ? "" : ",") + Seconds(frame * kFrame_s);
    }
    out_ += fmt::format(
        "<path class=\"{} m\" style=\"animation-name:{};animation-delay:{}\" d=\"{}\"/>\n", last,
        names, delays, path);
  }

  // --- The panel: what is counted.

  void AddPanel() {
    const double left = kEdge, right = kEdge + kBarWidth;
    double y = height_ / 2 - 190;
    out_ += SvgText(left, y, 30, "font-weight=\"700\"", words_.heading);
    const std::string place = Grouped(hall_.seats()) + " seats: " + hall_.plan().name;
    const double fitting = kBarWidth / (0.54 * static_cast<double>(CharacterCount(place)));
    out_ += SvgText(left, y += 30, std::min(16.0, fitting), "class=\"q\"", place);
    out_ += SvgText(left, y += 66, 17, "class=\"q\"", "sale clock");
    const double clock_y = y;
    y += 26;
    AddBar(left, y);
    std::array<double, 5> lines{};
    constexpr std::array<std::string_view, 5> kNames = {"sold", "held, paying", "free",
                                                        "waiting in line", "told no"};
    y += 16;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      lines[i] = y += i == 3 ? 50 : 36;
      AddSample(left + 9, y - 6, i);
      out_ += SvgText(left + (i < 3 ? 30 : 0), y, 19, "class=\"q\"", kNames[i]);
    }
    for (std::size_t i = 0; i < frames_.size(); ++i) AddFigures(i, right, clock_y, lines);
    out_ += SvgText(left, y + 58, 20, At("e", frames_.size()) + " font-weight=\"700\"", words_.end);
    out_ += SvgText(left, height_ - 26, 13, "class=\"q\"", words_.source);
  }

  void AddBar(double left, double y) {
    for (const std::string_view name : {"bf", "bh", "bs"}) {
      const bool all = name == "bf";
      const double share = all ? 1 : Share(frames_.size() - 1, name == "bh");
      out_ += fmt::format(
          "<g transform=\"translate({} {})\"><rect class=\"{}\" width=\"{}\" "
          "height=\"9\"{}/></g>\n",
          left, SvgNumber(y), name, kBarWidth,
          all ? "" : fmt::format(" style=\"transform:scaleX({:.3f})\"", share));
    }
  }

  // The marks at a size that can be read.
  void AddSample(double x, double y, std::size_t which) {
    if (which > 2) return;
    out_ += fmt::format("<g transform=\"translate({} {}) scale({:.3f})\">", SvgNumber(x),
                        SvgNumber(y), 19 / drawing_.pitch());
    if (which > 0) out_ += "<path class=\"o\" d=\"M0 0h0\"/><path class=\"i\" d=\"M0 0h0\"/>";
    if (which < 2) out_ += fmt::format("<path class=\"{}\" d=\"M0 0h0\"/>", which == 0 ? 's' : 'h');
    out_ += "</g>\n";
  }

  static std::string At(std::string_view what, std::size_t frame) {
    return fmt::format("class=\"{}\" style=\"animation-delay:{}\"", what,
                       Seconds(static_cast<double>(frame) * kFrame_s));
  }

  void AddFigures(std::size_t index, double right, double clock_y,
                  const std::array<double, 5>& lines) {
    const FilmFrame& frame = frames_[index];
    const HallMap& map = *frame.map;
    const bool last = index + 1 == frames_.size();
    const std::array<std::uint64_t, 5> figures = {map.sold, map.held, map.available, frame.waiting,
                                                  frame.refused};
    out_ += "<g " + At(last ? "z" : "t", index) + ">";
    out_ += SvgText(right, clock_y, 24, "class=\"n\"", "+" + ClockText(frame.sale_s));
    for (std::size_t i = 0; i < figures.size(); ++i) {
      out_ += SvgText(right, lines[i], i < 3 ? 24 : 20, "class=\"n\"", Grouped(figures[i]));
    }
    out_ += "</g>\n";
  }

  const Hall& hall_;
  const FilmWords& words_;
  const std::vector<FilmFrame> frames_;
  const HallDrawing drawing_;
  const double height_;
  std::string out_;
};

}  // namespace

void FilmReel::Take(const RushMoment& moment) {
  if (moment.map == nullptr) return;
  const bool same = !frames_.empty() && frames_.back().map == moment.map;
  if (same) frames_.pop_back();
  frames_.push_back({moment.sale_s, moment.waiting, moment.refused, moment.map});
}

std::string FilmSvg(const Hall& hall, const std::vector<FilmFrame>& reel, const FilmWords& words) {
  return Film(hall, reel, words).Draw();
}

}  // namespace seathold::demo

#include <algorithm>
#include <array>
#include <utility>

#include "seathold/hall_drawing.h"
#include "seathold/seat_colours.h"

namespace seathold {
namespace {

constexpr double kHeader = 92, kFooter = 62;  // in thousandths of the width
constexpr std::array<std::string_view, 4> kMarkNames = {"available", "held", "sold", "blocked"};
constexpr std::array<char, 4> kMarkIds = {'a', 'h', 's', 'b'};

std::string Css(SeatState state) { return std::string(ColourOf(state).css); }

// Each mark has its own shape too, so that nobody needs to tell two colours apart.
class Drawing {
 public:
  Drawing(const Plan& plan, const std::vector<SeatState>& states, const SvgOptions& options)
      : plan_(plan),
        states_(states),
        options_(options),
        width_(std::clamp(options.width, 200, 10'000)),
        unit_(width_ / 1000.0),
        hall_(plan, {.width = static_cast<double>(width_),
                     .top = (kHeader + (options.caption.empty() ? -20 : 0)) * unit_,
                     .name_px = 12.5 * unit_}) {}

  std::string Draw() {
    Open();
    AddHeader();
    out_ += hall_.Stage();
    AddSeats();
    out_ += hall_.SectionNames();
    AddLegend();
    return std::move(out_) + "</svg>\n";
  }

 private:
  SeatState StateOf(std::size_t seat) const {
    return seat < states_.size() ? states_[seat] : SeatState::kAvailable;
  }

  double HallTop() const { return (kHeader + (options_.caption.empty() ? -20 : 0)) * unit_; }
  double Height() const { return HallTop() + hall_.height() + (kFooter + 34) * unit_; }

  void Open() {
    const std::string w = SvgNumber(width_), h = SvgNumber(Height());
    out_ += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
            "\" viewBox=\"0 0 " + w + " " + h + "\" role=\"img\">\n";
    out_ += "<title>" + SvgEscaped(Title()) + "</title>\n<style>";
    out_ +=
        "text{font-family:'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif;fill:#1d2733}";
    out_ += ".q{fill:#5b6876}.stage{fill:#e9e4da;stroke:#cfc7b8;stroke-linejoin:round}";
    out_ += ".stage-name{fill:#7a705e}.l{fill:#3b4754;stroke:#fbfbf9;stroke-width:" +
            SvgNumber(3.2 * unit_) +
            "px;stroke-linejoin:round;paint-order:stroke}</style>\n<defs>\n";
    AddMarks();
    out_ += "</defs>\n<rect width=\"" + w + "\" height=\"" + h + "\" fill=\"#fbfbf9\"/>\n";
  }

  void AddMarks() {
    const double pitch = hall_.pitch();
    const std::string r = SvgNumber(pitch * 0.41);
    out_ += "<circle id=\"a\" r=\"" + r + "\" fill=\"#fff\" stroke=\"" +
            Css(SeatState::kAvailable) + "\" stroke-width=\"" +
            SvgNumber(std::max(pitch * 0.09, 0.3)) + "\"/>\n";
    out_ += "<g id=\"h\"><circle r=\"" + r + "\" fill=\"" + Css(SeatState::kHeld) +
            "\"/><circle r=\"" + SvgNumber(pitch * 0.15) + "\" fill=\"#fff\"/></g>\n";
    out_ += "<circle id=\"s\" r=\"" + r + "\" fill=\"" + Css(SeatState::kSold) + "\"/>\n";
    const std::string side = SvgNumber(pitch * 0.3), edge = SvgNumber(pitch * 0.6);
    out_ += "<rect id=\"b\" x=\"-" + side + "\" y=\"-" + side + "\" width=\"" + edge +
            "\" height=\"" + edge + "\" fill=\"" + Css(SeatState::kBlocked) + "\"/>\n";
  }

  std::string Title() const { return options_.title.empty() ? plan_.name : options_.title; }

  // Text of about this size that fits the width.
  double FittingSize(std::string_view text, double size) const {
    const double room = width_ - 2 * kSvgMargin * unit_;
    const double wanted = 0.56 * size * static_cast<double>(CharacterCount(text));
    return wanted > room ? size * room / wanted : size;
  }

  void AddHeader() {
    const std::string title = Title();
    out_ += SvgText(kSvgMargin * unit_, 46 * unit_, FittingSize(title, 25 * unit_),
                    "font-weight=\"700\"", title);
    if (options_.caption.empty()) return;
    out_ += SvgText(kSvgMargin * unit_, 68 * unit_, FittingSize(options_.caption, 13.5 * unit_),
                    "class=\"q\"", options_.caption);
  }

  void AddSeats() {
    for (std::size_t i = 0; i < plan_.seats.size(); ++i) {
      const PlanSeat& seat = plan_.seats[i];
      if (i == 0 || plan_.seats[i - 1].row != seat.row) OpenRow(i);
      const auto mark = static_cast<std::size_t>(StateOf(i)) & 3;
      const SvgDot& dot = hall_.dots()[i];
      out_ += "<use id=\"" + SeatElementId(i) + "\" href=\"#";
      out_ += kMarkIds[mark];
      out_ += "\" x=\"" + SvgNumber(dot.x) + "\" y=\"" + SvgNumber(dot.y) + "\"><title>" +
              SeatTitle(seat) + "</title></use>\n";
      if (i + 1 == plan_.seats.size() || plan_.seats[i + 1].row != seat.row) out_ += "</g>\n";
    }
  }

  void OpenRow(std::size_t seat) {
    const PlanRow& row = plan_.rows[plan_.seats[seat].row];
    out_ += "<g data-row=\"" + SvgEscaped(row.section + " " + row.name) + "\">\n";
  }

  // "seat12": a letter first, since a style sheet's "#12" is no selector.
  static std::string SeatElementId(std::size_t ordinal) { return "seat" + std::to_string(ordinal); }

  // "A 12": the section stands beside the seats, and 50,000 titles are half of the file.
  std::string SeatTitle(const PlanSeat& seat) const {
    const std::string& row = plan_.rows[seat.row].name;
    return SvgEscaped(row.empty() ? seat.number : row + " " + seat.number);
  }

  // All four marks and their counts, drawn at a size that can be read whatever the seats' own.
  void AddLegend() {
    std::array<std::size_t, 4> counts{};
    for (std::size_t i = 0; i < plan_.seats.size(); ++i) {
      ++counts[static_cast<std::size_t>(StateOf(i)) & 3];
    }
    const double y = Height() - 30 * unit_, size = 13.5 * unit_;
    double x = (kSvgMargin + 6) * unit_;
    const double grow = 13 * unit_ / hall_.pitch();
    for (const std::size_t mark : {2u, 1u, 0u, 3u}) {
      out_ += "<use href=\"#";
      out_ += kMarkIds[mark];
      out_ += "\" transform=\"translate(" + SvgNumber(x) + " " + SvgNumber(y - size * 0.34) +
              ") scale(" + std::to_string(grow) + ")\"/>\n";
      const std::string text = SvgCount(counts[mark]) + " " + std::string(kMarkNames[mark]);
      out_ += SvgText(x + 13 * unit_, y, size, "", text);
      x += (34 + 7.4 * static_cast<double>(text.size())) * unit_;
    }
    out_ += SvgText(width_ - kSvgMargin * unit_, y, size, "class=\"q\" text-anchor=\"end\"",
                    SvgCount(plan_.seats.size()) + " seats");
  }

  const Plan& plan_;
  const std::vector<SeatState>& states_;
  const SvgOptions& options_;
  const int width_;
  const double unit_;
  const HallDrawing hall_;
  std::string out_;
};

}  // namespace

std::string PlanToSvg(const Plan& plan, const std::vector<SeatState>& states,
                      const SvgOptions& options) {
  return Drawing(plan, states, options).Draw();
}

}  // namespace seathold

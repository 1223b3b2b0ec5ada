#include "src/storage/json_lists.h"

#include <charconv>
#include <cstdint>

namespace seathold {
namespace {

constexpr char kHex[] = "0123456789abcdef";

template <class Number>
void AppendNumber(Number value, std::string* out) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out->append(text, static_cast<std::size_t>(end - text));
}

void AppendHex(const Uuid& id, std::string* out) {
  char text[32];
  for (std::size_t i = 0; i < id.size(); ++i) {
    text[2 * i] = kHex[id[i] >> 4];
    text[2 * i + 1] = kHex[id[i] & 15];
  }
  out->append(text, sizeof text);
}

// Reads tokens from the front of a text; every method is false when the text goes on otherwise.
class Reader {
 public:
  explicit Reader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool Take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool done() const { return at_ == end_; }

  template <class Number>
  bool Take(Number* value) {
    const auto [next, error] = std::from_chars(at_, end_, *value);
    if (error != std::errc()) return false;
    at_ = next;
    return true;
  }

  bool Take(Uuid* id) {
    if (end_ - at_ < 32) return false;
    for (auto& byte : *id) {
      const int high = Digit(at_[0]), low = Digit(at_[1]);
      if (high < 0 || low < 0) return false;
      byte = static_cast<std::uint8_t>(high << 4 | low);
      at_ += 2;
    }
    return true;
  }

 private:
  static int Digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  }

  const char* at_;
  const char* end_;
};

// `item(reader)` reads one element and says whether it could.
template <class Item>
bool ReadList(std::string_view text, const Item& item) {
  Reader reader(text);
  if (!reader.Take('[')) return false;
  if (reader.Take(']')) return reader.done();
  do {
    if (!item(reader)) return false;
  } while (reader.Take(','));
  return reader.Take(']') && reader.done();
}

}  // namespace

void WriteJson(const HoldSeats& seats, std::string* out) {
  char separator = '[';
  for (const HoldSeat& seat : seats) {
    out->push_back(separator);
    out->push_back('[');
    AppendNumber(seat.ordinal, out);
    out->push_back(',');
    AppendNumber(seat.ticket_type, out);
    out->push_back(',');
    AppendNumber(seat.price_minor, out);
    out->push_back(']');
    separator = ',';
  }
  out->append(seats.empty() ? "[]" : "]");
}

void WriteJson(const Ordinals& ordinals, std::string* out) {
  char separator = '[';
  for (const std::uint32_t ordinal : ordinals) {
    out->push_back(separator);
    AppendNumber(ordinal, out);
    separator = ',';
  }
  out->append(ordinals.empty() ? "[]" : "]");
}

void WriteJson(const std::vector<LiveHold>& live, std::string* out) {
  char separator = '[';
  for (const LiveHold& hold : live) {
    out->push_back(separator);
    out->append("[\"");
    AppendHex(hold.hold.value, out);
    out->append("\",");
    AppendNumber(hold.seats, out);
    out->push_back(',');
    AppendNumber(hold.expires_at.value, out);
    out->push_back(']');
    separator = ',';
  }
  out->append(live.empty() ? "[]" : "]");
}

bool ReadJson(std::string_view text, HoldSeats* seats) {
  seats->clear();
  return ReadList(text, [&](Reader& in) {
    HoldSeat seat;
    const bool read = in.Take('[') && in.Take(&seat.ordinal) && in.Take(',') &&
                      in.Take(&seat.ticket_type) && in.Take(',') && in.Take(&seat.price_minor) &&
                      in.Take(']');
    if (!read || seats->full()) return false;
    seats->push_back(seat);
    return true;
  });
}

bool ReadJson(std::string_view text, Ordinals* ordinals) {
  ordinals->clear();
  return ReadList(text, [&](Reader& in) {
    std::uint32_t ordinal = 0;
    if (!in.Take(&ordinal) || ordinals->full()) return false;
    ordinals->push_back(ordinal);
    return true;
  });
}

bool ReadJson(std::string_view text, std::vector<LiveHold>* live) {
  live->clear();
  return ReadList(text, [&](Reader& in) {
    LiveHold hold;
    const bool read = in.Take('[') && in.Take('"') && in.Take(&hold.hold.value) && in.Take('"') &&
                      in.Take(',') && in.Take(&hold.seats) && in.Take(',') &&
                      in.Take(&hold.expires_at.value) && in.Take(']');
    if (read) live->push_back(hold);
    return read;
  });
}

}  // namespace seathold

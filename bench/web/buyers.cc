#include "bench/web/buyers.h"

#include <fmt/format.h>

#include <chrono>

#include "seathold/ids.h"

namespace seathold::load {
namespace {

// Besides these, browsers send half a kilobyte that the host has no use for.
constexpr std::string_view kBrowser =
    "Host: localhost\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: application/json\r\n"
    "Accept-Language: de-AT,de;q=0.8,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n";

Ask Held(Kind kind, const Ask& held) {
  return {.kind = kind, .buyer = held.buyer, .evening = held.evening, .hold = held.hold};
}

}  // namespace

std::string Buyers::NewId() {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::uint64_t high = random_(), low = random_();
  return fmt::format("{:012x}7{:03x}{:016x}", ms.count(), high & 0xFFF,
                     (low & 0x3FFF'FFFF'FFFF'FFFF) | 0x8000'0000'0000'0000);
}

std::string Buyers::Text(std::string_view method, std::string_view path, std::uint32_t buyer,
                         std::string_view body) const {
  std::string text = fmt::format("{} {} HTTP/1.1\r\n{}Authorization: Bearer {}\r\n", method, path,
                                 kBrowser, hall_.buyers[buyer].token);
  if (body.empty()) return text + "\r\n";
  return text + fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                            body.size(), body);
}

Ask Buyers::Map(std::uint32_t buyer, std::uint32_t evening, std::string_view etag) {
  Ask ask{.kind = etag.empty() ? Kind::kMapInFull : Kind::kMap, .buyer = buyer};
  ask.evening = evening;
  ask.text = fmt::format("GET /api/performances/{}/map HTTP/1.1\r\n{}", IdOf(evening), kBrowser);
  if (!etag.empty()) ask.text += fmt::format("If-None-Match: {}\r\n", etag);
  ask.text += "\r\n";
  return ask;
}

Ask Buyers::Dates(std::uint32_t buyer) {
  return {.kind = Kind::kDates,
          .buyer = buyer,
          .text = fmt::format("GET /api/shows/{}/performances HTTP/1.1\r\n{}\r\n", hall_.show,
                              kBrowser)};
}

Ask Buyers::Place(std::uint32_t buyer) {
  const std::string body =
      fmt::format(R"({{"show":"{}","token":"{}"}})", hall_.crowded_show, hall_.buyers[buyer].place);
  return {
      .kind = Kind::kPlace, .buyer = buyer, .text = Text("POST", "/api/queue/poll", buyer, body)};
}

Ask Buyers::Named(std::uint32_t buyer, std::uint32_t evening, std::uint32_t first,
                  std::uint32_t count) {
  Ask ask{.kind = Kind::kNamed, .buyer = buyer, .evening = evening, .hold = NewId()};
  std::string seats;
  for (std::uint32_t i = first; i < first + count; ++i) {
    seats +=
        fmt::format("{}\"{}\"", i == first ? "" : ",", MakeSeatId(VenueId{hall_.venue}, i).value);
  }
  ask.text = Text("PUT", "/api/holds/" + ask.hold, buyer,
                  fmt::format(R"({{"performance":"{}","seats":[{}]}})", IdOf(evening), seats));
  return ask;
}

Ask Buyers::Best(std::uint32_t buyer, std::uint32_t evening, std::uint32_t count) {
  Ask ask{.kind = Kind::kBest, .buyer = buyer, .evening = evening, .hold = NewId()};
  ask.text =
      Text("PUT", "/api/holds/" + ask.hold, buyer,
           fmt::format(R"({{"performance":"{}","best":{{"seats":{}}}}})", IdOf(evening), count));
  return ask;
}

std::string Buyers::HoldPath(const Ask& held) const {
  return fmt::format("/api/holds/{}?performance={}", held.hold, IdOf(held.evening));
}

Ask Buyers::Cancel(const Ask& held) {
  Ask ask = Held(Kind::kCancel, held);
  ask.text = Text("DELETE", HoldPath(held), held.buyer, "");
  return ask;
}

Ask Buyers::Pay(const Ask& held) {
  Ask ask = Held(Kind::kPay, held);
  ask.payment = NewId();
  ask.text =
      Text("PUT", "/api/payments/" + ask.payment, held.buyer,
           fmt::format(R"({{"performance":"{}","hold":"{}"}})", IdOf(held.evening), held.hold));
  return ask;
}

Ask Buyers::Find(const Ask& held) {
  Ask ask = Held(Kind::kFind, held);
  ask.payment = held.payment;
  ask.text = Text("GET", HoldPath(held), held.buyer, "");
  return ask;
}

}  // namespace seathold::load

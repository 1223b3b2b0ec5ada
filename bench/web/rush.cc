#include "bench/web/rush.h"

namespace seathold::load {

Rush::Rush(const Hall& hall, std::uint64_t seed, std::uint64_t enough_paid,
           std::function<void()> enough)
    : buyers_(hall, seed), enough_paid_(enough_paid), enough_(std::move(enough)) {}

Ask Rush::Next() {
  const std::uint32_t buyer = buyers_.AnyBuyer();
  if (buyers_.Draw(2) == 0) return buyers_.Best(buyer, 0, 1);
  return buyers_.Named(buyer, 0, buyers_.Draw(buyers_.hall().seats), 1);
}

std::optional<Ask> Rush::Learn(const Ask& ask, const Heard& heard) {
  if (heard.status == 409) ++refused_;
  if (heard.status != 201) return std::nullopt;
  if (ask.kind != Kind::kPay) return buyers_.Pay(ask);
  paid_.push_back(
      {.buyer = ask.buyer, .evening = ask.evening, .hold = ask.hold, .payment = ask.payment});
  if (paid_.size() == enough_paid_ && enough_) enough_();
  return std::nullopt;
}

bool Rush::Expects(Kind kind, int status) const {
  return status == 201 || (kind != Kind::kPay && status == 409);
}

std::optional<Ask> Search::Learn(const Ask& ask, const Heard& heard) {
  const bool found =
      heard.status == 200 && heard.body.find(R"("state":"confirmed")") != std::string_view::npos &&
      heard.body.find("\"payment\":\"" + ask.payment + '"') != std::string_view::npos;
  if (found) {
    ++found_;
  } else if (missing_.empty()) {
    missing_ = ask.hold + ": " + std::to_string(heard.status) + ' ' + std::string(heard.body);
  }
  return std::nullopt;
}

}  // namespace seathold::load

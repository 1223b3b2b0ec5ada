// Rows of every record type with extreme values, and rows as text, made from the column lists.
#pragma once

#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "seathold/adapter/storage.h"

namespace seathold::testing {

enum class Extreme { kLow, kHigh, kOdd };

// Text that would end a statement, a line, a string or a JSON document if it were not data.
inline std::string HostileText() {
  static constexpr char kText[] =
      "Robert'); DROP TABLE seats;--\0 \"[]{}\\ ?1 :a \r\n %s \xC3\xA9\xE2\x82\xAC";
  return std::string(kText, sizeof kText - 1);
}

// Sets every column: kLow = empty and smallest, kHigh = largest, kOdd = text that looks like code
// and numbers with the top bit set. Amounts (`*_minor`) stay within 0 .. kAmountMinorMax and enums
// within their names: storage may refuse anything else. Keys differ between the three.
class Fill {
 public:
  explicit Fill(Extreme extreme) : extreme_(extreme) {}

  template <class T>
  void key(const char* name, T& value) {
    Set(name, value, true);
  }
  template <class T>
  void fixed(const char* name, T& value) {
    Set(name, value, false);
  }
  template <class T>
  void field(const char* name, T& value) {
    Set(name, value, false);
  }

 private:
  template <class T>
  T Pick(T low, T high, T odd) const {
    return extreme_ == Extreme::kLow ? low : extreme_ == Extreme::kHigh ? high : odd;
  }

  void Set(std::string_view, std::uint64_t& v, bool) {
    v = Pick<std::uint64_t>(0, ~0ull, 1ull << 63);
  }
  void Set(std::string_view, std::uint32_t& v, bool) { v = Pick<std::uint32_t>(0, ~0u, 1u << 31); }
  void Set(std::string_view name, std::int64_t& v, bool) {
    using Limits = std::numeric_limits<std::int64_t>;
    v = name.ends_with("_minor") ? Pick<std::int64_t>(0, kAmountMinorMax, 1)
                                 : Pick<std::int64_t>(Limits::min(), Limits::max(), -1);
  }
  void Set(std::string_view, bool& v, bool) { v = extreme_ == Extreme::kHigh; }
  void Set(std::string_view, double& v, bool) { v = Pick(-1.5e308, 5e-324, 0.1); }
  void Set(std::string_view, std::string& v, bool) {
    v = Pick<std::string>("", std::string(100'000, 'x'), HostileText());
  }
  void Set(std::string_view, Uuid& v, bool is_key) {
    v.fill(Pick<std::uint8_t>(is_key ? 1 : 0, 0xFF, 0x80));
  }
  template <class Tag, class Rep>
  void Set(std::string_view name, Id<Tag, Rep>& v, bool is_key) {
    Set(name, v.value, is_key);
  }
  void Set(std::string_view name, TimeUs& v, bool is_key) { Set(name, v.value, is_key); }
  void Set(std::string_view name, Sequence& v, bool is_key) { Set(name, v.value, is_key); }
  void Set(std::string_view, Currency& v, bool) {
    v = Pick(Currency{}, *CurrencyOfLetters("ZZZ"), *ParseCurrency("EUR"));
  }
  void Set(std::string_view, SequenceName& v, bool) {
    v = Pick(SequenceName::kVenue, SequenceName::kUser, SequenceName::kShow);
  }
  void Set(std::string_view, SeatState& v, bool) {
    v = Pick(SeatState::kAvailable, SeatState::kBlocked, SeatState::kSold);
  }
  void Set(std::string_view, HoldState& v, bool) {
    v = Pick(HoldState::kNone, HoldState::kRefunded, HoldState::kHeld);
  }
  void Set(std::string_view, Tender& v, bool) {
    v = Pick(Tender::kNone, Tender::kExternal, Tender::kWallet);
  }
  void Set(std::string_view, TransferKind& v, bool) {
    v = Pick(TransferKind::kCharge, TransferKind::kRefund, TransferKind::kPayment);
  }
  // The two sides of a transfer differ.
  void Set(std::string_view name, LedgerSide& v, bool) {
    v = name == "debit" ? Pick(LedgerSide::kUser, LedgerSide::kExternal, LedgerSide::kRevenue)
                        : Pick(LedgerSide::kRevenue, LedgerSide::kUser, LedgerSide::kExternal);
  }
  void Set(std::string_view, FeedKind& v, bool) {
    v = Pick(FeedKind::kHeld, FeedKind::kUnblocked, FeedKind::kRefunded);
  }
  void Set(std::string_view, Code& v, bool) {
    v = Pick(Code::kOk, Code::kInternal, Code::kInsufficientFunds);
  }
  void Set(std::string_view, HoldSeats& v, bool) {
    v.clear();
    const std::size_t n = Pick<std::size_t>(0, kSeatsPerHoldCap, 1);
    for (std::uint32_t i = 0; i < n; ++i) v.push_back({~0u - i, ~0u, kAmountMinorMax});
  }
  void Set(std::string_view, Ordinals& v, bool) {
    v.clear();
    const std::size_t n = Pick<std::size_t>(0, kSeatsPerHoldCap, 1);
    for (std::uint32_t i = 0; i < n; ++i) v.push_back(~0u - i);
  }
  void Set(std::string_view, std::vector<LiveHold>& v, bool) {
    v.clear();
    const std::size_t n = Pick<std::size_t>(0, 1'000, 2);
    for (std::size_t i = 0; i < n; ++i) {
      LiveHold hold;
      hold.hold.value.fill(static_cast<std::uint8_t>(i));
      hold.seats = ~0u;
      hold.expires_at.value = i % 2 == 0 ? std::numeric_limits<std::int64_t>::min() : 1;
      v.push_back(hold);
    }
  }

  const Extreme extreme_;
};

template <class R>
R ExtremeRow(Extreme extreme) {
  R row;
  R::Columns(row, Fill(extreme));
  return row;
}

// A row as one line of text, every column of it.
class TextOf {
 public:
  explicit TextOf(std::ostream& out) : out_(out) {}
  template <class T>
  void key(const char* name, const T& value) {
    Show(name, value);
  }
  template <class T>
  void fixed(const char* name, const T& value) {
    Show(name, value);
  }
  template <class T>
  void field(const char* name, const T& value) {
    Show(name, value);
  }

 private:
  template <class T>
  void Show(const char* name, const T& value) {
    out_ << name << '=';
    Put(value);
    out_ << ' ';
  }
  template <class Tag, class Rep>
  void Put(const Id<Tag, Rep>& v) {
    Put(v.value);
  }
  void Put(const Uuid& v) { out_ << ToString(v); }
  void Put(const TimeUs& v) { out_ << v.value; }
  void Put(const Sequence& v) { out_ << v.value; }
  void Put(const Currency& v) { out_ << v.text(); }
  void Put(const std::string& v) { out_ << v.size() << ':' << v; }
  void Put(double v) { out_ << std::hexfloat << v; }
  void Put(const HoldSeat& v) { out_ << v.ordinal << '/' << v.ticket_type << '/' << v.price_minor; }
  void Put(const LiveHold& v) {
    out_ << ToString(v.hold.value) << '/' << v.seats << '/' << v.expires_at.value;
  }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void Put(T v) { out_ << std::dec << static_cast<std::int64_t>(v); }
  template <class T>
  requires requires(const T& list) { list.begin(); }
  void Put(const T& list) {
    out_ << '[';
    for (const auto& item : list) Put(item), out_ << ',';
    out_ << ']';
  }

  std::ostream& out_;
};

template <class R>
std::string ShowRow(const R& row) {
  std::ostringstream out;
  R::Columns(row, TextOf(out));
  return out.str();
}

template <class R>
std::vector<std::string> ShowRows(const std::vector<R>& rows) {
  std::vector<std::string> texts;
  for (const R& row : rows) texts.push_back(ShowRow(row));
  return texts;
}

class FieldCount {
 public:
  int fields = 0;
  template <class T>
  void key(const char*, const T&) {}
  template <class T>
  void fixed(const char*, const T&) {}
  template <class T>
  void field(const char*, const T&) {
    ++fields;
  }
};
template <class R>
bool HasFields() {
  FieldCount count;
  const R row{};
  R::Columns(row, count);
  return count.fields > 0;
}

// Fills only the columns that an update may change.
class FillFields {
 public:
  explicit FillFields(Extreme extreme) : fill_(extreme) {}
  template <class T>
  void key(const char*, T&) {}
  template <class T>
  void fixed(const char*, T&) {}
  template <class T>
  void field(const char* name, T& value) {
    fill_.field(name, value);
  }

 private:
  Fill fill_;
};

// fn.operator()<R>() for every record type.
template <class Fn, class... Records>
void ForEachRecord(RecordList<Records...>, Fn&& fn) {
  (fn.template operator()<Records>(), ...);
}

}  // namespace seathold::testing

// Single values as bytes: each as its difference from the one before it.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "seathold/adapter/records.h"
#include "src/storage/columns.h"
#include "src/util/row_table.h"

namespace seathold::journal {

// Values that are one number each.
template <class T>
concept Number = std::is_integral_v<T> || std::is_enum_v<T>;

// Ids that a text has named so far. Most are named several times: by a hold, its seats, its event.
class IdsWritten {
 public:
  // Its place, from 1; 0 = it had none, and has the next one now.
  std::uint64_t PlaceOf(const Uuid& id) {
    if ((ids_.size() + 1) * 2 > index_.size()) Grow();
    std::uint64_t at = HashPart(0, id);
    for (;; ++at) {
      const std::uint32_t entry = index_[at & (index_.size() - 1)];
      if (entry == 0) break;
      if (ids_[entry - 1] == id) return entry;
    }
    ids_.push_back(id);
    index_[at & (index_.size() - 1)] = static_cast<std::uint32_t>(ids_.size());
    return 0;
  }

 private:
  void Grow() {
    index_.assign(index_.empty() ? 64 : index_.size() * 2, 0);
    for (std::uint32_t i = 0; i < ids_.size(); ++i) {
      std::uint64_t at = HashPart(0, ids_[i]);
      while (index_[at & (index_.size() - 1)] != 0) ++at;
      index_[at & (index_.size() - 1)] = i + 1;
    }
  }

  std::vector<Uuid> ids_;
  std::vector<std::uint32_t> index_;  // place, 0 = free; a power of two of them
};

class ByteWriter {
 public:
  // Writes behind what is there; it is all there once `Finish` was called.
  explicit ByteWriter(std::vector<std::uint8_t>* out) : out_(out) { MakeRoom(out->size(), 0); }

  void Finish() { out_->resize(static_cast<std::size_t>(to_ - out_->data())); }

  void PutNumber(std::uint64_t value) {
    if (value < 0x80 && to_ != end_) {  // most of them
      *to_++ = static_cast<std::uint8_t>(value);
    } else {
      PutLongNumber(value);
    }
  }

  // Of the value that stood here before, and the new one.
  template <Number T>
  void Put(T before, T value) {
    const std::uint64_t step =
        static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(before);
    PutNumber((step << 1) ^ (0 - (step >> 63)));  // small in either direction
  }
  template <class Tag, Number T>
  void Put(const Id<Tag, T>& before, const Id<Tag, T>& value) {
    Put(before.value, value.value);
  }
  void Put(TimeUs before, TimeUs value) { Put(before.value, value.value); }
  void Put(Sequence before, Sequence value) { Put(before.value, value.value); }
  void Put(double, double value) { PutNumber(std::bit_cast<std::uint64_t>(value)); }
  void Put(const std::string&, const std::string& text) {
    PutNumber(text.size());
    PutBytes(text.data(), text.size());
  }
  void Put(const Currency&, const Currency& currency) {
    PutBytes(currency.code.data(), currency.code.size());
  }
  void Put(const Uuid&, const Uuid& id) {
    const std::uint64_t place = ids_.PlaceOf(id);
    PutNumber(place);
    if (place == 0) PutBytes(id.data(), id.size());
  }
  template <class Tag>
  void Put(const Id<Tag, Uuid>& before, const Id<Tag, Uuid>& id) {
    Put(before.value, id.value);
  }
  void Put(const HoldSeats&, const HoldSeats& seats) {
    HoldSeat before;
    PutNumber(seats.size());
    for (const HoldSeat& seat : seats) {
      Put(before.ordinal, seat.ordinal);
      Put(before.ticket_type, seat.ticket_type);
      Put(before.price_minor, seat.price_minor);
      before = seat;
    }
  }
  void Put(const Ordinals&, const Ordinals& ordinals) {
    std::uint32_t before = 0;
    PutNumber(ordinals.size());
    for (const std::uint32_t ordinal : ordinals) {
      Put(before, ordinal);
      before = ordinal;
    }
  }
  void Put(const std::vector<LiveHold>&, const std::vector<LiveHold>& live) {
    LiveHold before;
    PutNumber(live.size());
    for (const LiveHold& hold : live) {
      Put(before.hold, hold.hold);
      Put(before.seats, hold.seats);
      Put(before.expires_at, hold.expires_at);
      before = hold;
    }
  }

 private:
  void PutBytes(const void* data, std::size_t size) {
    if (size == 0) return;
    Need(size);
    std::memcpy(to_, data, size);
    to_ += size;
  }
  [[gnu::noinline]] void PutLongNumber(std::uint64_t value) {
    Need(10);
    for (; value >= 0x80; value >>= 7) *to_++ = static_cast<std::uint8_t>(value | 0x80);
    *to_++ = static_cast<std::uint8_t>(value);
  }

  void Need(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - to_) < bytes) {
      MakeRoom(static_cast<std::size_t>(to_ - out_->data()), bytes);
    }
  }
  void MakeRoom(std::size_t written, std::size_t bytes) {
    constexpr std::size_t kFirst = 4 << 10;
    out_->resize(2 * written + bytes + kFirst);
    to_ = out_->data() + written;
    end_ = out_->data() + out_->size();
  }

  std::vector<std::uint8_t>* const out_;
  std::uint8_t *to_ = nullptr, *end_ = nullptr;  // where the next byte goes, in room made for it
  IdsWritten ids_;
};

// The reverse. `ok` turns false at the first thing that ByteWriter would not have written; what is
// read from then on means nothing.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }

  std::uint64_t TakeNumber() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (text_.empty()) break;
      const std::uint8_t byte = text_[0];
      text_ = text_.subspan(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }

  // In: the value that stood here before.
  template <Number T>
  void Take(T* value) {
    const std::uint64_t step = TakeNumber();
    *value = static_cast<T>(static_cast<std::uint64_t>(*value) + ((step >> 1) ^ (0 - (step & 1))));
  }
  template <class Tag, Number T>
  void Take(Id<Tag, T>* value) {
    Take(&value->value);
  }
  void Take(TimeUs* value) { Take(&value->value); }
  void Take(Sequence* value) { Take(&value->value); }
  void Take(double* value) { *value = std::bit_cast<double>(TakeNumber()); }
  void Take(std::string* text) {
    const std::uint64_t size = TakeNumber();
    if (size > text_.size()) return Refuse();
    text->assign(reinterpret_cast<const char*>(text_.data()), size);
    text_ = text_.subspan(size);
  }
  void Take(Currency* currency) { TakeBytes(currency->code.data(), currency->code.size()); }
  void Take(Uuid* id) {
    const std::uint64_t place = TakeNumber();
    if (place > ids_.size()) return Refuse();
    if (place > 0) {
      *id = ids_[place - 1];
      return;
    }
    TakeBytes(id->data(), id->size());
    ids_.push_back(*id);
  }
  template <class Tag>
  void Take(Id<Tag, Uuid>* id) {
    Take(&id->value);
  }
  void Take(HoldSeats* seats) {
    HoldSeat seat;
    std::uint64_t left = TakeNumber();
    for (seats->clear(); left > 0 && ok_; --left) {
      Take(&seat.ordinal);
      Take(&seat.ticket_type);
      Take(&seat.price_minor);
      if (seats->full()) return Refuse();
      seats->push_back(seat);
    }
  }
  void Take(Ordinals* ordinals) {
    std::uint32_t ordinal = 0;
    std::uint64_t left = TakeNumber();
    for (ordinals->clear(); left > 0 && ok_; --left) {
      Take(&ordinal);
      if (ordinals->full()) return Refuse();
      ordinals->push_back(ordinal);
    }
  }
  void Take(std::vector<LiveHold>* live) {
    LiveHold hold;
    std::uint64_t left = TakeNumber();
    for (live->clear(); left > 0 && ok_; --left) {
      Take(&hold.hold);
      Take(&hold.seats);
      Take(&hold.expires_at);
      live->push_back(hold);
    }
  }

 private:
  void Refuse() { ok_ = false; }
  void TakeBytes(void* into, std::size_t size) {
    if (size > text_.size()) return Refuse();
    std::memcpy(into, text_.data(), size);
    text_ = text_.subspan(size);
  }

  std::span<const std::uint8_t> text_;
  std::vector<Uuid> ids_;
  bool ok_ = true;
};

}  // namespace seathold::journal

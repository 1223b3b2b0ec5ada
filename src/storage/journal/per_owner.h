// Something for each of a few owners, of which a batch asks for one many times.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>

namespace seathold::journal {

template <class T>
class PerOwner {
 public:
  // nullptr: there is none. Good until it is erased.
  T* Find(std::uint64_t owner) {
    if (latest_ != nullptr && latest_->first == owner) return &latest_->second;
    const auto known = all_.find(owner);
    if (known == all_.end()) return nullptr;
    latest_ = &*known;
    return &known->second;
  }
  // Made where there is none.
  T& At(std::uint64_t owner) { return all_[owner]; }
  void Erase(std::uint64_t owner) {
    latest_ = nullptr;
    all_.erase(owner);
  }

 private:
  std::unordered_map<std::uint64_t, T> all_;
  std::pair<const std::uint64_t, T>* latest_ = nullptr;
};

}  // namespace seathold::journal

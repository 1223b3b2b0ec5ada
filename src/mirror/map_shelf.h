// The map that was drawn last, taken by any number of readers at once, none of whom waits.
//
// A reader counts itself in at the place that is shown, by the step that tells it which one that
// is, and out when it has its share of the map. A place that is no longer shown is empty again when
// as many have left as came: then nobody looks at it, and it may be filled anew.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "seathold/reservation_system.h"
#include "src/util/mutex.h"

namespace seathold {

struct DrawnMap {
  std::shared_ptr<const SeatMap> map;  // shared with the readers it was given to
  std::uint64_t number = 0;            // of the sequence at the moment that it shows
};

class MapShelf {
 public:
  DrawnMap Take() const {
    const std::uint64_t shown = shown_.fetch_add(1, std::memory_order_acquire);
    Place& place = places_[shown >> kCameBits];
    DrawnMap drawn = place.drawn;
    place.left.fetch_add(1, std::memory_order_release);
    return drawn;
  }

  // Shows `drawn` from now on, unless it is older than what is shown, somebody else is at it, or
  // readers stand at all other places: whoever asks next draws for themselves then.
  void Put(DrawnMap drawn) {
    if (!putting_.try_lock()) return;
    PutAlone(std::move(drawn));
    putting_.unlock();
  }

 private:
  static constexpr int kCameBits = 60;
  static constexpr std::uint64_t kCameMask = (std::uint64_t{1} << kCameBits) - 1;
  static constexpr std::uint64_t kPlaces = 4;
  struct alignas(64) Place {
    DrawnMap drawn;
    std::uint64_t came = 0;  // in earlier showings
    std::atomic<std::uint64_t> left{0};

    bool abandoned() const { return left.load(std::memory_order_acquire) == came; }
  };

  void PutAlone(DrawnMap drawn) REQUIRES(putting_) {
    if (drawn.number < newest_) return;
    const std::uint64_t at = shown_.load(std::memory_order_relaxed) >> kCameBits;
    for (std::uint64_t other = 0; other < kPlaces; ++other) {
      if (other == at || !places_[other].abandoned()) continue;
      newest_ = drawn.number;
      places_[other].drawn = std::move(drawn);
      const std::uint64_t before =
          shown_.exchange(other << kCameBits, std::memory_order_acq_rel) & kCameMask;
      places_[at].came += before;
      if (places_[at].abandoned()) places_[at].drawn = {};
      return;
    }
  }

  // Which place is shown, and how many readers have come to it since.
  mutable std::atomic<std::uint64_t> shown_{0};
  mutable std::array<Place, kPlaces> places_;
  Mutex putting_;
  std::uint64_t newest_ GUARDED_BY(putting_) = 0;
};

}  // namespace seathold

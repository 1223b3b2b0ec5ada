// A waiting line as a person would keep it on paper: one vector, read from top to bottom for every
// question. It shares no code with src/line and is the judge of the adapters in line_contract.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "seathold/adapter/line.h"

namespace seathold::testing {

class LineModel {
 public:
  LineModel(const LineConfig& config, std::int64_t now_us)
      : config_(config),
        now_us_(now_us),
        credit_at_us_(now_us),
        credit_(config.rate_per_s * std::int64_t{1'000'000}),
        missing_(config.missing_active) {}

  void Reopen(const LineConfig& config, std::int64_t now_us) { *this = LineModel(config, now_us); }

  void Join(LineEntry* io, std::int64_t now_us) {
    Tick(now_us);
    Sweep();
    JoinOne(io);
  }

  void Poll(LineEntry* io, std::int64_t now_us) {
    Tick(now_us);
    Person* person = FindPlace(*io);
    if (person == nullptr && io->sequence.epoch() < config_.epoch) {
      Sweep();
      if (ComesBack(*io)) person = FindPlace(*io);
    }
    Tell(person, io);
  }

  std::uint32_t Admit(std::uint32_t max, std::int64_t now_us) {
    Tick(now_us);
    Sweep();
    std::uint32_t n = 0;
    for (Person& person : people_) {
      if (n == max || !Room()) break;
      if (person.in) continue;
      LetIn(&person);
      ++n;
    }
    return n;
  }

  void Keep(const LineEntry& e) {
    Person* person = Exactly(e);
    if (person != nullptr && person->in) {
      person->counts_us = std::max(person->counts_us, e.admitted_until.value);
    }
  }

  void Leave(const LineEntry& e) {
    if (Exactly(e) == nullptr) return;
    ++left_;
    std::erase_if(people_, [&](const Person& p) { return p.sequence == e.sequence; });
  }

  LineStats Stats(std::int64_t now_us) const {
    now_us = std::max(now_us, now_us_);
    LineStats s;
    s.epoch = config_.epoch;
    for (const Person& p : people_) {
      s.waiting += p.in ? 0 : 1;
      s.active += p.in && p.counts_us > now_us ? 1 : 0;
    }
    s.missing = now_us < config_.missing_until.value ? missing_ : 0;
    s.joined_total = joined_;
    s.admitted_total = admitted_;
    s.dropped_total = dropped_;
    s.left_total = left_;
    return s;
  }

 private:
  struct Person {
    UserId user;
    Sequence sequence;
    bool in = false;
    std::int64_t heard_us = 0, pass_us = 0, counts_us = 0;
  };

  void Tick(std::int64_t now_us) {
    if (now_us <= now_us_) return;
    served_us_ += std::min(now_us - now_us_, config_.grace_ms * 250);
    now_us_ = now_us;
  }

  void Sweep() {
    const std::int64_t passed_us = std::min(now_us_ - credit_at_us_, std::int64_t{1'000'000});
    const std::int64_t full = config_.rate_per_s * std::int64_t{1'000'000};
    credit_ = std::min(credit_ + passed_us * config_.rate_per_s, full);
    credit_at_us_ = now_us_;
    std::erase_if(people_, [&](const Person& p) { return p.in && p.counts_us <= now_us_; });
    dropped_ += std::erase_if(people_, [&](const Person& p) {
      return !p.in && served_us_ - p.heard_us > config_.grace_ms * 1'000 + slack_us;
    });
  }

  bool Room() const {
    if (now_us_ < config_.quiet_until.value) return false;
    if (config_.rate_per_s != 0 && credit_ < 1'000'000) return false;
    const std::uint64_t missing = now_us_ < config_.missing_until.value ? missing_ : 0;
    const auto in = static_cast<std::uint64_t>(std::ranges::count_if(people_, &Person::in));
    return config_.active_max == 0 || in + missing < config_.active_max;
  }

  void LetIn(Person* person) {
    person->in = true;
    person->pass_us = person->counts_us = now_us_ + config_.pass_ms * 1'000;
    if (config_.rate_per_s != 0) credit_ -= 1'000'000;
    ++admitted_;
  }

  void JoinOne(LineEntry* io) {
    if (Person* place = PlaceOf(io->user); place != nullptr && !IsOver(*place)) {
      io->sequence = place->sequence;
      return Tell(place, io);
    }
    const bool nobody_waits = std::ranges::all_of(people_, &Person::in);
    io->sequence = Sequence::Of(config_.epoch, next_++);
    people_.push_back({io->user, io->sequence, false, served_us_});
    ++joined_;
    if (nobody_waits && Room()) LetIn(&people_.back());
    Tell(&people_.back(), io);
  }

  Person* Exactly(const LineEntry& e) {
    for (Person& p : people_) {
      if (p.sequence == e.sequence && p.user == e.user) return &p;
    }
    return nullptr;
  }

  Person* FindPlace(const LineEntry& e) {
    Person* p = Exactly(e);
    return p != nullptr && IsOver(*p) ? nullptr : p;
  }

  bool IsOver(const Person& p) const { return p.in && p.pass_us <= now_us_; }

  // The latest of a user: the others are passes that are over.
  Person* PlaceOf(UserId user) {
    Person* place = nullptr;
    for (Person& p : people_) {
      const bool later = place == nullptr || place->sequence < p.sequence;
      if (p.user == user && later) place = &p;
    }
    return place;
  }

  bool ComesBack(const LineEntry& e) {
    for (const Person& p : people_) {
      if (p.sequence == e.sequence) return false;
    }
    if (const Person* place = PlaceOf(e.user); place != nullptr) {
      if (place->in || place->sequence < e.sequence) return false;
      const Sequence newer = place->sequence;
      std::erase_if(people_, [&](const Person& p) { return p.sequence == newer; });
    }
    Person back{e.user, e.sequence, e.reclaim_until.value > now_us_, served_us_};
    back.pass_us = back.counts_us = back.in ? e.reclaim_until.value : 0;
    if (back.in && missing_ > 0) --missing_;
    ++joined_;
    people_.push_back(back);
    std::ranges::sort(people_, {}, &Person::sequence);
    return true;
  }

  void Tell(Person* p, LineEntry* io) {
    io->state = p == nullptr ? LineState::kAbsent
                : p->in      ? LineState::kAdmitted
                             : LineState::kWaiting;
    io->ahead = 0;
    io->admitted_until = TimeUs{p != nullptr && p->in ? p->pass_us : 0};
    if (p == nullptr || p->in) return;
    p->heard_us = served_us_;
    for (const Person& other : people_) {
      io->ahead += !other.in && other.sequence < p->sequence ? 1 : 0;
    }
  }

 public:
  std::int64_t slack_us = 0;  // how much longer an adapter that stores heartbeats late waits

 private:
  LineConfig config_;
  std::int64_t now_us_, served_us_ = 0, credit_at_us_, credit_;
  std::uint64_t missing_, next_ = 1;
  std::uint64_t joined_ = 0, admitted_ = 0, dropped_ = 0, left_ = 0;
  std::vector<Person> people_;
};

}  // namespace seathold::testing

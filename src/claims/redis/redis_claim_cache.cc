#include "src/claims/redis/redis_claim_cache.h"

#include <algorithm>
#include <new>
#include <optional>
#include <tuple>

#include "src/claims/redis/claim_scripts.h"
#include "src/util/lapse.h"

namespace seathold {
namespace {

constexpr std::size_t kVersionDigits = 20;
constexpr std::size_t kHoldAt = kVersionDigits + 1, kHoldBytes = 36;
constexpr std::size_t kUserAt = kHoldAt + kHoldBytes + 1;

std::string RecordOf(const Claim& claim) {
  std::string version = std::to_string(claim.seat_version);
  version.insert(0, kVersionDigits - version.size(), '0');
  return version + " " + ToString(claim.hold.value) + " " + std::to_string(claim.user.value) + " " +
         std::to_string(claim.expires_at.value);
}

// nullopt: not written by us.
std::optional<Claim> ReadClaim(PerformanceId performance, std::string_view seat,
                               std::string_view record) {
  Claim claim{.performance = performance};
  if (record.size() <= kUserAt || !ReadNumber(seat, &claim.seat.value)) return std::nullopt;
  const auto hold = ParseUuid(record.substr(kHoldAt, kHoldBytes));
  const std::string_view rest = record.substr(kUserAt);
  const std::size_t blank = rest.find(' ');
  if (!hold || blank == rest.npos) return std::nullopt;
  claim.hold.value = *hold;
  if (!ReadNumber(record.substr(0, kVersionDigits), &claim.seat_version) ||
      !ReadNumber(rest.substr(0, blank), &claim.user.value) ||
      !ReadNumber(rest.substr(blank + 1), &claim.expires_at.value)) {
    return std::nullopt;
  }
  return claim;
}

class RedisClaimCache final : public ClaimCache {
 public:
  explicit RedisClaimCache(std::shared_ptr<RedisClient> client)
      : client_(std::move(client)),
        prefix_(client_->options().prefix + ":"),
        performances_key_(prefix_ + "performances") {}

  Status Put(std::span<const Claim> claims, TimeUs now, Deadline deadline) override try {
    std::vector<RedisCall> calls = ByPerformance(claims, ClaimPutScript(), [&](const Claim& claim) {
      return std::vector{std::to_string(claim.seat.value), RecordOf(claim),
                         std::to_string(claim.expires_at.value),
                         std::to_string((claim.expires_at.value - now.value) / kUsPerMs)};
    });
    // Behind the claims: whoever takes a performance out looks at its claims after that. The nodes
    // of a cluster keep no order among themselves, so there it is a round of its own; those that
    // have lost their claims to a node that is gone are taken out by the next look.
    deadline = client_->Cut(deadline);
    Status first;
    if (client_->options().cluster) {
      first = Run(calls, deadline);
      calls.clear();
    }
    AddPerformances(claims, &calls);
    const Status last = Run(calls, deadline);
    return first.ok() ? last : first;
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }

  Status Drop(std::span<const Claim> claims, Deadline deadline) override try {
    return Run(
        ByPerformance(
            claims, ClaimDropScript(),
            [](const Claim& claim) {
              return std::vector{std::to_string(claim.seat.value), ToString(claim.hold.value)};
            }),
        deadline);
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }

  Status Due(TimeUs now, std::span<Claim> out, std::size_t* n, Deadline deadline) override try {
    *n = 0;
    if (out.empty()) return Status();
    deadline = client_->Cut(deadline);
    std::vector<DueList> lists;
    if (Status s = FindPerformances(now, deadline, &lists); !s.ok()) return s;
    std::vector<Claim> due;
    if (Status s = Gather(now, out.size(), deadline, lists, &due); !s.ok()) return s;
    if (Status s = PutOff(now, deadline, lists); !s.ok()) return s;
    std::ranges::sort(due, {}, [](const Claim& claim) {
      return std::tuple(claim.expires_at, claim.performance, claim.seat);
    });
    *n = std::min(due.size(), out.size());
    std::copy_n(due.begin(), *n, out.begin());
    return Status();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }

  Status Get(PerformanceId performance, SeatId seat, TimeUs now, Claim* out, bool* found,
             Deadline deadline) override try {
    *found = false;
    const std::string name = std::to_string(seat.value);
    const RedisCall call{.script = &ClaimGetScript(),
                         .keys = {KeyOf(performance) + "claims"},
                         .args = {name},
                         .expected = RedisReply::Kind::kText};
    std::vector<RedisReply> replies;
    if (Status s = client_->Run({&call, 1}, deadline, &replies); !s.ok()) return s;
    const auto claim = ReadClaim(performance, name, replies[0].text);
    if (!claim || HasLapsed(claim->expires_at, now)) return Status();
    *out = *claim;
    *found = true;
    return Status();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }

  Status Forget(PerformanceId performance, Deadline deadline) override try {
    deadline = client_->Cut(deadline);
    std::vector<DueList> lists{{.performance = performance}};
    for (;;) {  // ends with the deadline at the latest
      lists[0].seen = 0;
      std::vector<Claim> claims;
      Status status = Gather(kTimeMax, kClaimsAScriptMax, deadline, lists, &claims);
      if (status.ok() && !claims.empty()) status = Drop(claims, deadline);
      if (!status.ok() || claims.empty()) return status;
    }
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }

 private:
  // What is due of one performance, read page by page.
  struct DueList {
    PerformanceId performance;
    std::size_t seen = 0;
    bool done = false;
    std::string first;  // the earliest deadline of all its claims; "" = it has none
  };

  std::string KeyOf(PerformanceId performance) const {
    return prefix_ + "{p" + std::to_string(performance.value) + "}:";
  }

  Status Run(const std::vector<RedisCall>& calls, Deadline deadline) {
    std::vector<RedisReply> replies;
    return client_->Run(calls, deadline, &replies);
  }

  // Calls of `script`, each with claims of one performance; `args_of` gives those of a claim.
  template <class ArgsOf>
  std::vector<RedisCall> ByPerformance(std::span<const Claim> claims, const RedisScript& script,
                                       const ArgsOf& args_of) const {
    std::vector<const Claim*> sorted;
    for (const Claim& claim : claims) sorted.push_back(&claim);
    std::ranges::stable_sort(sorted, {}, [](const Claim* claim) { return claim->performance; });
    std::vector<RedisCall> calls;
    std::size_t in_call = kClaimsAScriptMax;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const Claim& claim = *sorted[i];
      const std::string key = KeyOf(claim.performance);
      if (in_call == kClaimsAScriptMax || sorted[i - 1]->performance != claim.performance) {
        calls.push_back({.script = &script, .keys = {key + "claims", key + "due"}});
        in_call = 0;
      }
      ++in_call;
      calls.back().keys.push_back(key + "seat:" + std::to_string(claim.seat.value));
      for (std::string& arg : args_of(claim)) calls.back().args.push_back(std::move(arg));
    }
    return calls;
  }

  // Of what `claims` touches, the first deadline of each, to the list of performances.
  void AddPerformances(std::span<const Claim> claims, std::vector<RedisCall>* calls) const {
    std::vector<std::pair<PerformanceId, TimeUs>> firsts;
    for (const Claim& claim : claims) firsts.emplace_back(claim.performance, claim.expires_at);
    std::ranges::sort(firsts);
    const auto same = [](const auto& x, const auto& y) { return x.first == y.first; };
    firsts.erase(std::unique(firsts.begin(), firsts.end(), same), firsts.end());
    for (const auto& [performance, expires_at] : firsts) {
      AddPerformance(performance, std::to_string(expires_at.value), calls);
    }
  }

  void AddPerformance(PerformanceId performance, std::string first,
                      std::vector<RedisCall>* calls) const {
    const RedisScript* script = &PerformancesPutScript();
    if (calls->empty() || calls->back().script != script ||
        calls->back().args.size() >= 2 * kClaimsAScriptMax) {
      calls->push_back({.script = script, .keys = {performances_key_}});
    }
    calls->back().args.push_back(std::to_string(performance.value));
    calls->back().args.push_back(std::move(first));
  }

  Status FindPerformances(TimeUs now, Deadline deadline, std::vector<DueList>* lists) {
    std::vector<RedisReply> replies;
    for (std::size_t passed = 0; passed % kClaimsAScriptMax == 0;) {
      const RedisCall call{.script = &PerformancesDueScript(),
                           .keys = {performances_key_},
                           .args = {std::to_string(now.value), std::to_string(passed),
                                    std::to_string(kClaimsAScriptMax)},
                           .expected = RedisReply::Kind::kArray};
      if (Status s = client_->Run({&call, 1}, deadline, &replies); !s.ok()) return s;
      if (replies[0].items.empty()) break;
      passed += replies[0].items.size();
      for (const RedisReply& name : replies[0].items) {
        PerformanceId performance;
        if (ReadNumber(name.text, &performance.value))
          lists->push_back({.performance = performance});
      }
    }
    return Status();
  }

  RedisCall DueCall(const DueList& list, TimeUs now, std::size_t claims_max) const {
    const std::string key = KeyOf(list.performance);
    return {
        .script = &ClaimDueScript(),
        .keys = {key + "claims", key + "due"},
        .args = {std::to_string(now.value), std::to_string(list.seen), std::to_string(claims_max)},
        .expected = RedisReply::Kind::kArray};
  }

  // The first `claims_max` of each list that are due at `now`; a round a page.
  Status Gather(TimeUs now, std::size_t claims_max, Deadline deadline, std::span<DueList> lists,
                std::vector<Claim>* due) {
    for (DueList& list : lists) list.done = false;
    for (;;) {
      std::vector<DueList*> reading;
      std::vector<RedisCall> calls;
      for (DueList& list : lists) {
        if (list.done) continue;
        reading.push_back(&list);
        calls.push_back(DueCall(list, now, std::min(claims_max - list.seen, kClaimsAScriptMax)));
      }
      if (calls.empty()) return Status();
      std::vector<RedisReply> replies;
      if (Status s = client_->Run(calls, deadline, &replies); !s.ok()) return s;
      for (std::size_t i = 0; i < replies.size(); ++i) {
        TakePage(replies[i].items, now, claims_max, reading[i], due);
      }
    }
  }

  static void TakePage(std::span<const RedisReply> page, TimeUs now, std::size_t claims_max,
                       DueList* list, std::vector<Claim>* due) {
    if (page.empty()) {
      list->done = true;
      return;
    }
    list->first = page[0].text;
    const std::size_t count = (page.size() - 1) / 2;
    list->seen += count;
    list->done = count < kClaimsAScriptMax || list->seen >= claims_max;
    for (std::size_t i = 1; i + 1 < page.size(); i += 2) {
      const auto claim = ReadClaim(list->performance, page[i].text, page[i + 1].text);
      // A score may be a little off: they are exact up to the year 2255.
      if (claim && HasLapsed(claim->expires_at, now)) due->push_back(*claim);
    }
  }

  // Performances that had nothing due are looked at again when they have. Taken out first and put
  // back after a look at their claims: a claim made meanwhile is out of sight until then, and never
  // for good. Where this breaks off between the two, the next claim of a performance brings it
  // back.
  Status PutOff(TimeUs now, Deadline deadline, std::vector<DueList>& lists) {
    std::erase_if(lists, [](const DueList& list) { return list.seen != 0; });
    for (std::size_t at = 0; at < lists.size(); at += kClaimsAScriptMax) {
      const auto part =
          std::span(lists).subspan(at, std::min(kClaimsAScriptMax, lists.size() - at));
      RedisCall take_out{.script = &PerformancesDropScript(), .keys = {performances_key_}};
      for (const DueList& list : part) {
        take_out.args.push_back(std::to_string(list.performance.value));
      }
      if (Status s = Run({take_out}, deadline); !s.ok()) return s;
      std::vector<Claim> none;
      if (Status s = Gather(now, 0, deadline, part, &none); !s.ok()) return s;
      std::vector<RedisCall> put_back;
      for (const DueList& list : part) {
        if (!list.first.empty()) AddPerformance(list.performance, list.first, &put_back);
      }
      if (put_back.empty()) continue;
      if (Status s = Run(put_back, deadline); !s.ok()) return s;
    }
    return Status();
  }

  const std::shared_ptr<RedisClient> client_;
  const std::string prefix_;
  const std::string performances_key_;
};

}  // namespace

std::unique_ptr<ClaimCache> NewRedisClaimCache(std::shared_ptr<RedisClient> client) {
  return std::make_unique<RedisClaimCache>(std::move(client));
}

}  // namespace seathold

// One request on its way through group commit: a copy of what was asked, and room for the answer.
#pragma once

#include "seathold/status.h"
#include "src/rules/rule_context.h"

namespace seathold {

class Command {
 public:
  virtual ~Command() = default;

  // The performance it is about, loaded before it is decided; none for others.
  virtual PerformanceId performance() const { return {}; }
  // The records it will most likely need, so that one bulk read brings them.
  virtual void Keys(const PerformanceCatalog& catalog, KeySet* keys) const = 0;
  // Decides and stages. May run several times: each time from a fresh answer.
  virtual void Decide(WorkingSet& ws, const RuleContext& context) = 0;
  // The answer of a command that could not be decided or made durable.
  virtual void Fail(const Status& status) = 0;
  virtual std::size_t bytes() const = 0;
};

// A command made of arguments, a reply with `status`, and two functions of src/rules.
template <class Args, class Reply, auto KeysFn, auto DecideFn>
class RuleCommand final : public Command {
 public:
  explicit RuleCommand(Args a) : args(std::move(a)) {}

  PerformanceId performance() const override {
    if constexpr (requires { args.performance; }) {
      return args.performance;
    } else {
      return {};
    }
  }
  void Keys(const PerformanceCatalog& catalog, KeySet* keys) const override {
    if constexpr (requires { KeysFn(args, catalog, keys); }) {
      KeysFn(args, catalog, keys);
    } else {
      KeysFn(args, keys);
    }
  }
  void Decide(WorkingSet& ws, const RuleContext& context) override {
    reply = Reply{};
    DecideFn(args, ws, context, &reply);
  }
  void Fail(const Status& status) override {
    reply = Reply{};
    if constexpr (std::is_same_v<Reply, Status>) {
      reply = status;
    } else {
      reply.status = status;
    }
  }
  std::size_t bytes() const override { return sizeof *this; }

  Args args;
  Reply reply;
};

// Commands of one call, at most batch_max of them, which wait together.
class Parcel {
 public:
  virtual ~Parcel() = default;
  virtual std::size_t size() const = 0;
  virtual Command& at(std::size_t i) = 0;
};

template <class C>
class ParcelOf final : public Parcel {
 public:
  std::size_t size() const override { return commands.size(); }
  Command& at(std::size_t i) override { return commands[i]; }

  std::vector<C> commands;
};

}  // namespace seathold

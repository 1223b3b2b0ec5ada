// How the model test calls the engine: through the public objects, one kind a call, and past them
// as one mixed batch of the commit queue.
#include <gtest/gtest.h>

#include "src/objects/reservation_commands.h"
#include "src/rules/wallet.h"
#include "tests/model/world.h"

namespace seathold::testing {
namespace {

// `make(op)` for each, then one call, then the replies as alternative `Kind`.
template <std::size_t Kind, class Answer, class Make, class Send>
std::vector<Reply> CallAll(const std::vector<Op>& ops, Make make, Send send) {
  using Request = decltype(make(ops[0]));
  std::vector<Request> requests;
  for (const Op& op : ops) requests.push_back(make(op));
  std::vector<Answer> answers(ops.size());
  send(std::span<const Request>(requests), std::span<Answer>(answers));
  std::vector<Reply> replies;
  for (Answer& answer : answers) replies.emplace_back(std::in_place_index<Kind>, std::move(answer));
  return replies;
}

HoldRequest RequestOfHold(const Op& any) {
  const auto& op = std::get<HoldOp>(any);
  return {op.id, op.user, op.performance, op.seats, "", op.ttl_ms, op.staff};
}
BestRequest RequestOfBest(const Op& any) {
  const auto& op = std::get<BestOp>(any);
  return {op.id,          op.user, op.performance, op.seats, op.category, op.ticket_type,
          op.allow_split, "",      op.ttl_ms,      op.staff};
}
ConfirmRequest RequestOfConfirm(const Op& any) {
  const auto& op = std::get<ConfirmOp>(any);
  return {op.performance, op.hold, op.payment, op.user, op.tender, op.reference, op.expected_total};
}
CancelRequest RequestOfCancel(const Op& any) {
  const auto& op = std::get<CancelOp>(any);
  return {op.performance, op.hold, op.user};
}
RefundRequest RequestOfRefund(const Op& any) {
  const auto& op = std::get<RefundOp>(any);
  return {op.id, op.performance, op.hold};
}
ChargeRequest RequestOfWallet(const Op& any) {
  const auto& op = std::get<WalletOp>(any);
  return {op.id, op.user, op.amount, op.reference};
}

using WalletBatchCommand = RuleCommand<WalletArgs, TransferReply, WalletKeys, DecideWallet>;
struct BlockAnswer {
  Status status;
  InlineList<Code, kSeatsPerHoldCap> seats;
};
void DecideBlockAnswer(const BlockArgs& args, WorkingSet& ws, const RuleContext& context,
                       BlockAnswer* reply) {
  DecideBlock(args, ws, context, &reply->seats);
}
using BlockBatchCommand = RuleCommand<BlockArgs, BlockAnswer, BlockKeys, DecideBlockAnswer>;

struct MixedParcel final : Parcel {
  std::vector<std::unique_ptr<Command>> commands;

  std::size_t size() const override { return commands.size(); }
  Command& at(std::size_t i) override { return *commands[i]; }
};

}  // namespace

std::vector<Reply> World::CallHold(const std::vector<Op>& ops) {
  return CallAll<0, HoldReply>(ops, RequestOfHold, [&](auto requests, auto replies) {
    reservations_->Hold(requests, replies);
  });
}
std::vector<Reply> World::CallBest(const std::vector<Op>& ops) {
  return CallAll<1, HoldReply>(ops, RequestOfBest, [&](auto requests, auto replies) {
    reservations_->HoldBest(requests, replies);
  });
}
std::vector<Reply> World::CallConfirm(const std::vector<Op>& ops) {
  return CallAll<2, PayReply>(ops, RequestOfConfirm, [&](auto requests, auto replies) {
    reservations_->Confirm(requests, replies);
  });
}
std::vector<Reply> World::CallCancel(const std::vector<Op>& ops) {
  return CallAll<3, Status>(ops, RequestOfCancel, [&](auto requests, auto replies) {
    reservations_->Cancel(requests, replies);
  });
}
std::vector<Reply> World::CallRefund(const std::vector<Op>& ops) {
  return CallAll<4, PayReply>(ops, RequestOfRefund, [&](auto requests, auto replies) {
    reservations_->Refund(requests, replies);
  });
}
std::vector<Reply> World::CallWallet(const std::vector<Op>& ops) {
  const bool charge = std::get<WalletOp>(ops[0]).kind == TransferKind::kCharge;
  return CallAll<5, TransferReply>(ops, RequestOfWallet, [&](auto requests, auto replies) {
    charge ? wallet_->Charge(requests, replies) : wallet_->Withdraw(requests, replies);
  });
}
std::vector<Reply> World::CallBlock(const std::vector<Op>& ops) {
  const auto& op = std::get<BlockOp>(ops[0]);
  BlockReplies replies(op.seats.size());
  if (op.block) {
    reservations_->Block(op.performance, op.seats, "reason", replies);
  } else {
    reservations_->Unblock(op.performance, op.seats, replies);
  }
  std::vector<Reply> all;
  all.emplace_back(std::in_place_index<6>, std::move(replies));
  return all;
}

std::vector<Reply> World::Call(const std::vector<Op>& ops) {
  switch (ops[0].index()) {
    case 0:
      return CallHold(ops);
    case 1:
      return CallBest(ops);
    case 2:
      return CallConfirm(ops);
    case 3:
      return CallCancel(ops);
    case 4:
      return CallRefund(ops);
    case 5:
      return CallWallet(ops);
    default:
      return CallBlock(ops);
  }
}

namespace {

// One command in a mixed batch: at the door it is refused, or it becomes a command and a way to
// read its reply.
class Mixer {
 public:
  explicit Mixer(MixedParcel* batch) : batch_(batch) {}

  Reply Door(const Op& op) {
    switch (op.index()) {
      case 0:
        return OfHold<0>(ReadHold(RequestOfHold(op), RuleLimits{}, &hold_));
      case 1:
        return OfHold<1>(ReadBest(RequestOfBest(op), RuleLimits{}, &hold_));
      case 2: {
        ConfirmArgs args;
        const Status status = ReadConfirm(RequestOfConfirm(op), &args);
        return Of<2, ConfirmCommand, PayReply>(status, std::move(args));
      }
      case 3: {
        const CancelRequest args = RequestOfCancel(op);
        return Of<3, CancelCommand, Status>(ReadCancel(args), args);
      }
      case 4: {
        const RefundRequest args = RequestOfRefund(op);
        return Of<4, RefundCommand, PayReply>(ReadRefund(args), args);
      }
      case 5:
        return OfWallet(std::get<WalletOp>(op));
      default:
        return OfBlock(std::get<BlockOp>(op));
    }
  }
  // The replies of the commands, once decided: each knows where it belongs.
  std::vector<std::pair<std::size_t, std::function<Reply()>>> answers;
  std::size_t index = 0;

 private:
  template <std::size_t Kind>
  Reply OfHold(const Status& status) {
    HoldArgs args = hold_;
    hold_ = HoldArgs{};
    return Of<Kind, HoldCommand, HoldReply>(status, std::move(args));
  }
  template <std::size_t Kind, class C, class Answer, class Args>
  Reply Of(const Status& status, Args args) {
    Reply reply(std::in_place_index<Kind>);
    if (!status.ok()) {
      if constexpr (std::is_same_v<Answer, Status>) {
        std::get<Kind>(reply) = status;
      } else {
        std::get<Kind>(reply).status = status;
      }
      return reply;
    }
    auto command = std::make_unique<C>(std::move(args));
    C* raw = command.get();
    batch_->commands.push_back(std::move(command));
    answers.emplace_back(index, [raw] { return Reply(std::in_place_index<Kind>, raw->reply); });
    return reply;
  }
  // What the wallet's view checks is not open to a test: such a command is not mixed in.
  Reply OfWallet(const WalletOp& op) {
    const bool in_range = op.amount.minor >= 1 && op.amount.minor <= kAmountMinorMax;
    const Status status = in_range ? Status() : Status(Code::kAmountOutOfRange);
    return Of<5, WalletBatchCommand, TransferReply>(
        status, WalletArgs{op.id, op.user, op.amount, op.reference, op.kind});
  }
  Reply OfBlock(const BlockOp& op) {
    const std::set<SeatId> distinct(op.seats.begin(), op.seats.end());
    Code bad = Code::kOk;
    if (!op.performance)
      bad = Code::kInvalidArgument;
    else if (distinct.size() < op.seats.size())
      bad = Code::kDuplicateSeat;
    if (bad != Code::kOk) {
      return Reply(std::in_place_index<6>, BlockReplies(op.seats.size(), Status(bad)));
    }
    BlockArgs args{op.performance, {}, op.block, "reason"};
    for (const SeatId seat : op.seats) args.seats.push_back(seat);
    auto command = std::make_unique<BlockBatchCommand>(std::move(args));
    BlockBatchCommand* raw = command.get();
    batch_->commands.push_back(std::move(command));
    answers.emplace_back(index, [raw] {
      BlockReplies replies;
      for (const Code code : raw->reply.seats) replies.emplace_back(code);
      return Reply(std::in_place_index<6>, std::move(replies));
    });
    return Reply(std::in_place_index<6>);
  }

  MixedParcel* batch_;
  HoldArgs hold_;
};

}  // namespace

std::vector<Reply> World::Mix(const std::vector<Op>& ops) {
  auto batch = std::make_shared<MixedParcel>();
  Mixer mixer(batch.get());
  std::vector<Reply> replies;
  for (const Op& op : ops) {
    mixer.index = replies.size();
    replies.push_back(mixer.Door(op));
  }
  if (batch->commands.empty()) return replies;
  Status rest;
  const std::size_t answered = core_.commits->Execute(batch, Deadline::After({60'000}), &rest);
  EXPECT_EQ(answered, batch->size()) << rest.text();
  for (const auto& [at, answer] : mixer.answers) replies[at] = answer();
  return replies;
}

}  // namespace seathold::testing

// The lines of an engine as its views use them: found lost, a line is opened again under a new
// epoch.
#pragma once

#include "src/engine/engine_core.h"

namespace seathold {

// Opens the line of a show that was just added: storage has it already, at epoch 1. A crash in
// between looks like the loss of a line with nobody in it. Nothing to do for a show without a
// queue. Errors: kNoLine, kUnknownShow, kBusy, storage's.
Status OpenNewLine(EngineCore& core, ShowId show, Deadline deadline = {});

// Lets waiting buyers in, on every show with a queue. A line in trouble is counted and left to the
// next sweep. Errors: kClosed, storage's.
Status SweepLines(EngineCore& core, Deadline deadline);

// Opens the line of every show with a queue under a new epoch. Errors: kBusy, storage's.
Status ReopenLines(EngineCore& core, Deadline deadline);

// Lets at most `max` waiting buyers in. The line hears first who is through. Errors: kBusy, the
// line's, storage's.
Status AdmitWaiting(EngineCore& core, const ShowRecord& show, std::uint32_t max, Deadline deadline,
                    std::uint32_t* admitted);

// The show, if it has a queue. Errors: kUnknownShow, kNoLine, storage's.
Result<const ShowRecord*> QueuedShow(EngineCore& core, ShowId show, Deadline deadline);

// The epoch that the line of `show` has, as far as this process knows. Errors: storage's.
Result<std::uint64_t> EpochOf(EngineCore& core, ShowId show, Deadline deadline);

// The line of `show` answered kLineLost to epoch `believed`: adopts the epoch that another process
// has raised, or raises it in storage and opens a new line.
//
// While the new line is young, nobody is newly admitted (rebuild_grace_ms), and until the last pass
// and the last hold made under one must be over, the places inside count as taken, less those who
// come back.
Status ReopenLine(EngineCore& core, const ShowRecord& show, std::uint64_t believed,
                  Deadline deadline);

// step(epoch) until the line is there to answer. kBusy: it is still being rebuilt.
template <class Step>
Status OnLine(EngineCore& core, const ShowRecord& show, Deadline deadline, Step&& step) {
  constexpr int kTriesMax = 4;  // a process restored from an old backup, or a race, takes a few
  for (int i = 0; i < kTriesMax; ++i) {
    const auto epoch = EpochOf(core, show.show, deadline);
    if (!epoch.ok()) return epoch.status();
    if (const Status status = step(*epoch); !(status == Code::kLineLost)) return status;
    if (const Status s = ReopenLine(core, show, *epoch, deadline); !s.ok()) return s;
  }
  return Status(Code::kBusy, "the waiting line is being rebuilt");
}

}  // namespace seathold

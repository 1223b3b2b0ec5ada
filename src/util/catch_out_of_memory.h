// For code that may run short of memory and answers with a Status.
#pragma once

#include <new>

#include "seathold/status.h"

namespace seathold {

// What `fn` answers, or kOutOfMemory.
template <class Fn>
Status CatchOutOfMemory(const Fn& fn) {
  try {
    return fn();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }
}

}  // namespace seathold

// The edge that no exception crosses: what runs inside answers with a Status.
#pragma once

#include <exception>
#include <new>

#include "seathold/status.h"

namespace seathold {

// Runs `fn`, which returns a Status; nothing thrown gets past.
template <class Fn>
Status Guarded(Fn&& fn) {
  try {
    return fn();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  } catch (const std::exception& error) {
    return Status(Code::kInternal, error.what());
  }
}

}  // namespace seathold

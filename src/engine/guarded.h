// The edge that no exception crosses: what runs inside answers with a Status.
#pragma once

#include <exception>
#include <new>

#include "seathold/status.h"

namespace seathold {

// Without its text where there is no memory for it.
inline Status InternalError(const char* what) noexcept {
  try {
    return Status(Code::kInternal, what);
  } catch (const std::bad_alloc&) {
    return Status(Code::kInternal);
  }
}

// Runs `fn`, which returns a Status; nothing thrown gets past.
template <class Fn>
Status Guarded(Fn&& fn) noexcept {
  try {
    return fn();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  } catch (const std::exception& error) {
    return InternalError(error.what());
  } catch (...) {
    return Status(Code::kInternal);
  }
}

}  // namespace seathold

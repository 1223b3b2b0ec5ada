// The status of a reply, which some calls give alone.
#pragma once

#include "seathold/status.h"

namespace seathold {

inline Status& StatusOf(Status& reply) { return reply; }
inline const Status& StatusOf(const Status& reply) { return reply; }
template <class Reply>
auto& StatusOf(Reply& reply) {
  return reply.status;
}

}  // namespace seathold

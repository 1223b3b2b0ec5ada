// What ParsePlan promises of a plan, checked for one that a host put together itself. Pure;
// thread-safe.
#pragma once

#include "seathold/plan.h"

namespace seathold {

// kInvalidPlan with the place in the plan ("seats[7].guid: ...").
Status CheckPlan(const Plan& plan);

}  // namespace seathold

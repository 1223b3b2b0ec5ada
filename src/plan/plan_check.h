// What ParsePlan promises of a plan, made true for one that a host put together itself. Pure;
// thread-safe.
#pragma once

#include "seathold/plan.h"

namespace seathold {

// Takes its names in (TakeText) and checks it. kInvalidPlan with the place in the plan
// ("seats[7].guid: ..."); the plan is then half done.
Status TakePlan(Plan* plan);

}  // namespace seathold

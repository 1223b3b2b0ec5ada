// How a Redis server stands, for people.
#pragma once

#include <string>

#include "seathold/doctor.h"

namespace seathold {

// As Examine.
Result<DoctorReport> ExamineRedis(const std::string& uri, Deadline deadline);

}  // namespace seathold

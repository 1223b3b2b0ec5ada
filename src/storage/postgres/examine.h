// How a PostgreSQL database stands, for people.
#pragma once

#include <string>

#include "seathold/doctor.h"

namespace seathold::postgres {

// As Examine. In a build without PostgreSQL, or on a machine without libpq: kUnsupported.
Result<DoctorReport> ExamineDatabase(const std::string& uri, Deadline deadline);

}  // namespace seathold::postgres

// Where the database is, as a URI says it.
#pragma once

#include <string>

#include "seathold/status.h"

namespace seathold::postgres {

struct Target {
  std::string conninfo;             // for libpq, without what is ours; may carry a password
  std::string schema = "public";    // where our tables are
  bool prepare = true;              // false behind a pooler: the next transaction may be on a
                                    // session that knows none of our statements
  std::string name = "postgresql";  // for people: host and database
};

// `postgresql://` or `postgres://` as libpq reads it, with two parameters of ours: `schema`
// (a-z, 0-9, _; at most 63; not pg_...) and `prepare` (on, off). kInvalidArgument; no error repeats
// the URI. REQUIRES: LoadLibpq was ok.
Result<Target> ParseTarget(const std::string& uri);

}  // namespace seathold::postgres

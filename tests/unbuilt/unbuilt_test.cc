// A build without libpq's header: the file that stands for the adapter goes before the library's.
#include <gtest/gtest.h>

#include "seathold/doctor.h"
#include "seathold/engine.h"
#include "src/storage/postgres/postgres_unbuilt.cc"

namespace seathold {
namespace {

TEST(WithoutPostgres, OpeningSaysWhatIsMissing) {
  EngineOptions options;
  options.storage = "postgresql://box:sesame@127.0.0.1/hall";
  options.keys = "/nowhere/hall.keys";
  const auto engine = Engine::Open(options);
  EXPECT_EQ(engine.code(), Code::kUnsupported);
  EXPECT_NE(engine.status().text().find("this build has no PostgreSQL"), std::string::npos);
  EXPECT_NE(engine.status().text().find("libpq-dev"), std::string::npos);
  EXPECT_EQ(Examine(options.storage).code(), Code::kUnsupported);
}

}  // namespace
}  // namespace seathold

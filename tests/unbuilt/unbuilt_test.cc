// What stands for the PostgreSQL storage in a build without libpq's header, beside the real one.
#include <gtest/gtest.h>

#include "seathold/adapter/storage.h"
#include "seathold/doctor.h"

#define NewPostgresStorage NewUnbuiltStorage
#define ExamineDatabase ExamineNothing
#include "src/storage/postgres/postgres_unbuilt.cc"

namespace seathold {
namespace {

TEST(WithoutPostgres, OpeningSaysWhatIsMissing) {
  const Status opened =
      NewUnbuiltStorage({.uri = "postgresql://127.0.0.1/hall"})->Open({}).status();
  EXPECT_EQ(opened, Code::kUnsupported);
  EXPECT_NE(opened.text().find("this build has no PostgreSQL"), std::string::npos);
  EXPECT_NE(opened.text().find("libpq-dev"), std::string::npos);
  EXPECT_EQ(postgres::ExamineNothing("postgresql://127.0.0.1/hall", {}).code(), Code::kUnsupported);
}

}  // namespace
}  // namespace seathold

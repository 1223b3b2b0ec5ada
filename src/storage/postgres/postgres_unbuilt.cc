// Stands for this folder in a build without libpq's header.
#include <memory>

#include "seathold/adapter/storage.h"
#include "src/storage/postgres/examine.h"

namespace seathold {
namespace {

constexpr const char* kUnbuilt =
    "this build has no PostgreSQL; build it where libpq-fe.h is (libpq-dev)";

class UnbuiltStorage final : public Storage {
 public:
  Result<StorageInfo> Open(const StorageOptions&) override {
    return Status(Code::kUnsupported, kUnbuilt);
  }
  Result<std::unique_ptr<StorageUnit>> Begin(Access, Deadline) override { return Code::kClosed; }
  Status Audit(TimeUs, AuditReport*, Deadline) override { return Status(Code::kClosed); }
  Status Backup(const std::string&, Deadline) override { return Status(Code::kClosed); }
  Status Maintain(Deadline) override { return Status(Code::kClosed); }
  std::uint64_t bytes_on_disk() const override { return 0; }
  Status Close() override { return Status(); }
};

}  // namespace

std::unique_ptr<Storage> NewPostgresStorage(const PostgresOptions&) {
  return std::make_unique<UnbuiltStorage>();
}

namespace postgres {

Result<DoctorReport> ExamineDatabase(const std::string&, Deadline) {
  return Status(Code::kUnsupported, kUnbuilt);
}

}  // namespace postgres
}  // namespace seathold

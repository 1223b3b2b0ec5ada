#include "src/storage/postgres/libpq.h"

#include <dlfcn.h>

#include <string>

namespace seathold::postgres {
namespace {

constexpr const char* kLibrary = "libpq.so.5";
constexpr int kOldestVersion = 140'000;

Libpq loaded;

Status Missing(const std::string& why) {
  return Status(Code::kUnsupported,
                "PostgreSQL needs its client library, libpq 14 or later: " + why);
}

}  // namespace

Status LoadLibpqFrom(const char* name, Libpq* out) {
  void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Missing(dlerror());
  std::string missing;
  const auto find = [&](const char* symbol) {
    void* const found = dlsym(library, symbol);
    if (found == nullptr) missing = symbol;
    return found;
  };
#define SEATHOLD_LIBPQ_FIND(function) \
  out->function = reinterpret_cast<decltype(out->function)>(find("PQ" #function));
  SEATHOLD_LIBPQ(SEATHOLD_LIBPQ_FIND)
#undef SEATHOLD_LIBPQ_FIND
  if (!missing.empty()) return Missing(std::string(name) + " has no " + missing);
  const int version = out->libVersion();
  return version >= kOldestVersion
             ? Status()
             : Missing(std::string(name) + " is version " + std::to_string(version / 10'000));
}

Status LoadLibpq() {
  static const Status status = LoadLibpqFrom(kLibrary, &loaded);
  return status;
}

const Libpq& Pq() { return loaded; }

}  // namespace seathold::postgres

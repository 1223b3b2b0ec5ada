#include "src/engine/uri.h"

#include "src/util/text.h"

namespace seathold {
namespace {

constexpr std::size_t kSchemeBytesMax = 20;

}  // namespace

Uri SplitUri(const std::string& uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string::npos) return {};
  return {uri.substr(0, colon), uri.substr(colon + 1)};
}

Status UnknownUri(const char* what, const std::string& uri) {
  const Uri parts = SplitUri(uri);  // a URI may carry a password: only its scheme is told
  if (!IsCleanText(parts.scheme, kSchemeBytesMax) || parts.scheme.empty()) {
    return Status(Code::kInvalidArgument, std::string(what) + " is not of the form 'scheme:...'");
  }
  return Status(Code::kUnsupported,
                std::string(what) + " '" + parts.scheme + ":' is not known to this build");
}

Status CheckSqlitePath(const char* what, std::string_view path) {
  const bool memory = path.starts_with(":memory:");
  if (!memory && path.find('?') == path.npos && !path.starts_with("file:")) return Status();
  return Status(
      Code::kUnsupported,
      std::string(what) +
          (memory ? " 'sqlite::memory:' is not offered; 'memory:' is the one in memory"
                  : " 'sqlite:' takes the path of a file, without '?' (but for '?journal=on' "
                    "behind that of a storage) and 'file:'; how it is opened, options such as "
                    "read_only say"));
}

}  // namespace seathold

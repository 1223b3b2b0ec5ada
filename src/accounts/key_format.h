// The text of a key file, apart from how it gets to disk.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/accounts/key_file.h"

namespace seathold {

inline constexpr std::size_t kKeyFileBytesMax = 4'096;

// Text with secrets in it, wiped on destruction. Reserve before filling: a string that grows leaves
// copies behind.
struct SecretText {
  SecretText() = default;
  ~SecretText();
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;

  std::string text;
};

// REQUIRES: `out` is empty.
void FormatKeys(const FileKeys& set, SecretText& out);
// Fills an empty `set`. Returns what is wrong ("line 3: ..."), or "".
std::string ParseKeys(std::string_view text, FileKeys& set);

}  // namespace seathold

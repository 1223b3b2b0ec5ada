#include "capi/shim.h"

namespace seathold::capi {
namespace {

bool ContinuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

void Append(seathold_error* error, std::string_view text) {
  error->message_len += CopyText(text, error->message + error->message_len,
                                 sizeof error->message - error->message_len);
}

}  // namespace

std::uint32_t FlagsOf(const CodeInfo& info) {
  return static_cast<std::uint32_t>(info.outcome) | Bit(info.retryable, SEATHOLD_RETRYABLE);
}

std::uint32_t CopyText(std::string_view text, char* out, std::size_t size) {
  std::size_t bytes = std::min(text.size(), size - 1);
  if (bytes < text.size()) {
    while (bytes > 0 && ContinuesCharacter(text[bytes])) --bytes;
  }
  if (bytes > 0) std::memcpy(out, text.data(), bytes);
  out[bytes] = '\0';
  return static_cast<std::uint32_t>(bytes);
}

seathold_status Tell(seathold_error* error, const Answer& answer) noexcept {
  const auto code = static_cast<seathold_status>(answer.status.code());
  if (error == nullptr) return code;
  error->code = code;
  error->flags = 0;
  error->index = answer.index;
  error->message_len = 0;
  error->retry_after_ms = answer.status.retry_after_ms();
  error->message[0] = '\0';
  if (code == SEATHOLD_OK) return code;
  const CodeInfo* info = FindCode(answer.status.code());
  error->flags = FlagsOf(*info);
  Append(error, info->text);
  if (!answer.status.detail().empty()) {
    Append(error, ": ");
    Append(error, answer.status.detail());
  }
  return code;
}

Status GiveText(std::string_view text, char* out, std::size_t cap, std::size_t* needed) {
  if (needed != nullptr) *needed = text.size();
  if (text.size() >= cap) return Status(Code::kBufferTooSmall);
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
  return Status();
}

}  // namespace seathold::capi

#include "src/storage/sqlite/wal_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace seathold::sqlite {
namespace {

constexpr std::size_t kWalHeader = 32, kFrameHeader = 24;
constexpr std::size_t kSalts = 16, kFrameSalts = 8, kSaltBytes = 8;
constexpr std::uint32_t kMagic = 0x377f0682;  // the last bit: checksums are of big-endian words
constexpr std::size_t kPageBytesMax = 65'536;

using Bytes = std::span<const std::uint8_t>;

std::uint32_t BigEndian(Bytes bytes, std::size_t at, std::size_t size = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}

class Checksum {
 public:
  explicit Checksum(bool big_endian) : big_endian_(big_endian) {}
  void Add(Bytes bytes) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      first_ += Word(bytes, i) + second_;
      second_ += Word(bytes, i + 4) + first_;
    }
  }
  bool Is(Bytes stored) const {
    return BigEndian(stored, 0) == first_ && BigEndian(stored, 4) == second_;
  }

 private:
  std::uint32_t Word(Bytes bytes, std::size_t at) const {
    const std::uint32_t word = BigEndian(bytes, at);
    return big_endian_ ? word : __builtin_bswap32(word);
  }

  const bool big_endian_;
  std::uint32_t first_ = 0, second_ = 0;
};

struct File {
  const int file;
  ~File() {
    if (file >= 0) close(file);
  }
  bool Read(std::span<std::uint8_t> into, std::uint64_t at) const {
    return pread(file, into.data(), into.size(), static_cast<off_t>(at)) ==
           static_cast<ssize_t>(into.size());
  }
};

bool IsPageSize(std::size_t size) {
  return size >= 512 && size <= kPageBytesMax && (size & (size - 1)) == 0;
}

// Reads an integer of the length-prefixed kind; false at the end of the bytes.
bool Varint(Bytes bytes, std::size_t* at, std::uint64_t* value) {
  *value = 0;
  for (int i = 0; i < 9; ++i) {
    if (*at >= bytes.size()) return false;
    const std::uint8_t byte = bytes[(*at)++];
    if (i == 8) {
      *value = *value << 8 | byte;
      return true;
    }
    *value = *value << 7 | (byte & 0x7f);
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

// The bytes of a value of this serial type.
std::size_t SizeOf(std::uint64_t type) {
  constexpr std::array<std::size_t, 12> kSizes = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < kSizes.size() ? kSizes[type] : static_cast<std::size_t>((type - 12) / 2);
}

RowValue ValueOf(std::uint64_t type, Bytes bytes) {
  if (type >= 12) return {0, bytes};
  if (type == 8 || type == 9) return {static_cast<std::int64_t>(type - 8), {}};
  if (type == 0 || type > 6) return {};
  std::uint64_t value = bytes[0] & 0x80 ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return {static_cast<std::int64_t>(value), {}};
}

}  // namespace

CommittedPage ReadCommittedPage(const std::string& wal_path, std::uint32_t number) {
  CommittedPage found;
  const File log{open(wal_path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  std::array<std::uint8_t, kWalHeader> header{};
  if (log.file < 0 || !log.Read(header, 0)) return found;
  const std::size_t page_size = BigEndian(header, 8);
  if ((BigEndian(header, 0) & ~1u) != kMagic || !IsPageSize(page_size)) return found;
  Checksum sum((BigEndian(header, 0) & 1) != 0);
  sum.Add(Bytes(header).first(24));
  if (!sum.Is(Bytes(header).subspan(24))) return found;

  std::vector<std::uint8_t> frame(kFrameHeader + page_size), newest;
  const Bytes whole(frame), salts = Bytes(header).subspan(kSalts, kSaltBytes);
  for (std::uint64_t at = kWalHeader; log.Read(frame, at); at += frame.size()) {
    sum.Add(whole.first(8));
    sum.Add(whole.subspan(kFrameHeader));
    if (!std::ranges::equal(whole.subspan(kFrameSalts, kSaltBytes), salts)) break;
    if (!sum.Is(whole.subspan(16))) break;
    if (BigEndian(whole, 0) == number) newest.assign(frame.begin() + kFrameHeader, frame.end());
    if (BigEndian(whole, 4) == 0) continue;  // no commit
    found.any = true;
    if (!newest.empty()) found.page.swap(newest);
    if (found.first.empty()) found.first = found.page;
    newest.clear();
  }
  return found;
}

std::vector<RowValue> OnlyRow(std::span<const std::uint8_t> page) {
  constexpr std::uint8_t kTableLeaf = 13;
  std::vector<RowValue> row;
  if (page.size() < 512 || page[0] != kTableLeaf || BigEndian(page, 3, 2) != 1) return row;
  std::size_t at = BigEndian(page, 8, 2);
  std::uint64_t payload = 0, rowid = 0, header_size = 0, type = 0;
  if (!Varint(page, &at, &payload) || !Varint(page, &at, &rowid)) return row;
  const std::size_t header = at;
  if (payload > page.size() - header || !Varint(page, &at, &header_size)) return row;
  if (header_size > payload) return row;
  std::size_t value = header + static_cast<std::size_t>(header_size);
  const std::size_t end = header + static_cast<std::size_t>(payload);
  while (at < header + header_size) {
    if (!Varint(page, &at, &type) || SizeOf(type) > end - value) return {};
    row.push_back(ValueOf(type, page.subspan(value, SizeOf(type))));
    value += SizeOf(type);
  }
  return row;
}

}  // namespace seathold::sqlite

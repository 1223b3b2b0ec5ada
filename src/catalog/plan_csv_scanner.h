// RFC 4180: text cut into records of fields, each with its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"

namespace seathold {

struct CsvField {
  std::string text;
  std::uint32_t line = 1, column = 1;  // where it begins; columns count characters
};

std::string CsvPlace(std::uint32_t line, std::uint32_t column);
// Without spaces and tabs at its ends.
std::string_view CsvTrimmed(std::string_view text);

class CsvScanner {
 public:
  // The text must outlive the scanner. A leading byte order mark is skipped.
  explicit CsvScanner(std::string_view text);

  bool AtEnd() const { return at_ == text_.size(); }

  // Reads one record, its fields trimmed; a line without anything is a record of one empty field.
  // kInvalidPlan with the place.
  Status Next(std::vector<CsvField>& record);

 private:
  char Peek(std::size_t ahead = 0) const;
  bool AtLineEnd() const;
  bool Take(char wanted);
  void Advance();
  Status Bare(CsvField& field);
  Status Quoted(CsvField& field);
  Status Refuse(std::string_view reason) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
};

}  // namespace seathold

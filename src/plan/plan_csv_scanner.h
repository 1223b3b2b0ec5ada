// RFC 4180, and what spreadsheets make of it: text cut into records of fields, each with its place.
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
  std::size_t at = 0;                  // likewise, in the file
  std::size_t trimmed = 0;             // bytes left out at the beginning of the text
};

std::string CsvPlace(std::uint32_t line, std::uint32_t column);

// A byte of the file, and its place.
struct CsvCursor {
  std::string_view file;
  std::size_t at = 0;
  std::uint32_t line = 1, column = 1;
  bool bare_cr = false;  // lines end in CR

  bool AtEnd() const { return at == file.size(); }
  char Peek(std::size_t ahead = 0) const;
  bool AtLineEnd() const;
  void Advance();
  bool Take(char wanted);
  // One byte of the text inside quotes: a quote is doubled, and a line break counts as a space.
  char TakeQuoted();
};

class CsvScanner {
 public:
  // The text must outlive the scanner. The first separator that stands outside quotes, of ',' ';'
  // and tab, is that of the file, unless a first line "sep=;" names another; the first end of a
  // line tells whether all end in a bare CR.
  explicit CsvScanner(std::string_view text);

  bool AtEnd() const { return cursor_.AtEnd(); }
  char separator() const { return separator_; }

  // Reads one record, its fields trimmed of blanks; a line without anything is a record of one
  // empty field. kInvalidPlan with the place.
  Status Next(std::vector<CsvField>& record);
  // At the beginning of a field that Next gave, inside its quotes.
  CsvCursor CursorOf(const CsvField& field) const;

 private:
  void FindForm();
  void TakeSeparatorLine();
  Status Bare(CsvField& field);
  Status Quoted(CsvField& field);
  Status Refuse(std::string_view reason) const;

  CsvCursor cursor_;
  char separator_ = ',';
};

// Follows the text of a field through the file.
class CsvWalk {
 public:
  CsvWalk(const CsvScanner& scanner, const CsvField& field);
  // `bytes` of the field's text further on.
  void Skip(std::size_t bytes);
  std::uint32_t line() const { return cursor_.line; }
  std::uint32_t column() const { return cursor_.column; }

 private:
  CsvCursor cursor_;
  bool quoted_ = false;
};

}  // namespace seathold

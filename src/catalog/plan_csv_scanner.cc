#include "src/catalog/plan_csv_scanner.h"

#include "src/catalog/plan_draft.h"

namespace seathold {
namespace {

constexpr std::size_t kColumnsMax = 64;

}  // namespace

std::string CsvPlace(std::uint32_t line, std::uint32_t column) {
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string_view CsvTrimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

CsvScanner::CsvScanner(std::string_view text) : text_(text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

Status CsvScanner::Next(std::vector<CsvField>& record) {
  record.clear();
  do {
    if (record.size() == kColumnsMax) return Refuse("more than 64 columns");
    record.push_back({"", line_, column_});
    const Status status = Peek() == '"' ? Quoted(record.back()) : Bare(record.back());
    if (!status.ok()) return status;
    record.back().text = std::string(CsvTrimmed(record.back().text));
  } while (Take(','));
  if (Peek() == '\r') Advance();
  Take('\n');
  return Status();
}

char CsvScanner::Peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

bool CsvScanner::AtLineEnd() const {
  return AtEnd() || Peek() == '\n' || (Peek() == '\r' && Peek(1) == '\n');
}

bool CsvScanner::Take(char wanted) {
  if (AtEnd() || Peek() != wanted) return false;
  Advance();
  return true;
}

void CsvScanner::Advance() {
  const char byte = text_[at_++];
  const bool continues_character = (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
  if (byte == '\n') {
    ++line_;
    column_ = 1;
  } else if (!continues_character) {
    ++column_;
  }
}

Status CsvScanner::Bare(CsvField& field) {
  while (!AtLineEnd() && Peek() != ',') {
    if (Peek() == '"') return Refuse("a quote inside a field that is not quoted");
    field.text += Peek();
    Advance();
  }
  return Status();
}

// A line break inside quotes is legal and counts as a space.
Status CsvScanner::Quoted(CsvField& field) {
  Advance();
  for (;;) {
    if (AtEnd()) {
      return InvalidPlan(CsvPlace(field.line, field.column), "the quote is never closed");
    }
    if (Peek() == '"' && Peek(1) == '"') {
      Advance();
    } else if (Peek() == '"') {
      break;
    }
    const bool line_break = AtLineEnd();
    if (Peek() == '\r' && line_break) Advance();
    field.text += line_break ? ' ' : Peek();
    Advance();
  }
  Advance();
  if (!AtLineEnd() && Peek() != ',') return Refuse("text after a closing quote");
  return Status();
}

Status CsvScanner::Refuse(std::string_view reason) const {
  return InvalidPlan(CsvPlace(line_, column_), reason);
}

}  // namespace seathold

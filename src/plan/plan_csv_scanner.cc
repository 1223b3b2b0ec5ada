#include "src/plan/plan_csv_scanner.h"

#include "src/plan/plan_draft.h"
#include "src/util/text.h"

namespace seathold {
namespace {

constexpr std::size_t kColumnsMax = 64;

void Trim(CsvField& field) {
  const std::string_view kept = TrimmedText(field.text);
  field.trimmed = static_cast<std::size_t>(kept.data() - field.text.data());
  field.text = std::string(kept);
}

}  // namespace

std::string CsvPlace(std::uint32_t line, std::uint32_t column) {
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

char CsvCursor::Peek(std::size_t ahead) const {
  return at + ahead < file.size() ? file[at + ahead] : '\0';
}

bool CsvCursor::AtLineEnd() const {
  return AtEnd() || Peek() == '\n' || (Peek() == '\r' && (bare_cr || Peek(1) == '\n'));
}

void CsvCursor::Advance() {
  const bool ends_line = Peek() == '\n' || (bare_cr && Peek() == '\r' && Peek(1) != '\n');
  const bool continues_character = (static_cast<unsigned char>(Peek()) & 0xC0) == 0x80;
  ++at;
  if (ends_line) {
    ++line;
    column = 1;
  } else if (!continues_character) {
    ++column;
  }
}

bool CsvCursor::Take(char wanted) {
  if (AtEnd() || Peek() != wanted) return false;
  Advance();
  return true;
}

char CsvCursor::TakeQuoted() {
  if (Peek() == '"') Advance();
  const bool line_break = AtLineEnd();
  const char byte = line_break ? ' ' : Peek();
  if (line_break && Peek() == '\r' && Peek(1) == '\n') Advance();
  Advance();
  return byte;
}

CsvScanner::CsvScanner(std::string_view text) {
  cursor_.file = text;
  FindForm();
  TakeSeparatorLine();
}

void CsvScanner::FindForm() {
  bool quoted = false, separated = false, line_ended = false;
  const std::string_view file = cursor_.file;
  for (std::size_t i = 0; i < file.size(); ++i) {
    if (file[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (!separated && (file[i] == ',' || file[i] == ';' || file[i] == '\t')) {
      separator_ = file[i];
      separated = true;
    }
    if (file[i] != '\r' && file[i] != '\n') continue;
    if (!line_ended) cursor_.bare_cr = file[i] == '\r' && file.substr(i + 1, 1) != "\n";
    line_ended = true;
    if (separated) return;
  }
}

// Excel's own way to say it.
void CsvScanner::TakeSeparatorLine() {
  const std::string_view file = cursor_.file;
  if (file.size() < 5 || Normalized(file.substr(0, 4), TextForm::kFolded) != "sep=") return;
  CsvCursor behind = cursor_;
  for (int i = 0; i < 5; ++i) behind.Advance();
  if (!behind.AtLineEnd()) return;
  separator_ = file[4];
  behind.Take('\r');
  behind.Take('\n');
  cursor_ = behind;
}

Status CsvScanner::Next(std::vector<CsvField>& record) {
  record.clear();
  do {
    if (record.size() == kColumnsMax) return Refuse("more than 64 columns");
    record.push_back({"", cursor_.line, cursor_.column, cursor_.at});
    const Status status = cursor_.Peek() == '"' ? Quoted(record.back()) : Bare(record.back());
    if (!status.ok()) return status;
    Trim(record.back());
  } while (cursor_.Take(separator_));
  cursor_.Take('\r');
  cursor_.Take('\n');
  return Status();
}

Status CsvScanner::Bare(CsvField& field) {
  while (!cursor_.AtLineEnd() && cursor_.Peek() != separator_) {
    if (cursor_.Peek() == '"') return Refuse("a quote inside a field that is not quoted");
    field.text += cursor_.Peek();
    cursor_.Advance();
  }
  return Status();
}

Status CsvScanner::Quoted(CsvField& field) {
  cursor_.Advance();
  while (cursor_.Peek() != '"' || cursor_.Peek(1) == '"') {
    if (cursor_.AtEnd()) {
      return InvalidPlan(CsvPlace(field.line, field.column), "the quote is never closed");
    }
    field.text += cursor_.TakeQuoted();
  }
  cursor_.Advance();
  if (cursor_.AtLineEnd() || cursor_.Peek() == separator_) return Status();
  return Refuse("text after a closing quote");
}

CsvCursor CsvScanner::CursorOf(const CsvField& field) const {
  CsvCursor cursor = cursor_;
  cursor.at = field.at;
  cursor.line = field.line;
  cursor.column = field.column;
  return cursor;
}

Status CsvScanner::Refuse(std::string_view reason) const {
  return InvalidPlan(CsvPlace(cursor_.line, cursor_.column), reason);
}

CsvWalk::CsvWalk(const CsvScanner& scanner, const CsvField& field)
    : cursor_(scanner.CursorOf(field)) {
  quoted_ = cursor_.Take('"');
  Skip(field.trimmed);
}

void CsvWalk::Skip(std::size_t bytes) {
  for (; bytes > 0; --bytes) quoted_ ? static_cast<void>(cursor_.TakeQuoted()) : cursor_.Advance();
}

}  // namespace seathold

// After-images as bytes, and back.
//
// Written over the records' column lists: a row says which of its columns differ from the row
// before it in the same table, and those alone follow, numbers as differences, ids by their place
// among those of this text. Rows of updates carry their key and what may change; rows of removals
// their key.
//
//   text  = mark, tables, 0
//   table = number of the table (its place in AllRecords, from 1), number of rows, rows
//   row   = kind and mask (bit 2 + i: column i differs), the columns that differ
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "seathold/adapter/storage.h"

namespace seathold::journal {

// Adds to `out`. `mark` is the engine time that the changes note.
void EncodeChanges(const ChangeSet& changes, TimeUs mark, std::vector<std::uint8_t>* out);

// False where EncodeChanges did not write this. Adds to `changes`; columns that were not written
// are as in a record that was just made.
bool DecodeChanges(std::span<const std::uint8_t> text, ChangeSet* changes, TimeUs* mark);

}  // namespace seathold::journal

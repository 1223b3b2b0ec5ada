// Recounts the tables of memory storage, in plain C++ and without the engine's rules.
#pragma once

#include "seathold/adapter/storage.h"
#include "src/storage/memory/memory_tables.h"

namespace seathold::memory {

// May throw std::bad_alloc. Fills every field of `report`.
void AuditTables(const Tables& tables, TimeUs now, AuditReport* report);

}  // namespace seathold::memory

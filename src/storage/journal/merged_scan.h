// Bounded reads of named indexes, over a database and an overlay in front of it.
#pragma once

#include "seathold/adapter/storage.h"
#include "src/storage/journal/overlay.h"

namespace seathold::journal {

// As StorageUnit::Scan, over `below` with `overlay` in front. Costs a look at each row of that
// table in the overlay. REQUIRES: scan.rows_max > 0.
Status ScanMerged(const Overlay& overlay, StorageUnit* below, const ScanSpec& scan, RecordSet* into,
                  bool* more);

}  // namespace seathold::journal

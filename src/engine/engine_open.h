// From options to parts: checks them, reads the URIs, opens what they name.
#pragma once

#include "seathold/adapter/parts.h"
#include "src/engine/engine_core.h"

namespace seathold {

// kInvalidArgument with the option's name and range.
Status CheckOptions(const EngineOptions& options);
// Fills everything in `core`; what `parts` brings goes before what the options say.
Status OpenCore(const EngineOptions& options, EngineParts parts, EngineCore* core);

}  // namespace seathold

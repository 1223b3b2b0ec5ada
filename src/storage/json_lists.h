// The lists that stand in one column, as JSON text that people can read: the seats of a hold
// [[ordinal,ticket_type,price_minor],...], ordinals [12,13], live holds
// [["hold",seats,expires_at_us],...]. Written and read by hand: they are on the path of every hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seathold/adapter/records.h"

namespace seathold {

// Append the text to `out`.
void WriteJson(const HoldSeats& seats, std::string* out);
void WriteJson(const Ordinals& ordinals, std::string* out);
void WriteJson(const std::vector<LiveHold>& live, std::string* out);

// False for any text that WriteJson would not write, blanks included. The list is then undefined.
bool ReadJson(std::string_view text, HoldSeats* seats);
bool ReadJson(std::string_view text, Ordinals* ordinals);
bool ReadJson(std::string_view text, std::vector<LiveHold>* live);

}  // namespace seathold

// A host program in small: includes what a host includes and calls into the library, so that it
// builds and links only where the installed package is complete.
#include <seathold/ids.h>
#include <seathold/money.h>
#include <seathold/status.h>

#include <cstdio>

#include "every_header.h"

int main() {
  using namespace seathold;
  const auto price = ParseMoney("45.50", ParseCurrency("EUR").value());
  const Status refused(Code::kSeatTaken, "row 3, seat 7");
  const auto id = ParseUuid("01890a5d-ac96-774b-bcce-b302099a8057");
  if (!price || !id || ToString(*price) != "45.50 EUR") return 1;
  std::printf("%s; %s; %s\n", ToString(*price).c_str(), refused.text().c_str(),
              ToString(*id).c_str());
  return refused.outcome() == Outcome::kRefused ? 0 : 1;
}

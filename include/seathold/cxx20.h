// Says at once what a compiler of an older C++ would say in a hundred lines.
#pragma once

#if __cplusplus < 202002L
#error "SeatHold's C++ headers need C++20: compile with -std=c++20 (the C header needs C99)"
#endif

# cmake -C: how our tests compile a project that has SeatHold as a part: quickly, by the flags of
# the preset mutants, so that ccache has for one what it compiled for the other.
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -D_GLIBCXX_ASSERTIONS" CACHE STRING "")
set(SEATHOLD_QUICK ON CACHE BOOL "")
set(SEATHOLD_WERROR ON CACHE BOOL "")
set(SEATHOLD_CCACHE ON CACHE BOOL "")

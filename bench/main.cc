#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include "bench/suites.h"

int main(int argc, char** argv) {
  using namespace seathold::bench;
  benchmark::AddCustomContext("sqlite", sqlite3_libversion());
#ifdef NDEBUG
  benchmark::AddCustomContext("assertions", "off");
#else
  benchmark::AddCustomContext("assertions", "on: figures are too low");
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  RegisterSales();
  RegisterRefusals();
  RegisterQueue();
  RegisterMaps();
  RegisterSizes();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

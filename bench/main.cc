#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include "bench/suites.h"

namespace {

// A benchmark that met an error fails the program, not only its own line.
class Reporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) failed_ = failed_ || run.error_occurred;
    ConsoleReporter::ReportRuns(runs);
  }
  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

}  // namespace

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
  RegisterCApi();
#ifdef SEATHOLD_BENCH_SERVERS
  RegisterServers();
#endif
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return reporter.failed() ? 1 : 0;
}

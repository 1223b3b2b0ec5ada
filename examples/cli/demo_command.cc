#include <memory>
#include <thread>

#include "examples/cli/commands.h"
#include "examples/cli/demo/demo.h"
#include "examples/cli/place.h"
#include "examples/cli/session.h"

namespace seathold::cli {
namespace {

struct DemoArguments {
  std::int64_t buyers = 20'000, threads = 0, kills = 5, ack_fd = -1;
  std::uint64_t seed = 1;
  std::string venue, svg, film;
  bool naive = false, journal = false, is_child = false;
};

// Not Session::db(): a demo never sells in the database of SEATHOLD_DB.
int Demo(Session& session, const DemoArguments& arguments) {
  const std::string& db = session.global().db;
  EngineOptions engine;
  session.NameParts(&engine);
  if (arguments.is_child) {
    engine.storage = StorageUri(db);
    return demo::RunDemoChild(engine, static_cast<int>(arguments.ack_fd), arguments.seed);
  }
  if (OnServer(db) && engine.keys == "auto") return session.Fail(KeysMissing());
  if (OnServer(db) && arguments.journal) {
    return session.Fail(Status(Code::kUnsupported, "a journal stands in front of a file"));
  }
  demo::DemoOptions options;
  options.buyers = static_cast<int>(arguments.buyers);
  options.threads = static_cast<int>(arguments.threads);
  options.seed = arguments.seed;
  options.venue = arguments.venue;
  options.db = db;
  options.engine = engine;
  options.svg = arguments.svg;
  options.film = arguments.film;
  options.naive = arguments.naive;
  options.journal = arguments.journal;
  options.json = session.global().json;
  options.kills = static_cast<int>(arguments.kills);
  return demo::RunDemo(options);
}

std::vector<Option> DescribeDemoOptions(DemoArguments* o) {
  return {
      {"--buyers", "N", "buyers in the rush, 1 .. 1000000 [20000]",
       Number{&o->buyers, 1, 1'000'000}},
      {"--threads", "N", "threads that play them, 1 .. 64; 1 makes a run repeatable [one a core]",
       Number{&o->threads, 1, 64}},
      {"--seed", "N", "of everything random in it [1]", Id64{&o->seed, 0}},
      {"--venue", "FILE", "a seating plan: pretix JSON, or *.csv [the shipped hall]",
       FileName{&o->venue}},
      {"--kills", "N", "how often act 3 kills a seller, 0 .. 1000 [5]",
       Number{&o->kills, 0, 1'000}},
      {"--svg", "FILE", "where the drawing goes [seathold-demo.svg]", FileName{&o->svg}},
      {"--film", "FILE", "where the rush goes as an animated drawing, an SVG [nowhere]",
       FileName{&o->film}},
      {"--journal", "", "commit to a log in front of the database (sqlite:FILE?journal=on)",
       Flag{&o->journal}},
      {"--naive", "", "also the textbook way, under the same buyers and the same audit",
       Flag{&o->naive}},
      {"--sell-until-killed", "", "", Flag{&o->is_child}, false, true},
      {"--ack-fd", "N", "", Number{&o->ack_fd, 0, 1'000'000}, false, true}};
}

}  // namespace

std::vector<Command> DemoCommands() {
  auto o = std::make_shared<DemoArguments>();
  return {Command{
      .path = "demo",
      .purpose = "watch a hall sell out, and audit the books afterwards",
      .details = "Four acts: one buyer; the rush; kill -9 of a selling process; the audit. Every "
                 "figure is\ncounted from what ran. --db is a new database to keep; without it, a "
                 "temporary one. On a\nPostgreSQL server act 3 sells in a schema of its own, "
                 "seathold_crash, which stays.\nExit codes: 0 = the books hold, 1 = they do not, 2 "
                 "= usage, 3 = "
                 "it could not run.",
      .options = DescribeDemoOptions(o.get()),
      .examples =
          {"seathold demo", "seathold demo --buyers 2000 --threads 1 --seed 7",
           "seathold demo --naive --svg hall.svg",
           "seathold demo --db postgresql://box@db/demo --keys demo.keys --line redis://cache"},
      .run = [o](Session& session) { return Demo(session, *o); },
      .opens = Opens::kNothing}};
}

}  // namespace seathold::cli

#include <algorithm>

#include "bench/sale/scenarios.h"

namespace seathold::sale {

std::unique_ptr<Contestant> NewContestant(const std::string& name) {
  if (name == "array") return NewArray();
  if (name == "disk") return NewDisk();
  if (name == "sqlite") return NewSqlite(Shape::kSingle);
  if (name == "sqlite_batch") return NewSqlite(Shape::kBatch);
  if (name == "sqlite_rows") return NewSqliteRows();
  if (name == "ours") return NewOurs(OurStorage::kJournal);
  if (name == "ours_shared") return NewOurs(OurStorage::kShared);
  if (name == "ours_memory") return NewOurs(OurStorage::kMemory);
#ifdef SEATHOLD_SALE_SERVERS
  if (name == "redis_off") return NewRedis(Aof::kOff, Shape::kSingle);
  if (name == "redis_off_batch") return NewRedis(Aof::kOff, Shape::kBatch);
  if (name == "redis_always") return NewRedis(Aof::kAlways, Shape::kSingle);
  if (name == "redis_always_batch") return NewRedis(Aof::kAlways, Shape::kBatch);
  if (name == "postgres") return NewPostgres(PostgresWay::kOneStatement);
  if (name == "postgres_service") return NewPostgres(PostgresWay::kService);
  if (name == "postgres_set") return NewPostgres(PostgresWay::kSet);
#endif
  return nullptr;
}

std::vector<std::unique_ptr<Contestant>> Choose(const Options& options,
                                                std::span<const char* const> names) {
  std::vector<std::unique_ptr<Contestant>> chosen;
  const auto& asked = options.contestants;
  for (const char* name : names) {
    if (!asked.empty() && std::ranges::find(asked, name) == asked.end()) continue;
    if (auto contestant = NewContestant(name)) chosen.push_back(std::move(contestant));
  }
  return chosen;
}

}  // namespace seathold::sale

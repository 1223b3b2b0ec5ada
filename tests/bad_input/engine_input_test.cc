// Options, URIs and calls of the engine itself, and of the queue, that must not be taken.
#include <filesystem>

#include "seathold/adapter/parts.h"
#include "tests/bad_input/bad_hall.h"
#include "tests/support/faulty_storage.h"

namespace seathold::testing {
namespace {

constexpr std::string_view kUriSecret = "correct-horse";

Status OpenWith(const EngineOptions& options) {
  const auto opened = Engine::Open(options);
  return opened.status();
}

EngineOptions InMemory() {
  EngineOptions options;
  options.storage = "memory:";
  return options;
}

TEST(EngineInput, AnUnknownUriIsRefusedWithoutItsSecrets) {
  const std::string secret_uri = "mysql://seller:correct-horse@db.example/hall";
  for (std::string EngineOptions::*field :
       {&EngineOptions::storage, &EngineOptions::claims, &EngineOptions::line}) {
    EngineOptions options = InMemory();
    options.*field = secret_uri;
    const Status opened = OpenWith(options);
    EXPECT_EQ(opened.code(), Code::kUnsupported) << opened.text();
    EXPECT_NE(opened.text().find("mysql"), std::string::npos) << opened.text();
    EXPECT_EQ(opened.text().find(kUriSecret), std::string::npos) << opened.text();
    EXPECT_EQ(opened.text().find("seller"), std::string::npos) << opened.text();
  }
}

TEST(EngineInput, AServerThatIsNotThereIsToldWithoutItsSecrets) {
  EngineOptions options;
  options.storage = "postgresql://seller:correct-horse@127.0.0.1:1/hall";
  const Status opened = OpenWith(options);
  EXPECT_FALSE(opened.ok());
  EXPECT_EQ(opened.text().find(kUriSecret), std::string::npos) << opened.text();
}

// Keeps what it is given, and has no place for keys: as a server is.
class ServerStorage final : public StorageWrapper {
 public:
  ServerStorage() : StorageWrapper(NewMemoryStorage()) {}
  Result<StorageInfo> Open(const StorageOptions& options) override {
    auto info = StorageWrapper::Open(options);
    if (info.ok()) info->durable = true;
    return info;
  }
};

TEST(EngineInput, StorageThatLastsWithoutAPlaceForKeysNeedsThemNamed) {
  const auto open = [](const std::string& keys) {
    EngineOptions options;
    options.keys = keys;
    EngineParts parts;
    parts.storage = std::make_unique<ServerStorage>();
    return Engine::Open(options, std::move(parts)).status();
  };
  const Status refused = open("auto");
  EXPECT_EQ(refused.code(), Code::kInvalidArgument);
  EXPECT_NE(refused.text().find("keys 'auto'"), std::string::npos) << refused.text();
  const auto keys = std::filesystem::temp_directory_path() / ("keys-" + ToString(Uuid{9}));
  EXPECT_TRUE(open(keys.string()).ok());
  EXPECT_TRUE(std::filesystem::remove(keys));
}

TEST(EngineInput, AnSqliteUriIsAPathAndMakesNoFileOfWhatOthersReadInIt) {
  const auto folder = std::filesystem::temp_directory_path() / ("uris-" + ToString(Uuid{7}));
  std::filesystem::create_directory(folder);
  const std::string path = (folder / "c.db").string();
  for (const std::string& bad :
       {path + "?journal=yes", path + "?mode=ro", path + "?", "file:" + path,
        std::string(":memory:"), std::string(":memory:?cache=shared")}) {
    EngineOptions options;
    options.storage = "sqlite:" + bad;
    const Status opened = OpenWith(options);
    EXPECT_EQ(opened.code(), Code::kUnsupported) << bad << ": " << opened.text();
    const bool memory = bad.starts_with(':');
    EXPECT_NE(opened.text().find(memory ? "'memory:'" : "the path of a file"), std::string::npos);
    EngineOptions line = InMemory();
    line.line = "sqlite:" + bad;
    EXPECT_EQ(OpenWith(line).code(), Code::kUnsupported) << bad;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
  std::filesystem::remove_all(folder);
}

TEST(EngineInput, ATextThatIsNoUriIsRefusedWithoutIt) {
  for (const std::string& bad :
       {std::string("correct-horse"), std::string(), std::string("memory"), std::string("sqlite"),
        std::string("sqlite:"), std::string("memory:correct-horse"), std::string(":"),
        std::string("MEMORY:"), std::string("a\0b", 3)}) {
    EngineOptions options = InMemory();
    options.storage = bad;
    const Status opened = OpenWith(options);
    EXPECT_TRUE(opened == Code::kUnsupported || opened == Code::kInvalidArgument) << opened.text();
    EXPECT_EQ(opened.text().find(kUriSecret), std::string::npos) << opened.text();
  }
  for (const std::string& bad : {std::string("redis"), std::string("memory"),
                                 std::string("sqlite:"), std::string("correct-horse")}) {
    EngineOptions options = InMemory();
    options.line = bad;
    const Status line = OpenWith(options);
    EXPECT_TRUE(line == Code::kUnsupported || line == Code::kInvalidArgument)
        << bad << ": " << line.text();
    EXPECT_EQ(line.text().find(kUriSecret), std::string::npos) << line.text();
    options.line = "none";
    options.claims = bad;
    const Status claims = OpenWith(options);
    EXPECT_TRUE(claims == Code::kUnsupported || claims == Code::kInvalidArgument)
        << bad << ": " << claims.text();
  }
}

TEST(EngineInput, APathThatCannotBeOpenedSaysSo) {
  const HallFolder folder;
  EngineOptions options;
  options.storage = "sqlite:" + folder.File("no/such/folder/hall.db");
  EXPECT_EQ(OpenWith(options).code(), Code::kCannotOpen);
  options.storage = "sqlite:" + folder.File("absent.db");
  options.create = false;
  EXPECT_EQ(OpenWith(options).code(), Code::kCannotOpen);
  EXPECT_FALSE(std::filesystem::exists(folder.File("absent.db")));
}

TEST(EngineInput, AMemoryLineOverSharedStorageNeedsItsScope) {
  const HallFolder folder;
  EngineOptions options;
  options.storage = "sqlite:" + folder.File("hall.db");
  for (const char* line : {"memory:", "memory:?scope=machine", "memory:?scope="}) {
    options.line = line;
    const Status opened = OpenWith(options);
    EXPECT_EQ(opened.code(), Code::kInvalidArgument) << line;
    EXPECT_NE(opened.text().find("scope=process"), std::string::npos) << opened.text();
  }
  options.line = "memory:?scope=process";
  EXPECT_TRUE(OpenWith(options).ok());
}

TEST(EngineInput, AShowThatNeedsAPassIsRefusedWithoutALine) {
  Hall hall;
  hall.options.line = "none";
  ASSERT_NO_FATAL_FAILURE(hall.Build(2, 2));
  ShowSpec spec;
  spec.title = "Rush";
  spec.requires_pass = true;
  EXPECT_EQ(hall.engine->catalog().AddShow(spec).status().code(), Code::kNoLine);
  EXPECT_EQ(hall.engine->catalog().ListShows()->size(), 1u);
  spec.requires_pass = false;
  EXPECT_TRUE(hall.engine->catalog().AddShow(spec).ok());
}

using EngineCalls = BadInput;

TEST_F(EngineCalls, SweepOutOfRange) {
  for (const int holds : {0, -1, INT32_MIN, 100'001, INT32_MAX}) {
    EXPECT_EQ(hall_.engine->Sweep(holds).status().code(), Code::kInvalidArgument);
  }
  EXPECT_EQ(*hall_.engine->Sweep(1), 0);
  EXPECT_EQ(*hall_.engine->Sweep(100'000), 0);
}

TEST_F(EngineCalls, BackupToNowhere) {
  EXPECT_EQ(hall_.engine->Backup("").code(), Code::kInvalidArgument);
  EXPECT_FALSE(hall_.engine->Backup("unused.db").ok());  // memory has nothing to copy
  EXPECT_FALSE(std::filesystem::exists("unused.db"));
}

TEST(EngineInput, ABackupOverwritesNothing) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("hall.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(2, 2));
  ASSERT_TRUE(hall.engine->Backup(folder.File("copy.db")).ok());
  const auto bytes = std::filesystem::file_size(folder.File("copy.db"));
  EXPECT_FALSE(hall.engine->Backup(folder.File("copy.db")).ok());
  EXPECT_FALSE(hall.engine->Backup(hall.path).ok());
  EXPECT_FALSE(hall.engine->Backup(folder.File("no/such/folder/copy.db")).ok());
  EXPECT_EQ(std::filesystem::file_size(folder.File("copy.db")), bytes);
  hall.ExpectClean();
}

class QueueInput : public BadInput {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(BadInput::SetUp());
    ShowSpec spec;
    spec.title = "Rush";
    spec.requires_pass = true;
    spec.active_max = 1;
    const auto added = hall_.engine->catalog().AddShow(spec);
    ASSERT_TRUE(added.ok()) << added.status().text();
    gated_ = *added;
    AcceptAsIs();
  }
  QueueManager& queue() { return hall_.engine->queue(); }
  Code Join(ShowId show, UserId user) {
    const JoinRequest request{show, user};
    Place place = queue().Join(request);
    EXPECT_TRUE(place.token.empty());
    return place.status.code();
  }
  Code Poll(std::string_view token) {
    Place place = queue().Poll(token);
    EXPECT_TRUE(place.pass.empty());
    return place.status.code();
  }
  ShowId gated_;
};

TEST_F(QueueInput, JoinOfAZeroId) {
  EXPECT_EQ(Join({}, UserId{1}), Code::kInvalidArgument);
  EXPECT_EQ(Join(gated_, {}), Code::kInvalidArgument);
  queue().Join(std::span<const JoinRequest>(), {});
  queue().Poll(std::span<const std::string_view>(), {});
}

TEST_F(QueueInput, JoinOfAShowThatHasNoQueue) {
  EXPECT_EQ(Join(ShowId{77}, UserId{1}), Code::kUnknownShow);
  EXPECT_EQ(Join(ShowId{UINT64_MAX}, UserId{1}), Code::kUnknownShow);
  EXPECT_EQ(Join(hall_.show, UserId{1}), Code::kNoLine);
}

TEST_F(QueueInput, TokenThatIsNone) {
  const std::string huge(100'000, 'A');
  for (const std::string_view bad : {""sv, "A"sv, "not a token"sv, std::string_view(huge)}) {
    EXPECT_EQ(Poll(bad), Code::kTokenInvalid);
    EXPECT_EQ(queue().Leave(bad).code(), Code::kTokenInvalid);
  }
  for (const std::string_view bad : kBadTexts) {
    EXPECT_EQ(Poll(bad), Code::kTokenInvalid);
    EXPECT_EQ(queue().Leave(bad).code(), Code::kTokenInvalid);
  }
}

TEST_F(QueueInput, AdmitOutOfRangeAndOfWhatIsNotThere) {
  for (const int max : {0, -1, INT32_MIN}) {
    EXPECT_EQ(queue().Admit(gated_, max).status().code(), Code::kInvalidArgument);
  }
  EXPECT_EQ(queue().Admit({}, 1).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(queue().Admit(ShowId{77}, 1).status().code(), Code::kUnknownShow);
  EXPECT_EQ(queue().Admit(hall_.show, 1).status().code(), Code::kNoLine);
  EXPECT_EQ(queue().Stats({}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(queue().Stats(ShowId{77}).status().code(), Code::kUnknownShow);
  EXPECT_EQ(queue().Stats(hall_.show).status().code(), Code::kNoLine);
}

TEST_F(QueueInput, RevokeOfWhatIsNotThere) {
  EXPECT_EQ(queue().Revoke({}, UserId{1}).code(), Code::kInvalidArgument);
  EXPECT_EQ(queue().Revoke(gated_, {}).code(), Code::kInvalidArgument);
  EXPECT_EQ(queue().Revoke(ShowId{77}, UserId{1}).code(), Code::kUnknownShow);
  EXPECT_EQ(queue().Revoke(hall_.show, UserId{1}).code(), Code::kNoLine);
}

TEST_F(QueueInput, PassThatIsNone) {
  PerformanceSpec spec = hall_.Spec();
  spec.show = gated_;
  const auto gated = hall_.engine->catalog().AddPerformance(spec);
  ASSERT_TRUE(gated.ok());
  AcceptAsIs();
  HoldRequest request = GoodHold();
  request.performance = *gated;
  EXPECT_EQ(Try(request), Code::kNotAdmitted);
  for (const std::string_view bad : kBadTexts) {
    request.pass = bad;
    EXPECT_EQ(Try(request), Code::kPassInvalid);
  }
  const std::string huge(100'000, 'A');
  request.pass = huge;
  EXPECT_EQ(Try(request), Code::kPassInvalid);
  BestRequest best = GoodBest();
  best.performance = *gated;
  EXPECT_EQ(Try(best), Code::kNotAdmitted);
  best.pass = "not a pass";
  EXPECT_EQ(Try(best), Code::kPassInvalid);
}

}  // namespace
}  // namespace seathold::testing

#include "src/accounts/password.h"

#include <argon2.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

constexpr Argon2Cost kQuick{.memory_kib = 64, .passes = 1, .lanes = 1};
constexpr std::string_view kPassword = "correct horse battery";

// Processor time: what a hash costs does not depend on who else is running.
std::int64_t ThreadCpuNs() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

class Passwords : public ::testing::Test {
 protected:
  std::unique_ptr<PasswordHasher> Make(const Argon2Cost& cost, int concurrency = 2) {
    return PasswordHasher::Create({.cost = cost,
                                   .hash_concurrency = concurrency,
                                   .is_blocked = {},
                                   .allow_weak_for_tests = true},
                                  *entropy_)
        .value();
  }
  Code CreateCode(PasswordOptions options) {
    return PasswordHasher::Create(std::move(options), *entropy_).code();
  }

  std::unique_ptr<Entropy> entropy_ = NewSystemEntropy();
  std::unique_ptr<PasswordHasher> quick_ = Make(kQuick);
};

TEST_F(Passwords, DefaultsAreOwaspsAndStoredWithTheHash) {
  const auto hasher = PasswordHasher::Create({}, *entropy_).value();
  const std::string encoded = hasher->Hash(kPassword, {}).value();
  EXPECT_TRUE(encoded.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << encoded;
  EXPECT_TRUE(hasher->Verify(kPassword, encoded, {}).value());
  EXPECT_FALSE(hasher->Verify("correct horse batterz", encoded, {}).value());
  EXPECT_FALSE(hasher->NeedsRehash(encoded));
  EXPECT_EQ(argon2id_verify(encoded.c_str(), kPassword.data(), kPassword.size()), ARGON2_OK);
}

TEST_F(Passwords, SaltIsNewEachTime) {
  std::set<std::string> hashes;
  for (int i = 0; i < 20; ++i) hashes.insert(quick_->Hash(kPassword, {}).value());
  EXPECT_EQ(hashes.size(), 20u);
}

TEST_F(Passwords, EveryByteCountsNulIncludedAndNothingIsCut) {
  const std::string with_nul("abcdefgx\0tail", 13);
  const std::string longest(kPasswordBytesMax - 1, 'p');
  for (const std::string& password : {with_nul, longest + "1", std::string("  spaces around  "),
                                      std::string("p\xC3\xA4ssw\xC3\xB6rtlich")}) {
    const std::string encoded = quick_->Hash(password, {}).value();
    EXPECT_TRUE(quick_->Verify(password, encoded, {}).value());
    EXPECT_FALSE(quick_->Verify(password.substr(0, 8), encoded, {}).value());
    EXPECT_FALSE(quick_->Verify(password.substr(0, password.size() - 1), encoded, {}).value());
    EXPECT_FALSE(quick_->Verify(password + std::string(1, '\0'), encoded, {}).value());
  }
}

TEST_F(Passwords, AreOneHoweverTheKeyboardComposesThem) {
  const std::pair<std::string, std::string> same[] = {
      {"p\u00E4ssw\u00F6rtlich", "pa\u0308sswo\u0308rtlich"},
      {"\uAC01 \uC790\uB9AC \uC608\uB9E4 2026",
       "\u1100\u1161\u11A8 \uC790\uB9AC \uC608\uB9E4 2026"},
      {"two words more", "two\u00A0words\u3000more"}};
  for (const auto& [composed, other] : same) {
    for (const auto& [chosen, typed] : {std::pair(composed, other), std::pair(other, composed)}) {
      const std::string encoded = quick_->Hash(chosen, {}).value();
      EXPECT_TRUE(quick_->Verify(typed, encoded, {}).value()) << composed;
      EXPECT_TRUE(quick_->Verify(chosen, encoded, {}).value()) << composed;
    }
  }
  const std::string encoded = quick_->Hash("passw\u00F6rtlich", {}).value();
  EXPECT_FALSE(quick_->Verify("passwo\u0302rtlich", encoded, {}).value()) << "another accent";
  EXPECT_FALSE(quick_->Verify("passwortlich", encoded, {}).value()) << "none";
}

TEST_F(Passwords, HashedAsTypedByRelease01StillOpen) {
  const std::string decomposed = "pa\u0308sswo\u0308rtlich";
  std::array<char, 128> encoded{};
  ASSERT_EQ(argon2id_hash_encoded(kQuick.passes, kQuick.memory_kib, kQuick.lanes, decomposed.data(),
                                  decomposed.size(), "saltsaltsaltsalt", 16, 32, encoded.data(),
                                  encoded.size()),
            ARGON2_OK);
  EXPECT_TRUE(quick_->Verify(decomposed, encoded.data(), {}).value());
  EXPECT_TRUE(quick_->Verify("p\u00E4ssw\u00F6rtlich", encoded.data(), {}).value()) << "composed";
  EXPECT_FALSE(quick_->Verify(decomposed + "x", encoded.data(), {}).value());
}

TEST_F(Passwords, LoseNoCharacterAndKeepNoneWithoutALastingForm) {
  for (const std::string bad : {"\uAC00\u11A7", "\u0378", "\uFFFF"}) {
    EXPECT_EQ(CheckPasswordPolicy("long enough " + bad, {}).code(), Code::kInvalidText);
    EXPECT_EQ(quick_->Hash("long enough " + bad, {}).code(), Code::kInvalidText);
  }
  const std::string encoded = quick_->Hash("long enough \uAC00", {}).value();
  EXPECT_FALSE(quick_->Verify("long enough \uAC00\u11A7", encoded, {}).value());
  EXPECT_EQ(CheckPasswordPolicy(std::string(7, 'x') + "o\u0308", {}).code(), Code::kOk) << "8";
  EXPECT_EQ(CheckPasswordPolicy("abcdxfo\u0308", {}).code(), Code::kPasswordWeak) << "7, composed";
}

TEST_F(Passwords, AreMeasuredBeforeAndAfter) {
  std::string grows;
  while (grows.size() + 4 <= kPasswordBytesMax) grows += "\U0001D160";  // 4 bytes become 12
  EXPECT_EQ(CheckPasswordPolicy(grows, {}).code(), Code::kPasswordWeak);
  EXPECT_EQ(quick_->Hash(grows, {}).code(), Code::kPasswordWeak);
  EXPECT_EQ(PasswordForms(grows), std::vector{grows}) << "as typed, for an old hash";
  EXPECT_EQ(PasswordForms("plain ascii").size(), 1u);
  EXPECT_EQ(PasswordForms("o\u0308").size(), 2u);
  EXPECT_EQ(PasswordForms("\u00F6").size(), 2u) << "typed decomposed, for an old hash";
  EXPECT_EQ(PasswordForms("\xFF").size(), 1u);
}

TEST_F(Passwords, CaseIsNotFolded) {
  const std::string encoded = quick_->Hash("Correct Horse Battery", {}).value();
  EXPECT_FALSE(quick_->Verify("correct horse battery", encoded, {}).value());
}

TEST_F(Passwords, LengthIsTestedAtTheBoundsAndOnePast) {
  const auto code = [&](const std::string& p) { return CheckPasswordPolicy(p, {}).code(); };
  EXPECT_EQ(code(""), Code::kPasswordWeak);
  EXPECT_EQ(code("zx81qwm"), Code::kPasswordWeak);
  EXPECT_EQ(code("zx81qwmk"), Code::kOk);
  EXPECT_EQ(code("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F"
                 "abc"),
            Code::kPasswordWeak)
      << "7 in 11 bytes";
  EXPECT_EQ(code("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F"
                 "abcd"),
            Code::kOk);
  EXPECT_EQ(code(std::string(kPasswordBytesMax - 1, 'x') + "y"), Code::kOk);
  EXPECT_EQ(code(std::string(kPasswordBytesMax, 'x') + "y"), Code::kPasswordWeak);
}

TEST_F(Passwords, OnlyUtf8MayBeChosen) {
  const auto code = [&](const std::string& p) { return CheckPasswordPolicy(p, {}).code(); };
  for (const std::string bad :
       {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xC3", "\xF4\x90\x80\x80", "\x80"}) {
    EXPECT_EQ(code("long enough " + bad), Code::kInvalidText);
    EXPECT_EQ(code(bad + " long enough"), Code::kInvalidText);
    EXPECT_EQ(code("long\n" + bad + "\nenough"), Code::kInvalidText);
  }
  EXPECT_EQ(code("tab\tand\nline\x7F end"), Code::kOk);
  EXPECT_EQ(code(std::string("nul\0in it", 9)), Code::kOk);
}

TEST_F(Passwords, CommonOnesAreRefusedInAnyCase) {
  for (const std::string password :
       {"password", "PASSWORD", "Password1", "password123", "12345678", "123456789", "1234567890",
        "87654321", "aaaaaaaa", "        ", "abcdefgh", "qwertyuiop", "iloveyou", "letmein123",
        "1q2w3e4r", "Trustno1", "football", "zaq12wsx", "11111111111111111111111111111111111"}) {
    EXPECT_EQ(CheckPasswordPolicy(password, {}).code(), Code::kPasswordWeak) << password;
    EXPECT_EQ(quick_->Hash(password, {}).code(), Code::kPasswordWeak) << password;
  }
  EXPECT_EQ(CheckPasswordPolicy("password of mine", {}).code(), Code::kOk);
}

TEST_F(Passwords, HostMayBlockMore) {
  const auto hasher = PasswordHasher::Create(
      {.cost = kQuick,
       .is_blocked = [](std::string_view p) { return p.find("seathold") != p.npos; },
       .allow_weak_for_tests = true},
      *entropy_);
  EXPECT_EQ(hasher.value()->Hash("my seathold 2026", {}).code(), Code::kPasswordWeak);
  EXPECT_TRUE(hasher.value()->Hash("my other 2026", {}).ok());
}

TEST_F(Passwords, RefusalsDoNotRepeatThePassword) {
  for (const std::string password : {"hunter2", "hunter2\xFF hunter2"}) {
    EXPECT_EQ(quick_->Hash(password, {}).status().text().find("hunter2"), std::string::npos);
  }
}

TEST_F(Passwords, CostsBelowTheFloorAreRefused) {
  const std::pair<Argon2Cost, bool> cases[] = {
      {{47'104, 1, 1}, true},  {{47'103, 1, 1}, false}, {{19'456, 2, 1}, true},
      {{19'455, 2, 1}, false}, {{12'288, 3, 1}, true},  {{12'287, 3, 1}, false},
      {{9'216, 4, 1}, true},   {{9'215, 4, 1}, false},  {{7'168, 5, 1}, true},
      {{7'167, 64, 1}, false}, {{64, 1, 1}, false},     {{65'536, 4, 4}, true}};
  for (const auto& [cost, strong] : cases) {
    EXPECT_EQ(IsStrongEnough(cost), strong) << cost.memory_kib;
    EXPECT_EQ(CreateCode({.cost = cost, .is_blocked = {}}),
              strong ? Code::kOk : Code::kInvalidArgument);
    EXPECT_EQ(CreateCode({.cost = cost, .is_blocked = {}, .allow_weak_for_tests = true}),
              Code::kOk);
  }
}

TEST_F(Passwords, OptionsOutOfRangeAreRefused) {
  for (const Argon2Cost cost :
       {Argon2Cost{7, 1, 1}, Argon2Cost{15, 1, 2}, Argon2Cost{1u << 21, 1, 1}, Argon2Cost{64, 0, 1},
        Argon2Cost{64, 65, 1}, Argon2Cost{64, 1, 0}, Argon2Cost{1'024, 1, 17}}) {
    EXPECT_EQ(CreateCode({.cost = cost, .is_blocked = {}, .allow_weak_for_tests = true}),
              Code::kInvalidArgument);
  }
  for (const int n : {0, -1, 65}) {
    EXPECT_EQ(CreateCode({.cost = {}, .hash_concurrency = n, .is_blocked = {}}),
              Code::kInvalidArgument);
  }
}

TEST_F(Passwords, WeakerHashesAreToBeMadeAgain) {
  const auto strong = Make({128, 2, 1});
  EXPECT_TRUE(strong->NeedsRehash(Make({64, 2, 1})->Hash(kPassword, {}).value()));
  EXPECT_TRUE(strong->NeedsRehash(Make({128, 1, 1})->Hash(kPassword, {}).value()));
  EXPECT_FALSE(strong->NeedsRehash(Make({128, 2, 1})->Hash(kPassword, {}).value()));
  EXPECT_FALSE(strong->NeedsRehash(Make({256, 3, 1})->Hash(kPassword, {}).value()));
  EXPECT_TRUE(strong->NeedsRehash("not a hash"));
  const std::string weak = Make({64, 1, 1})->Hash(kPassword, {}).value();
  EXPECT_TRUE(strong->Verify(kPassword, weak, {}).value()) << "but they still verify";
}

TEST_F(Passwords, DamagedHashesAreSaidToBeAndNeverMatch) {
  const std::string good = quick_->Hash(kPassword, {}).value();
  const std::string tail = good.substr(good.find("$", good.find("p=")));
  std::vector<std::string> bad = {"",
                                  "$",
                                  "plain",
                                  good + "=",
                                  good + std::string(200, 'A'),
                                  good.substr(0, good.size() - 1),
                                  "$argon2i" + good.substr(9),
                                  "$argon2d" + good.substr(9),
                                  " " + good,
                                  good + "\n",
                                  "$argon2id$v=16$m=64,t=1,p=1" + tail,
                                  "$argon2id$m=64,t=1,p=1" + tail,
                                  "$argon2id$v=19$m=4294967295,t=1,p=1" + tail,
                                  "$argon2id$v=19$m=2097152,t=1,p=1" + tail,
                                  "$argon2id$v=19$m=64,t=4294967295,p=1" + tail,
                                  "$argon2id$v=19$m=64,t=1,p=16777215" + tail,
                                  "$argon2id$v=19$m=-1,t=1,p=1" + tail,
                                  "$argon2id$v=19$m=064,t=1,p=1" + tail,
                                  "$argon2id$v=19$m=64,t=0,p=1" + tail,
                                  "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"};
  std::string nul = good, alphabet = good;
  nul[nul.size() - 5] = '\0';
  alphabet[alphabet.size() - 5] = '*';
  bad.push_back(nul);
  bad.push_back(alphabet);
  for (const std::string& encoded : bad) {
    EXPECT_EQ(quick_->Verify(kPassword, encoded, {}).code(), Code::kStorageCorrupt) << encoded;
    EXPECT_EQ(quick_->Verify(kPassword, encoded, {}).status().text().find("$"), std::string::npos);
  }
  std::printf("COUNT password_hash_damage %zu\n", bad.size());
}

TEST_F(Passwords, AnyOtherCharacterInAHashNeverMatches) {
  const std::string good = quick_->Hash(kPassword, {}).value();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = bad[at] == 'B' ? 'C' : 'B';
    const Result<bool> match = quick_->Verify(kPassword, bad, {});
    ASSERT_FALSE(match.ok() && match.value()) << at;
  }
}

TEST_F(Passwords, TooLongTriesAreRefusedWithoutHashing) {
  const std::string good = quick_->Hash(kPassword, {}).value();
  const std::string huge(std::size_t{1} << 24, 'x');
  EXPECT_FALSE(quick_->Verify(huge, good, {}).value());
  EXPECT_TRUE(quick_->DummyVerify(huge, {}).ok());
}

TEST_F(Passwords, UnknownAccountsCostAsMuchAsKnownOnes) {
  const auto hasher = PasswordHasher::Create({}, *entropy_).value();
  const std::string encoded = hasher->Hash(kPassword, {}).value();
  const auto time_of = [](auto&& work) {
    const std::int64_t start = ThreadCpuNs();
    work();
    return static_cast<double>(ThreadCpuNs() - start);
  };
  // The least of each, taken in turn, until a busy machine has let both run undisturbed once.
  double real = 1e18, dummy = 1e18;
  const auto alike = [&] { return dummy < real * 1.5 && dummy > real / 1.5; };
  for (int i = 0; i < 7 || (i < 100 && !alike()); ++i) {
    real = std::min(real,
                    time_of([&] { EXPECT_FALSE(hasher->Verify("wrong", encoded, {}).value()); }));
    dummy = std::min(dummy, time_of([&] { EXPECT_TRUE(hasher->DummyVerify("wrong", {}).ok()); }));
  }
  std::printf("FIGURE argon2id_verify_ms %.2f dummy_ms %.2f\n", real / 1e6, dummy / 1e6);
  EXPECT_LT(dummy, real * 1.5);
  EXPECT_GT(dummy, real / 1.5);
}

TEST_F(Passwords, WaitersForOneTurnAllGetIt) {
  const auto one = Make({8'192, 1, 1}, 1);
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] { done += one->DummyVerify(kPassword, {}).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 6);
}

TEST_F(Passwords, WhoGetsNoTurnByTheDeadlineHearsBusy) {
  const auto slow = Make({65'536, 24, 1}, 1);  // about a second
  std::atomic<bool> done{false};
  std::thread holder([&] {
    EXPECT_TRUE(slow->DummyVerify(kPassword, {}).ok());
    done = true;
  });
  // The holder may not have taken its turn yet: ask until it has.
  const std::string encoded = quick_->Hash(kPassword, {}).value();
  Result<bool> refused = true;
  while (refused.ok() && !done)
    refused = slow->Verify(kPassword, encoded, Deadline::After({.timeout_ms = 0}));
  EXPECT_EQ(refused.code(), Code::kBusy);
  const std::int64_t start = MonotonicNs();
  const Code hash = slow->Hash(kPassword, Deadline::After({.timeout_ms = 20})).code();
  const Code dummy = slow->DummyVerify(kPassword, Deadline::After({.timeout_ms = 20})).code();
  const double waited_ms = static_cast<double>(MonotonicNs() - start) / 1e6;
  EXPECT_EQ(hash, Code::kBusy);
  EXPECT_EQ(dummy, Code::kBusy);
  EXPECT_GE(waited_ms, 40.0);
  EXPECT_TRUE(slow->Verify(kPassword, encoded, {}).value()) << "without a deadline the turn comes";
  holder.join();
}

TEST_F(Passwords, ManyCallersAllGetTheirTurn) {
  const auto two = Make(kQuick, 2);
  const std::string encoded = two->Hash(kPassword, {}).value();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  const int each = Scaled(500);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < each; ++j) good += two->Verify(kPassword, encoded, {}).value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8 * each);
}

TEST_F(Passwords, NoMemoryIsACodeAndNotACrash) {
  if (SEATHOLD_SANITIZED) GTEST_SKIP() << "sanitizers reserve more address space than any limit";
  const auto hasher =
      PasswordHasher::Create({.cost = {1u << 20, 1, 1}, .is_blocked = {}}, *entropy_).value();
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{.rlim_cur = 512u << 20, .rlim_max = 512u << 20};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(2);
    const Code hash = hasher->Hash(kPassword, {}).code();
    const Code dummy = hasher->DummyVerify(kPassword, {}).code();
    ::_exit(hash == Code::kOutOfMemory && dummy == Code::kOutOfMemory ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace seathold::testing

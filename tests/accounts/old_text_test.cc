// Text of accounts in more than one form: passwords and ids, those of release 0.1 among them.
#include <argon2.h>

#include <array>

#include "src/accounts/key_ring.h"
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr std::string_view kAddress = "ann@example.org";
constexpr std::string_view kComposed = "pässwörtlich", kDecomposed = "pa\u0308sswo\u0308rtlich";

struct Home {
  HallFolder folder;
  Hall hall;

  void Open() {
    hall.path = folder.File("people.db");
    ASSERT_NO_FATAL_FAILURE(hall.Open());
  }
  Accounts& accounts() { return hall.engine->accounts(); }
  Code Login(std::string_view password) {
    return accounts().Login(kAddress, password).status().code();
  }
};

TEST(PasswordForms, OpenTheSameAccount) {
  Home home;
  ASSERT_NO_FATAL_FAILURE(home.Open());
  const auto user = home.accounts().Register(kAddress, kDecomposed);
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(home.Login(kComposed), Code::kOk);
  EXPECT_EQ(home.Login(kDecomposed), Code::kOk);
  EXPECT_EQ(home.Login("passwortlich"), Code::kBadCredentials);
  ASSERT_TRUE(home.accounts().ChangePassword(*user, kComposed, "zwölf Stühle").ok());
  EXPECT_EQ(home.Login("zwo\u0308lf\u00A0Stu\u0308hle"), Code::kOk);
  EXPECT_EQ(home.Login(kComposed), Code::kBadCredentials);
  EXPECT_EQ(home.accounts().Register("ben@example.org", "long enough 가\u11A7").status().code(),
            Code::kInvalidText);
}

// The hash that release 0.1 made: of the bytes as typed.
std::string HashOf(std::string_view password) {
  std::array<char, 128> encoded{};
  EXPECT_EQ(argon2id_hash_encoded(1, 8, 1, password.data(), password.size(), "saltsaltsaltsalt", 16,
                                  32, encoded.data(), encoded.size()),
            ARGON2_OK);
  return encoded.data();
}

TEST(PasswordForms, OfRelease01StillOpenAndThenBothDo) {
  Home home;
  ASSERT_NO_FATAL_FAILURE(home.Open());
  ASSERT_TRUE(home.accounts().Register(kAddress, "another one before").ok());
  home.hall.engine.reset();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(home.hall.path.c_str(), &db), SQLITE_OK);
  const std::string update = "UPDATE logins SET password_hash = '" + HashOf(kDecomposed) + "'";
  EXPECT_EQ(sqlite3_exec(db, update.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  ASSERT_NO_FATAL_FAILURE(home.hall.Open());
  EXPECT_EQ(home.Login(kComposed), Code::kOk) << "its hash is of the other form";
  EXPECT_EQ(home.Login(kDecomposed), Code::kOk);
}

TEST(TextIds, AreOneInEveryNormalForm) {
  Home home;
  ASSERT_NO_FATAL_FAILURE(home.Open());
  const auto user = home.accounts().UserIdFor("José");
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(home.accounts().UserIdFor("Jose\u0301").value(), *user);
  for (const char* other : {"jose\u0301", "José ", "Jose", "Jos\u200Bé"}) {
    EXPECT_NE(home.accounts().UserIdFor(other).value(), *user) << "a host's ids differ by bytes";
  }
  for (const char* bad : {"가\u11A7", "x\u0378"}) {
    EXPECT_EQ(home.accounts().UserIdFor(bad).status().code(), Code::kInvalidText);
  }
}

// Two numbers of release 0.1, which knew an id by its bytes.
TEST(TextIds, OfRelease01KeepTheirNumbers) {
  Home home;
  ASSERT_NO_FATAL_FAILURE(home.Open());
  const auto one = home.accounts().UserIdFor("José"), two = home.accounts().UserIdFor("ben");
  ASSERT_TRUE(one.ok() && two.ok());
  home.hall.engine.reset();
  const auto mac = KeyRing::Load(home.hall.path + ".keys").value()->HashExternalId("Jose\u0301");
  ASSERT_TRUE(mac.ok());
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(home.hall.path.c_str(), &db), SQLITE_OK);
  sqlite3_stmt* update = nullptr;
  sqlite3_prepare_v2(db, "UPDATE external_users SET digest = ? WHERE \"user\" = ?", -1, &update,
                     nullptr);
  sqlite3_bind_blob(update, 1, mac->data(), sizeof(Uuid), SQLITE_STATIC);
  sqlite3_bind_int64(update, 2, static_cast<sqlite3_int64>(two->value));
  EXPECT_EQ(sqlite3_step(update), SQLITE_DONE);
  EXPECT_EQ(sqlite3_changes(db), 1);
  sqlite3_finalize(update);
  sqlite3_close(db);
  ASSERT_NO_FATAL_FAILURE(home.hall.Open());
  EXPECT_EQ(home.accounts().UserIdFor("José").value(), *one);
  EXPECT_EQ(home.accounts().UserIdFor("Jose\u0301").value(), *two);
}

}  // namespace
}  // namespace seathold::testing

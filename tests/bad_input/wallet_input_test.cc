// Money that must not move, people who must not be made.
#include "tests/bad_input/bad_hall.h"

namespace seathold::testing {
namespace {

class WalletInput : public BadInput {
 protected:
  ChargeRequest Good() { return {hall_.NewTransfer(), UserId{1}, Money{100, kEuro}, "card"}; }
  void ExpectBothRefuse(const ChargeRequest& request, Code code) {
    TransferReply reply = hall_.engine->wallet().Charge(request);
    EXPECT_EQ(reply.status.code(), code);
    reply = hall_.engine->wallet().Withdraw(request);
    EXPECT_EQ(reply.status.code(), code);
  }
};

TEST_F(WalletInput, TransferWithAZeroId) {
  ChargeRequest request = Good();
  request.id = {};
  ExpectBothRefuse(request, Code::kInvalidArgument);
  request = Good();
  request.user = {};
  ExpectBothRefuse(request, Code::kInvalidArgument);
}

TEST_F(WalletInput, TransferOfAnAmountOutOfRange) {
  ChargeRequest request = Good();
  for (const std::int64_t minor :
       {std::int64_t{0}, std::int64_t{-1}, kAmountMinorMax + 1, INT64_MIN, INT64_MAX}) {
    request.amount.minor = minor;
    ExpectBothRefuse(request, Code::kAmountOutOfRange);
  }
}

TEST_F(WalletInput, ChargeThatWouldPassTheHighestBalance) {
  ChargeRequest request = Good();
  request.amount.minor = kAmountMinorMax;  // user 1 has 5,000
  TransferReply reply = hall_.engine->wallet().Charge(request);
  EXPECT_EQ(reply.status.code(), Code::kAmountOutOfRange);
  request.amount.minor = kAmountMinorMax - 5 * kSeatPriceMinor + 1;
  reply = hall_.engine->wallet().Charge(request);
  EXPECT_EQ(reply.status.code(), Code::kAmountOutOfRange);
}

TEST_F(WalletInput, WithdrawalOfMoreThanThereIsIsKeptUnderItsId) {
  ChargeRequest request = Good();
  request.amount.minor = 5 * kSeatPriceMinor + 1;
  TransferReply reply;
  for (int i = 0; i < 2; ++i) {
    reply = hall_.engine->wallet().Withdraw(request);
    EXPECT_EQ(reply.status.code(), Code::kInsufficientFunds);
    EXPECT_EQ(reply.replayed, i == 1);
  }
  kept_ = 1;
}

TEST_F(WalletInput, TransferInACurrencyThatIsNone) {
  ChargeRequest request = Good();
  for (const Currency bad : {Currency{}, Currency{{'E', 'U'}}, Currency{{'e', 'u', 'r'}},
                             Currency{{'E', 'U', '\xFF'}}, Currency{{'1', '2', '3'}}}) {
    request.amount.currency = bad;
    ExpectBothRefuse(request, Code::kInvalidArgument);
    EXPECT_EQ(hall_.engine->wallet().Balance(UserId{1}, bad).status().code(),
              Code::kInvalidArgument);
    EXPECT_EQ(hall_.engine->wallet().Statement(UserId{1}, bad, 0, 1).status().code(),
              Code::kInvalidArgument);
  }
}

TEST_F(WalletInput, ChargeInACurrencyThatIso4217DoesNotList) {
  ChargeRequest request = Good();
  for (const char* code : {"ZZZ", "DEM", "HRK", "XXX", "XAU"}) {
    request.amount.currency = *CurrencyOfLetters(code);
    TransferReply reply = hall_.engine->wallet().Charge(request);
    EXPECT_EQ(reply.status.code(), Code::kInvalidArgument) << code;
    EXPECT_EQ(reply.status.detail(), "currency \"" + std::string(code) +
                                         "\" is not one of ISO 4217; a code such as EUR is wanted");
  }
}

TEST_F(WalletInput, TransferWithAReferenceThatIsNoText) {
  ChargeRequest request = Good();
  for (const std::string_view bad : kBadTexts) {
    request.reference = bad;
    ExpectBothRefuse(request, Code::kInvalidText);
  }
  for (const std::string_view steers : {"a\u202Eb", "a\u0378", "a\u2028b", "가\u11A7"}) {
    request.reference = steers;
    ExpectBothRefuse(request, Code::kInvalidText);
  }
  const std::string too_long(201, 'r');
  request.reference = too_long;
  ExpectBothRefuse(request, Code::kInvalidText);
}

TEST_F(WalletInput, TransferWithTheIdOfAnother) {
  const ConfirmRequest pay = GoodConfirm();
  ChargeRequest request = Good();
  TransferReply reply = hall_.engine->wallet().Charge(request);
  ASSERT_TRUE(reply.status.ok());
  request.amount.minor = 100;
  ChargeRequest back = Good();
  reply = hall_.engine->wallet().Withdraw(back);  // as it was
  ASSERT_TRUE(reply.status.ok());
  AcceptAsIs();
  ChargeRequest other = request;
  other.amount.minor = 101;
  ExpectBothRefuse(other, Code::kIdempotencyMismatch);
  other = request;
  other.user = UserId{2};
  ExpectBothRefuse(other, Code::kIdempotencyMismatch);
  ConfirmRequest same_id = pay;
  same_id.payment = request.id;
  EXPECT_EQ(Try(same_id), Code::kIdempotencyMismatch);
}

TEST_F(WalletInput, ReadsOutOfRange) {
  Wallet& wallet = hall_.engine->wallet();
  EXPECT_EQ(wallet.Balance({}, kEuro).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(wallet.Statement({}, kEuro, 0, 1).status().code(), Code::kInvalidArgument);
  for (const int lines : {0, -1, INT32_MIN, 10'001, INT32_MAX}) {
    EXPECT_EQ(wallet.Statement(UserId{1}, kEuro, 0, lines).status().code(), Code::kInvalidArgument);
  }
  EXPECT_EQ(wallet.Statement(UserId{1}, kEuro, UINT64_MAX, 1).status().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(wallet.Statement(UserId{1}, kEuro, INT64_MAX, 10'000)->size(), 0u);
  EXPECT_EQ(wallet.Balance(UserId{UINT64_MAX}, kEuro)->minor, 0);
  for (const bool settle : {false, true}) {
    EXPECT_EQ(wallet.GetTransfer({}, settle).status().code(), Code::kInvalidArgument);
    EXPECT_EQ(wallet.GetTransfer(kStrangeTransfer, settle).status().code(), Code::kUnknownTransfer);
  }
}

class AccountsInput : public BadInput {
 protected:
  Accounts& accounts() { return hall_.engine->accounts(); }
};

TEST_F(AccountsInput, EmailThatIsNone) {
  for (const std::string_view bad : {""sv, "ada"sv, "@b"sv, "a@"sv, "a@b@c"sv, "a b@c"sv}) {
    EXPECT_EQ(accounts().Register(bad, "a good phrase").status().code(), Code::kInvalidArgument);
    EXPECT_EQ(accounts().Login(bad, "a good phrase").status().code(), Code::kBadCredentials);
    ++kept_;  // a failed login is counted, whatever its address
  }
  for (const std::string_view bad : kBadTexts) {
    const std::string email = std::string(bad) + "@example.org";
    EXPECT_EQ(accounts().Register(email, "a good phrase").status().code(), Code::kInvalidText);
    EXPECT_EQ(accounts().Login(email, "a good phrase").status().code(), Code::kBadCredentials);
    ++kept_;
  }
  const std::string too_long = std::string(1'000, 'a') + "@example.org";
  EXPECT_EQ(accounts().Register(too_long, "a good phrase").status().code(), Code::kInvalidText);
}

TEST_F(AccountsInput, PasswordThatIsNone) {
  for (const std::string& weak : {std::string(), std::string("1234567"), std::string("password"),
                                  std::string(12, 'a'), std::string(1'025, 'x') + "y"}) {
    EXPECT_EQ(accounts().Register("a@b.example", weak).status().code(), Code::kPasswordWeak);
  }
  EXPECT_EQ(accounts().Register("a@b.example", "eight or more \xFF").status().code(),
            Code::kInvalidText);
  EXPECT_EQ(accounts().Login("a@b.example", "").status().code(), Code::kBadCredentials);
  kept_ = 1;
}

TEST_F(AccountsInput, UserThatIsNoAccount) {
  for (const UserId user : {UserId{}, UserId{1}, UserId{kEngineUserBit | 1}, UserId{UINT64_MAX}}) {
    EXPECT_EQ(accounts().ChangePassword(user, "a good phrase", "another phrase").code(),
              Code::kUnknownUser);
    EXPECT_EQ(accounts().Disable(user).code(), Code::kUnknownUser);
    EXPECT_EQ(accounts().Erase(user).code(), Code::kUnknownUser);
  }
}

TEST_F(AccountsInput, TextIdThatIsNone) {
  EXPECT_EQ(accounts().UserIdFor("").status().code(), Code::kInvalidArgument);
  EXPECT_EQ(accounts().UserIdFor(std::string(201, 'e')).status().code(), Code::kInvalidText);
  for (const std::string_view bad : kBadTexts) {
    EXPECT_EQ(accounts().UserIdFor(bad).status().code(), Code::kInvalidText);
  }
}

TEST_F(AccountsInput, TokenThatIsNone) {
  const std::string huge(100'000, 'A');
  for (const std::string_view bad :
       {""sv, "."sv, ".."sv, "a.b.c"sv, "\0"sv, std::string_view(huge)}) {
    EXPECT_EQ(accounts().Authenticate(bad).status().code(), Code::kAccessDenied);
  }
  for (const std::string_view bad : kBadTexts) {
    EXPECT_EQ(accounts().Authenticate(bad).status().code(), Code::kAccessDenied);
  }
}

}  // namespace
}  // namespace seathold::testing

// What no caller should do, done to every function: NULLs, lengths of nothing and of everything,
// wild numbers, handles that are none, buffers a byte short. Each call must answer with a code,
// touch nothing behind a buffer (each one ends where a page begins that nobody may touch), and
// leave the books as they were when it refuses.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <type_traits>

#include "tests/capi/office.h"

namespace seathold_test {
namespace {

// Memory whose last byte lies before a page that nobody may touch.
class Guarded {
 public:
  explicit Guarded(std::size_t size) : size_(size) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    mapped_ = (size + page - 1) / page * page + page;
    base_ = static_cast<char*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base_ + mapped_ - page, page, PROT_NONE);
    data_ = base_ + mapped_ - page - size;
  }
  Guarded(Guarded&& other) noexcept
      : size_(other.size_),
        mapped_(other.mapped_),
        base_(std::exchange(other.base_, nullptr)),
        data_(other.data_) {}
  ~Guarded() {
    if (base_ != nullptr) munmap(base_, mapped_);
  }
  char* data() const { return data_; }

 private:
  std::size_t size_, mapped_ = 0;
  char* base_ = nullptr;
  char* data_ = nullptr;
};

// The pages that the arguments of one test live in.
class Pages {
 public:
  template <class T>
  T* New(const T& value = T{}, std::size_t n = 1) {
    blocks_.emplace_back(sizeof(T) * n);
    T* at = reinterpret_cast<T*>(blocks_.back().data());
    for (std::size_t i = 0; i < n; ++i)
      std::memcpy(static_cast<void*>(at + i), &value, sizeof value);
    return at;
  }
  char* Text(const std::string& text) {
    blocks_.emplace_back(text.size());
    std::memcpy(blocks_.back().data(), text.data(), text.size());
    return blocks_.back().data();
  }

 private:
  std::vector<Guarded> blocks_;
};

// Values that no argument of a type should have.
template <class T>
std::vector<T> Hostile() {
  if constexpr (std::is_pointer_v<T>) {
    return {nullptr};
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {  // also size_t: lengths
    // Not the last one, SEATHOLD_NUL_ENDED: what these texts end in is a page.
    return {0, std::uint64_t{1} << 40, std::uint64_t{1} << 63, std::numeric_limits<T>::max() - 7,
            std::numeric_limits<T>::max() - 1};
  } else {
    return {0, static_cast<T>(-1), std::numeric_limits<T>::min(), std::numeric_limits<T>::max(),
            static_cast<T>(0x5A5A5A5A)};
  }
}

class CAbuse : public ::testing::Test {
 protected:
  CAbuse() : office("memory:", true) {
    office.Charge(1, kAnn, 20'000);
    const seathold_join_request join{office.show, kAnn};
    seathold_queue_join(office.engine, &join, 1, &place, kWait, nullptr);
    seat = {office.Seat(0), 0, 0};
    digest = office.Digest();
  }

  // Money decisions are kept under their ids, so they change the books and say so.
  static bool IsKept(seathold_status code) {
    return code == SEATHOLD_E_INSUFFICIENT_FUNDS || code == SEATHOLD_E_PRICE_MISMATCH;
  }

  void Judge(const std::string& what, seathold_status code, const seathold_error& error) {
    ++calls;
    ASSERT_TRUE(known.contains(code)) << what << " answered " << code;
    ASSERT_EQ(error.code, code) << what;
    ASSERT_LT(error.message_len, sizeof error.message) << what;
    ASSERT_EQ(std::strlen(error.message), error.message_len) << what;
    const std::string after = office.Digest();
    if (code != SEATHOLD_OK && !IsKept(code)) {
      ++refused;
      ASSERT_EQ(after, digest) << what << " was refused with " << error.message
                               << " and changed it";
    }
    digest = after;
  }

  // Calls `fn` with one argument after the other replaced by what it should not be.
  template <class... A>
  void Abuse(const char* name, seathold_status (*fn)(seathold_engine, A...),
             const std::type_identity_t<A>&... valid) {
    const auto arguments = std::make_tuple(office.engine, valid...);
    for (const seathold_engine handle : {seathold_engine{0}, closed, office.engine + 1,
                                         office.engine ^ 0x10000, ~seathold_engine{0}}) {
      auto changed = arguments;
      std::get<0>(changed) = handle;
      seathold_error error{};
      SetError(&changed, &error);
      const seathold_status code = std::apply(fn, changed);
      Judge(std::string(name) + " on a dead handle", code, error);
      EXPECT_EQ(code, SEATHOLD_E_BAD_HANDLE) << name << ": " << error.message;
    }
    ReplaceEach(name, fn, arguments, std::index_sequence_for<A...>());
  }

  template <class Fn, class Tuple, std::size_t... I>
  void ReplaceEach(const char* name, Fn fn, const Tuple& arguments, std::index_sequence<I...>) {
    (Replace<I + 1>(name, fn, arguments), ...);
  }

  template <std::size_t I, class Fn, class Tuple>
  void Replace(const char* name, Fn fn, const Tuple& arguments) {
    using T = std::tuple_element_t<I, Tuple>;
    for (const T& hostile : Hostile<T>()) {
      auto changed = arguments;
      seathold_error error{};
      SetError(&changed, &error);
      std::get<I>(changed) = hostile;
      const seathold_status code = std::apply(fn, changed);
      if constexpr (std::is_same_v<T, seathold_error*>) error = TellAgain(code);
      std::ostringstream what;
      what << name << ", argument " << I << " = " << hostile;
      Judge(what.str(), code, error);
      if (HasFatalFailure()) return;
    }
  }

  template <class Tuple>
  static void SetError(Tuple* arguments, seathold_error* error) {
    std::get<std::tuple_size_v<Tuple> - 1>(*arguments) = error;
  }
  static seathold_error TellAgain(seathold_status code) {
    seathold_error error{};
    error.code = code;
    return error;
  }

  static std::set<seathold_status> KnownCodes() {
    std::set<seathold_status> codes;
    for (std::size_t i = 0; i < seathold_code_count(); ++i) {
      seathold_code_info info;
      seathold_code_at(i, &info, nullptr);
      codes.insert(info.code);
    }
    return codes;
  }
  static seathold_engine ClosedEngine() {
    Office other;
    const seathold_engine engine = other.engine;
    EXPECT_EQ(seathold_close(engine, kWait, nullptr), SEATHOLD_OK);
    return std::exchange(other.engine, 0);
  }

  const std::set<seathold_status> known = KnownCodes();
  const seathold_engine closed = ClosedEngine();
  Office office;
  Pages pages;
  seathold_place place{};
  seathold_seat_ticket seat{};
  std::string digest;
  int calls = 0, refused = 0;
  static constexpr seathold_error* kNone = nullptr;
};

TEST_F(CAbuse, OfReservations) {
  auto* hold = pages.New(office.HoldRequest(1, kAnn));
  hold->pass_n = static_cast<std::uint32_t>(std::strlen(place.pass.text));
  const char* pass = pages.Text(place.pass.text);
  Abuse("hold", seathold_hold, hold, 1, pages.New(seat), 1, pass, hold->pass_n,
        pages.New<seathold_hold_result>(), pages.New<seathold_seat_conflict>({}, 16), 16,
        pages.New<std::size_t>(), kWait, kNone);
  seathold_best_request wish{};
  wish.id[0] = 9;
  wish.user = kAnn;
  wish.performance = office.performance;
  wish.seats_n = 1;
  wish.pass_n = hold->pass_n;
  Abuse("hold_best", seathold_hold_best, pages.New(wish), 1, pass, hold->pass_n,
        pages.New<seathold_hold_result>(), pages.New<seathold_seat_ticket>({}, 16), 16,
        pages.New<std::size_t>(), kWait, kNone);
  Abuse("confirm", seathold_confirm, pages.New(office.ConfirmRequest(1, MakeId(1, 1), kAnn)), 1,
        pages.Text("ref"), 3, pages.New<seathold_pay_result>(), kWait, kNone);
  seathold_refund_request refund{};
  refund.id[0] = refund.hold[0] = 1;
  refund.performance = office.performance;
  Abuse("refund", seathold_refund, pages.New(refund), 1, pages.New<seathold_pay_result>(), kWait,
        kNone);
  seathold_cancel_request cancel{};
  cancel.hold[0] = 9;
  cancel.performance = office.performance;
  cancel.user = kAnn;
  Abuse("cancel", seathold_cancel, pages.New(cancel), 1, pages.New<seathold_status>(), kWait,
        kNone);
  Abuse("block", seathold_block, office.performance, pages.New(office.Seat(50)), 1,
        pages.Text("why"), 3, pages.New<seathold_status>(), kWait, kNone);
  Abuse("unblock", seathold_unblock, office.performance, pages.New(office.Seat(50)), 1,
        pages.New<seathold_status>(), kWait, kNone);
  EXPECT_GT(refused, 100);
  std::printf("COUNT abuses %d, refused %d\n", calls, refused);
}

TEST_F(CAbuse, OfReading) {
  const auto* id = reinterpret_cast<const std::uint8_t*>(pages.New(MakeId(1, 1)));
  auto* view = pages.New<seathold_hold_view>();
  auto* n = pages.New<std::size_t>();
  Abuse("hold_get", seathold_hold_get, office.performance, id, 0, view, kWait, kNone);
  Abuse("hold_list_user", seathold_hold_list_user, kAnn, 0, id, view, 1, n, kWait, kNone);
  Abuse("hold_list_performance", seathold_hold_list_performance, office.performance, id, view, 1, n,
        kWait, kNone);
  auto* version = pages.New<seathold_map_version>({99, 99});
  Abuse("map_read", seathold_map_read, office.performance, version,
        pages.New<std::uint8_t>(0, kSeats / 4), kSeats / 4, n, pages.New<seathold_map_info>(),
        kWait, kNone);
  Abuse("map_changes", seathold_map_changes, office.performance, version,
        pages.New<seathold_seat_change>({}, kSeats), kSeats, n, pages.New<seathold_map_version>(),
        kWait, kNone);
  Abuse("availability_read", seathold_availability_read, office.performance,
        pages.New<seathold_availability>(), kWait, kNone);
  Abuse("feed_poll", seathold_feed_poll, office.performance, 0,
        pages.New<seathold_feed_event>({}, 16), 16, n, 0, kWait, kNone);
  Abuse("feed_trim", seathold_feed_trim, office.performance, 0, kWait, kNone);
  Abuse("seat_list", seathold_seat_list, office.performance,
        pages.New<seathold_seat_view>({}, kSeats), kSeats, n, kWait, kNone);
  Abuse("seat_find", seathold_seat_find, office.performance, pages.Text("A-1"), 3,
        pages.New<std::uint64_t>(), kWait, kNone);
  char* text = pages.New<char>('\0', 8'192);
  Abuse("seat_read", seathold_seat_read, seat.seat, text, 8'192, n, kWait, kNone);
  EXPECT_GT(refused, 150);
}

TEST_F(CAbuse, OfTheCatalogue) {
  auto* made = pages.New<std::uint64_t>();
  auto* n = pages.New<std::size_t>();
  char* text = pages.New<char>('\0', 32'768);
  const std::string plan = "section,row,seat,category\nHall,A,1-10,Full\n",
                    options = R"({"name":"C"})";
  Abuse("venue_import", seathold_venue_import, SEATHOLD_PLAN_CSV, pages.Text(plan), plan.size(),
        pages.Text(options), options.size(), made, text, 32'768, n, kWait, kNone);
  const std::string hall = R"({"name":"H","rows":1,"seats_per_row":1,"categories":1})";
  Abuse("venue_make", seathold_venue_make, pages.Text(hall), hall.size(), made, kWait, kNone);
  Abuse("venue_plan", seathold_venue_plan, office.venue, text, 32'768, n, kWait, kNone);
  Abuse("venue_list", seathold_venue_list, text, 32'768, n, kWait, kNone);
  const std::string show = R"({"title":"S"})";
  Abuse("show_add", seathold_show_add, pages.Text(show), show.size(), made, kWait, kNone);
  Abuse("show_list", seathold_show_list, text, 32'768, n, kWait, kNone);
  const std::string date = R"({"show":1,"venue":1,"currency":"EUR"})";
  Abuse("performance_add", seathold_performance_add, pages.Text(date), date.size(), made, kWait,
        kNone);
  Abuse("performance_list", seathold_performance_list, office.show, 0, text, 32'768, n, kWait,
        kNone);
  Abuse("performance_sale_set", seathold_performance_sale_set, office.performance, 1, kWait, kNone);
  EXPECT_GT(refused, 100);
}

TEST_F(CAbuse, OfTheEngine) {
  auto* n = pages.New<std::size_t>();
  char* text = pages.New<char>('\0', 16'384);
  Abuse("sweep", seathold_sweep, 10, pages.New<std::uint32_t>(), kWait, kNone);
  Abuse("verify", seathold_verify, pages.New<std::int32_t>(), text, 16'384, n, kWait, kNone);
  Abuse("backup", seathold_backup, pages.Text("/nowhere/x"), 10, kWait, kNone);
  Abuse("keys_rotate", seathold_keys_rotate, kNone);
  Abuse("stats_read", seathold_stats_read, text, 16'384, n, kNone);
  auto* histograms = pages.New(seathold_histogram{}, 4);
  Abuse("histogram_list", seathold_histogram_list, histograms, 4, n, kNone);
  Abuse("log_poll", seathold_log_poll, text, 16'384, n, kNone);
  Abuse("clock_read", seathold_clock_read, pages.New<std::int64_t>(), kNone);
  Abuse("clock_set", seathold_clock_set, kStartUs, kNone);
  Abuse("id_new", seathold_id_new, pages.New<std::uint8_t>(0, 16), 1, kNone);
  EXPECT_GT(refused, 50);
}

TEST_F(CAbuse, OfQueueWalletAndAccounts) {
  auto* n = pages.New<std::size_t>();
  auto* user = pages.New<std::uint64_t>();
  auto* until = pages.New<std::int64_t>();
  auto* out = pages.New<seathold_place>();
  Abuse("queue_join", seathold_queue_join, pages.New(seathold_join_request{office.show, kBob}), 1,
        out, kWait, kNone);
  Abuse("queue_poll", seathold_queue_poll, pages.New(place.token), 1, out, kWait, kNone);
  Abuse("queue_admit", seathold_queue_admit, office.show, 1, pages.New<std::uint32_t>(), kWait,
        kNone);
  Abuse("queue_leave", seathold_queue_leave, pages.New(place.token), 1,
        pages.New<seathold_status>(), kWait, kNone);
  Abuse("queue_revoke", seathold_queue_revoke, office.show, kBob, kWait, kNone);
  Abuse("queue_stats", seathold_queue_stats, office.show, pages.New<seathold_line_stats>(), kWait,
        kNone);
  seathold_charge_request charge{};
  charge.id[0] = 5;
  charge.user = kAnn;
  charge.amount_minor = 1;
  std::memcpy(charge.currency, "EUR", 4);
  auto* moved = pages.New<seathold_transfer_result>();
  Abuse("charge", seathold_charge, pages.New(charge), 1, pages.Text("r"), 1, moved, kWait, kNone);
  charge.id[0] = 6;
  Abuse("withdraw", seathold_withdraw, pages.New(charge), 1, pages.Text("r"), 1, moved, kWait,
        kNone);
  const char* eur = pages.Text(std::string("EUR\0", 4));
  Abuse("balance_read", seathold_balance_read, kAnn, eur, until, kWait, kNone);
  Abuse("statement_read", seathold_statement_read, kAnn, eur, 0,
        pages.New<seathold_statement_line>({}, 16), 16, n, kWait, kNone);
  Abuse("transfer_get", seathold_transfer_get, pages.New(charge)->id, 0,
        pages.New<seathold_transfer_view>(), kWait, kNone);
  const std::string email = "a@example.org", secret = "a long enough secret";
  const char *mail = pages.Text(email), *word = pages.Text(secret);
  Abuse("account_register", seathold_account_register, mail, email.size(), word, secret.size(),
        user, kWait, kNone);
  char* token = pages.New<char>('\0', 1'024);
  Abuse("account_login", seathold_account_login, mail, email.size(), word, secret.size(), token,
        1'024, n, user, until, kWait, kNone);
  Abuse("account_authenticate", seathold_account_authenticate, token, 1'024, user, until, kWait,
        kNone);
  Abuse("account_password_change", seathold_account_password_change, *user, word, secret.size(),
        word, secret.size(), kWait, kNone);
  Abuse("account_user_for", seathold_account_user_for, mail, email.size(), user, kWait, kNone);
  Abuse("account_disable", seathold_account_disable, *user, kWait, kNone);
  Abuse("account_erase", seathold_account_erase, *user, kWait, kNone);
  EXPECT_GT(refused, 250);
}

TEST_F(CAbuse, OfCallsWithoutAnEngine) {
  constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max() - 1;
  char* text = pages.New<char>('\0', SEATHOLD_ID_TEXT_SIZE);
  auto* id = pages.New<std::uint8_t>(1, 16);
  auto* engine = pages.New<seathold_engine>();
  auto* options = pages.New<seathold_options>(OptionsFor("memory:"));
  const auto refused_as = [](seathold_status code, seathold_status wanted) {
    EXPECT_EQ(code, wanted);
  };
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{183}, kHuge}) {
    refused_as(seathold_options_init(options, size, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  }
  refused_as(seathold_options_init(nullptr, sizeof *options, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_open(nullptr, engine, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_open(options, nullptr, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  for (const std::uint32_t size : {0u, 1u, 183u, 4'097u, UINT32_MAX}) {
    options->struct_size = size;
    refused_as(seathold_open(options, engine, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
    EXPECT_EQ(*engine, 0u);
  }
  refused_as(seathold_code_at(kHuge, nullptr, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_format(nullptr, text, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_format(id, nullptr, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_format(id, text, nullptr), SEATHOLD_OK);
  refused_as(seathold_id_parse(nullptr, 36, id, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_parse(text, kHuge, id, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_parse(text, 0, id, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_from_text(nullptr, 36, id, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_from_text(text, kHuge, id, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_from_text(text, 0, id, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_id_from_text(text, 36, nullptr, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_money_format(1, nullptr, text, 36, nullptr, nullptr),
             SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(
      seathold_money_format(1, pages.Text(std::string("E\0", 2)), text, 36, nullptr, nullptr),
      SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_money_format(1, "EUR", nullptr, 36, nullptr, nullptr),
             SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_build_info(nullptr, kHuge, nullptr, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_EQ(seathold_has_feature(text, kHuge), 0);
  for (const seathold_status code : {INT32_MIN, -1, 1, 999, 1'300, INT32_MAX}) {
    EXPECT_STREQ(seathold_code_text(code), "unknown code");
  }
  refused_as(seathold_close(0, INT64_MIN, nullptr), SEATHOLD_OK);
  refused_as(seathold_close(office.engine, INT64_MIN, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  refused_as(seathold_close(office.engine, INT64_MAX, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_EQ(office.Digest(), digest) << "a close with a wild timeout closes nothing";
}

// Every text and array, in buffers one short of what it takes.
TEST_F(CAbuse, OfBuffersOneShort) {
  using Call = std::function<seathold_status(char*, std::size_t, std::size_t*)>;
  std::int32_t clean = 0;
  seathold_map_info info{};
  const std::vector<std::pair<std::size_t, Call>> texts = {
      {1,
       [&](char* out, std::size_t cap, std::size_t* needed) {
         return seathold_verify(office.engine, &clean, out, cap, needed, kWait, nullptr);
       }},
      {1,
       [&](char* out, std::size_t cap, std::size_t* needed) {
         return seathold_venue_plan(office.engine, office.venue, out, cap, needed, kWait, nullptr);
       }},
      {1,
       [&](char* out, std::size_t cap, std::size_t* needed) {
         return seathold_performance_list(office.engine, 0, 0, out, cap, needed, kWait, nullptr);
       }},
      {1,
       [&](char* out, std::size_t cap, std::size_t* needed) {
         return seathold_show_list(office.engine, out, cap, needed, kWait, nullptr);
       }},
      {1,
       [&](char* out, std::size_t cap, std::size_t* needed) {
         return seathold_money_format(1, "EUR", out, cap, needed, nullptr);
       }},
      {1, [&](char* out, std::size_t cap,
              std::size_t* needed) { return seathold_build_info(out, cap, needed, nullptr); }},
      {0,
       [&](char* out, std::size_t cap, std::size_t* needed) {
         return seathold_map_read(office.engine, office.performance, nullptr,
                                  reinterpret_cast<std::uint8_t*>(out), cap, needed, &info, kWait,
                                  nullptr);
       }},
      {0,
       [&](char* out, std::size_t cap, std::size_t* needed) {
         std::size_t n = 0;
         const seathold_status code = seathold_seat_list(
             office.engine, office.performance, reinterpret_cast<seathold_seat_view*>(out),
             cap / sizeof(seathold_seat_view), &n, kWait, nullptr);
         *needed = n * sizeof(seathold_seat_view);
         return code;
       }},
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& [nul, call] = texts[i];
    std::size_t needed = 0;
    ASSERT_EQ(call(nullptr, 0, &needed), SEATHOLD_E_BUFFER_TOO_SMALL) << "call " << i;
    ASSERT_GT(needed, 0u);
    const std::size_t enough = needed + nul;
    const Guarded short_one(enough - 1), right(enough);
    std::memset(short_one.data(), 0x5A, enough - 1);
    EXPECT_EQ(call(short_one.data(), enough - 1, &needed), SEATHOLD_E_BUFFER_TOO_SMALL) << i;
    EXPECT_EQ(short_one.data()[0], 0x5A)
        << "call " << i << " wrote into a buffer that is too small";
    EXPECT_EQ(call(right.data(), enough, &needed), SEATHOLD_OK) << "call " << i;
  }
}

// Requests of noise, beside side arrays that end at a guard page.
TEST_F(CAbuse, OfRequestsOfNoise) {
  std::uint64_t state = 88172645463325252u;
  const auto random = [&] {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
  };
  auto* hold = pages.New<seathold_hold_request>();
  auto* best = pages.New<seathold_best_request>();
  auto* confirm = pages.New<seathold_confirm_request>();
  auto* charge = pages.New<seathold_charge_request>();
  auto* held = pages.New<seathold_hold_result>();
  auto* paid = pages.New<seathold_pay_result>();
  auto* moved = pages.New<seathold_transfer_result>();
  const auto* seats = pages.New(seat, 4);
  const char* text = pages.Text("some text");
  // A valid request with a few of its words replaced.
  const auto spoil = [&](auto* request, const auto& valid) {
    *request = valid;
    auto* words = reinterpret_cast<std::uint32_t*>(request);
    for (std::uint64_t n = random() % 3 + 1; n > 0; --n) {
      const std::uint32_t values[] = {0, 1, 5, UINT32_MAX, static_cast<std::uint32_t>(random())};
      words[random() % (sizeof valid / 4)] = values[random() % 5];
    }
  };
  const seathold_hold_request valid_hold = office.HoldRequest(1, kAnn);
  seathold_best_request valid_best{};
  valid_best.id[0] = 1;
  valid_best.user = kAnn;
  valid_best.performance = office.performance;
  valid_best.seats_n = 2;
  const seathold_confirm_request valid_confirm = office.ConfirmRequest(1, MakeId(1, 1), kAnn);
  seathold_charge_request valid_charge{};
  valid_charge.user = kAnn;
  valid_charge.amount_minor = 1;
  std::memcpy(valid_charge.currency, "EUR", 4);
  for (int i = 0; i < 5'000; ++i) {
    spoil(hold, valid_hold);
    spoil(best, valid_best);
    spoil(confirm, valid_confirm);
    spoil(charge, valid_charge);
    const seathold_status codes[] = {
        seathold_hold(office.engine, hold, 1, seats, 4, text, 9, held, nullptr, 0, nullptr, kWait,
                      nullptr),
        seathold_hold_best(office.engine, best, 1, text, 9, held, nullptr, 0, nullptr, kWait,
                           nullptr),
        seathold_confirm(office.engine, confirm, 1, text, 9, paid, kWait, nullptr),
        seathold_charge(office.engine, charge, 1, text, 9, moved, kWait, nullptr)};
    for (const seathold_status code : codes) ASSERT_TRUE(known.contains(code)) << code;
  }
  EXPECT_TRUE(office.Clean());
}

// In a child of fork every call is refused, whatever else is wrong with it.
TEST_F(CAbuse, OfAForkedHandle) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::int64_t number = 0;
    std::uint32_t count = 0;
    std::int32_t clean = 0;
    seathold_hold_result held;
    const seathold_hold_request request = office.HoldRequest(1, kAnn);
    const bool forked =
        seathold_hold(office.engine, &request, 1, &seat, 1, nullptr, 0, &held, nullptr, 0, nullptr,
                      kWait, nullptr) == SEATHOLD_E_FORKED &&
        held.code == SEATHOLD_E_FORKED &&
        seathold_balance_read(office.engine, kAnn, "EUR", &number, kWait, nullptr) ==
            SEATHOLD_E_FORKED &&
        seathold_sweep(office.engine, 1, &count, kWait, nullptr) == SEATHOLD_E_FORKED &&
        seathold_verify(office.engine, &clean, nullptr, 0, nullptr, kWait, nullptr) ==
            SEATHOLD_E_FORKED &&
        seathold_close(office.engine, kWait, nullptr) == SEATHOLD_E_FORKED;
    _exit(forked ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(office.Digest(), digest);
}

}  // namespace
}  // namespace seathold_test

/* A box office in C: a show with a queue in front, two buyers, one pair of seats, and an audit.
 *
 *   cc box_office.c $(pkg-config --cflags --libs seathold) -o box_office && ./box_office
 *
 * It sells from memory; name a database to sell from it: ./box_office sqlite:concert.db */
#include <seathold_single.h>
#include <stdio.h>
#include <stdlib.h>

#define WAIT SEATHOLD_TIMEOUT_DEFAULT

static seathold_engine engine;
static seathold_error error;

/* Ends the program when something went wrong that the story does not tell. */
static void must(seathold_status code, const char* what) {
  if (code == SEATHOLD_OK) return;
  fprintf(stderr, "%s: %s\n", what, error.message);
  exit(1);
}

static void expect(seathold_status code, seathold_status wanted, const char* what) {
  if (code == wanted) {
    printf("%s: %s\n", what, error.message);
    return;
  }
  fprintf(stderr, "%s: wanted \"%s\", got %d %s\n", what, seathold_code_text(wanted), (int)code,
          error.message);
  exit(1);
}

static const char* euro(int64_t minor) {
  static char text[64];
  must(seathold_money_format(minor, "EUR", text, sizeof text, NULL, &error), "money");
  return text;
}

static void open_engine(const char* storage) {
  seathold_options options;
  must(seathold_options_init(&options, sizeof options, &error), "options");
  options.storage.data = storage;
  options.storage.size = SEATHOLD_NUL_ENDED;
  must(seathold_open(&options, &engine, &error), storage);
}

/* A hall, a show that is sold through a queue, and one evening of it. */
static uint64_t set_up(const char* title, uint64_t* show) {
  const char* hall = "{\"name\": \"Barn\", \"rows\": 10, \"seats_per_row\": 12, \"categories\": 1}";
  char quoted[200], json[400];
  uint64_t venue, performance;
  must(seathold_venue_make(engine, hall, SEATHOLD_NUL_ENDED, &venue, WAIT, &error), "hall");
  snprintf(json, sizeof json, "{\"title\": %s, \"requires_pass\": true, \"active_max\": 1}",
           seathold_json_quote(title, quoted, sizeof quoted));
  must(seathold_show_add(engine, json, SEATHOLD_NUL_ENDED, show, WAIT, &error), "show");
  snprintf(json, sizeof json,
           "{\"show\": %llu, \"venue\": %llu, \"local_date\": \"2036-12-31\","
           " \"local_time\": \"19:30\", \"currency\": \"EUR\","
           " \"prices\": [{\"category\": \"Category A\", \"price_minor\": 4500}]}",
           (unsigned long long)*show, (unsigned long long)venue);
  must(seathold_performance_add(engine, json, SEATHOLD_NUL_ENDED, &performance, WAIT, &error),
       "performance");
  return performance;
}

static void charge(uint64_t user, int64_t minor) {
  seathold_charge_request request = {.user = user, .amount_minor = minor, .currency = "EUR"};
  seathold_transfer_result result;
  must(seathold_id_new(engine, request.id, 1, &error), "id");
  must(seathold_charge_one(engine, &request, "card 1", &result, &error), "charge");
  printf("charged, %s in the wallet\n", euro(result.balance_minor));
}

/* The best two seats there are, side by side, for five minutes. */
static seathold_status hold_best(uint64_t performance, uint64_t user, const char* pass,
                                 uint8_t id[16], seathold_seat_ticket seats[2]) {
  seathold_best_request request = {.user = user,
                                   .performance = performance,
                                   .seats_n = 2,
                                   .category = SEATHOLD_ANY_CATEGORY,
                                   .flags = SEATHOLD_NO_SPLIT};
  seathold_hold_result result;
  must(seathold_id_new(engine, request.id, 1, &error), "id");
  memcpy(id, request.id, sizeof request.id);
  return seathold_hold_best_one(engine, &request, pass, seats, &result, &error);
}

static seathold_status confirm(uint64_t performance, uint64_t user, const uint8_t hold[16],
                               seathold_pay_result* result) {
  seathold_confirm_request request = {
      .performance = performance, .user = user, .tender = SEATHOLD_TENDER_WALLET};
  memcpy(request.hold, hold, sizeof request.hold);
  must(seathold_id_new(engine, request.payment, 1, &error), "id");
  return seathold_confirm_one(engine, &request, NULL, result, &error);
}

/* The seats of another buyer, by name. */
static seathold_status hold_seats(uint64_t performance, uint64_t user, const char* pass,
                                  const seathold_seat_ticket seats[2]) {
  seathold_hold_request request = {.user = user, .performance = performance, .seats_n = 2};
  seathold_hold_result result;
  must(seathold_id_new(engine, request.id, 1, &error), "id");
  (void)seathold_hold_one(engine, &request, seats, pass, &result, &error);
  printf("%u seats are in the way\n", (unsigned)result.conflicts_n);
  return result.code;
}

static void say_seats(const seathold_seat_ticket seats[2]) {
  char json[1024];
  int i;
  for (i = 0; i < 2; ++i) {
    must(seathold_seat_read(engine, seats[i].seat, json, sizeof json, NULL, WAIT, &error), "seat");
    printf("  %s\n", json);
  }
}

static int clean_books(void) {
  char report[4096];
  int32_t clean;
  must(seathold_verify(engine, &clean, report, sizeof report, NULL, WAIT, &error), "verify");
  printf("the books are %s: %s\n", clean ? "clean" : "NOT CLEAN", report);
  return clean;
}

int main(int argc, char** argv) {
  const uint64_t ann = 7, bob = 8;
  uint64_t show, performance;
  uint8_t hold[16];
  seathold_seat_ticket seats[2];
  seathold_pay_result paid;
  seathold_place first, second;
  uint32_t admitted;
  int clean;

  open_engine(argc > 1 ? argv[1] : "memory:");
  performance = set_up("Winter \"Journey\"", &show);

  must(seathold_queue_join_one(engine, show, ann, &first, &error), "ann joins");
  must(seathold_queue_join_one(engine, show, bob, &second, &error), "bob joins");
  printf("ann is in, bob waits behind %llu\n", (unsigned long long)second.ahead + 1);
  expect(hold_best(performance, bob, "", hold, seats), SEATHOLD_E_NOT_ADMITTED, "bob, impatient");

  must(hold_best(performance, ann, first.pass.text, hold, seats), "ann's hold");
  printf("ann holds\n");
  say_seats(seats);
  expect(confirm(performance, ann, hold, &paid), SEATHOLD_E_INSUFFICIENT_FUNDS,
         "ann, without money");
  charge(ann, 9000);
  must(confirm(performance, ann, hold, &paid), "ann's payment");
  printf("ann paid %s", euro(paid.total_minor));
  printf(", %s is left\n", euro(paid.balance_minor));

  must(seathold_queue_admit(engine, show, 1, &admitted, WAIT, &error), "admit");
  must(seathold_queue_poll_one(engine, second.token.text, &second, &error), "poll");
  expect(hold_seats(performance, bob, second.pass.text, seats), SEATHOLD_E_SEAT_TAKEN,
         "bob, on ann's seats");

  clean = clean_books();
  must(seathold_close(engine, WAIT, &error), "close");
  return clean ? 0 : 1;
}

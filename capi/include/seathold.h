/**
 * @file seathold.h
 * @brief SeatHold for C, and for every language that can call C: seats, holds that expire, a
 * waiting room, a wallet and logins, inside your process.
 *
 * Conventions
 * -----------
 * 1.  Names are `seathold_<noun>_<verb>`, or a bare verb of the engine (`seathold_open`) or of the
 *     sale (`seathold_hold`). Units stand at the end of a name: `_ms`, `_us`, `_minor`.
 *     Points in time are microseconds since 1970-01-01 00:00 UTC, 0 = none, at most
 *     ::SEATHOLD_TIME_MAX_US. Money is in minor units (cents) with a currency of three capital
 *     letters and a NUL.
 * 2.  A call returns ::SEATHOLD_OK (0) or a code. Every code is of one outcome: done; refused, no
 *     effect; busy, no effect, retry; unknown, settle it by sending the same ids again. Numbers are
 *     never reused.
 * 3.  `error` is yours and may be NULL. It is written by every call, also by one that goes well:
 *     code, flags, message, and the index of the first item that failed. There is no last error.
 * 4.  Batches: n requests in, n results out, same index, each decided as if alone and in order. A
 *     batch is not atomic. n is 0 .. ::SEATHOLD_BATCH_MAX; a single call is n = 1. The call returns
 *     the code of the first item that is not ok, so ::SEATHOLD_OK means that all were done. A call
 *     that fails as a whole (`error->index` is ::SEATHOLD_NO_INDEX) did nothing, and gives its code
 *     to every result, unless n or the pointer to the results is what was wrong.
 * 5.  Records of a batch never change. They hold no pointers: seats, passes and references stand in
 *     a side array of the call, by offset and count. `reserved` and unknown flags must be zero, or
 *     that item is answered with ::SEATHOLD_E_INVALID_ARGUMENT. Every field of a result is set.
 * 6.  Strings in, and side arrays of text: pointer and size in bytes, UTF-8, no NUL needed; the
 *     size ::SEATHOLD_NUL_ENDED, `(size_t)-1`, is that of a text which ends in a NUL; NULL with
 *     size 0 is the empty one; at most 64 KiB, JSON 1 MiB, plans 256 MiB. Strings and arrays out:
 * your buffer, its capacity, and `needed`, what there is (of a string: without the NUL that ends
 * it). What does not fit is ::SEATHOLD_E_BUFFER_TOO_SMALL and nothing is written but `needed`: call
 * again with room for `needed` + 1 bytes (or `needed` records). NULL with capacity 0 asks for the
 * size. `needed` itself may be NULL.
 * 7.  `timeout_ms` is how long a call may wait, 0 .. ::SEATHOLD_TIMEOUT_MAX_MS of real time; 0 asks
 *     once; ::SEATHOLD_TIMEOUT_DEFAULT (-1) is 5 s. What could not be had in time is
 *     ::SEATHOLD_E_BUSY (nothing was done) or ::SEATHOLD_E_OUTCOME_UNKNOWN (send it again). An
 *     array is worked through in chunks of 1,024, the first one always; none is begun behind the
 *     deadline.
 * 8.  Ids of holds and transfers are yours, 16 bytes, not all zero: they make every change safe to
 *     repeat, for ever for transfers and confirmed holds, for 24 hours at least for others.
 *     seathold_id_new() makes them. Ids of venues, shows, performances and seats come from the
 *     engine. A user id with the top bit clear is your own number; 0 is nobody.
 * 9.  Threads: every function may be called by any thread at any time, also on one engine. No call
 *     keeps a pointer of yours after it has returned, and none gives you memory to free.
 * 10. Set-up calls, which are rare, speak JSON; their objects may gain members. An unknown member
 *     in what you give is refused, and the message says where.
 * 11. Every call on an engine may also answer, before all else: ::SEATHOLD_E_BAD_HANDLE (never was
 *     an engine here, or is closed), ::SEATHOLD_E_FORKED (opened by your parent process: open your
 *     own), ::SEATHOLD_E_CLOSED (being closed by another thread); and at any time
 *     ::SEATHOLD_E_OUT_OF_MEMORY and ::SEATHOLD_E_INTERNAL, with no effect. "Storage's" errors are
 *     those from ::SEATHOLD_E_BUSY (1201) on. A NULL where something is needed, and a length that
 *     does not belong to its pointer, is ::SEATHOLD_E_INVALID_ARGUMENT, decided before the handle.
 *
 * What is not supported
 * ---------------------
 *  - Using an engine in a child of fork(), or calling from a signal handler.
 *  - pthread_cancel() of a thread inside a call, and longjmp() over one.
 *  - An array shorter than its count says: that cannot be told from C.
 *  - Two threads writing one array at once, or one changing a request while a call reads it.
 *
 * Promise: within one SONAME (libseathold.so.0.2) functions are only added, records and numbers
 * never change, options grow at the end. Before release 1.0 the SONAME may change with a minor
 * release.
 *
 * The library installs no signal handler, registers nothing with atexit, starts no thread (but for
 * ::SEATHOLD_OPEN_SWEEPER_THREAD), writes to no stream, and stays in memory after dlclose().
 */
#ifndef SEATHOLD_H
#define SEATHOLD_H

#include <stddef.h>
#include <stdint.h>

/** Marks what the library exports. */
#if defined(__GNUC__)
#define SEATHOLD_API __attribute__((visibility("default")))
#else
#define SEATHOLD_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** @name Versions and bounds */
/**@{*/
#define SEATHOLD_VERSION_MAJOR 0  /**< of this header */
#define SEATHOLD_VERSION_MINOR 2  /**< of this header */
#define SEATHOLD_VERSION_PATCH 0  /**< of this header */
#define SEATHOLD_ABI_VERSION 2u   /**< of this header; raised when something is added */
#define SEATHOLD_BATCH_MAX 65536u /**< items in one call */
#define SEATHOLD_ROWS_MAX 10000u  /**< rows of one list */
#define SEATHOLD_TIME_MAX_US INT64_C(253402300799999999) /**< the end of the year 9999 */
#define SEATHOLD_PRICE_MAX_MINOR INT64_C(62500000000000) /**< of a seat; 10^15 of all else */
#define SEATHOLD_SEATS_PER_HOLD_CAP 16u                  /**< no hold has more */
#define SEATHOLD_TIMEOUT_DEFAULT INT64_C(-1)             /**< 5 s */
#define SEATHOLD_TIMEOUT_MAX_MS INT64_C(86400000)        /**< a day */
#define SEATHOLD_NUL_ENDED ((size_t)-1)  /**< the size of a text that ends in a NUL */
#define SEATHOLD_NO_INDEX UINT32_MAX     /**< no single item is to blame */
#define SEATHOLD_ANY_CATEGORY UINT32_MAX /**< of a seathold_best_request */
#define SEATHOLD_TOKEN_SIZE 96u          /**< bytes of a place token or pass, with its NUL */
#define SEATHOLD_REFERENCE_SIZE 208u     /**< bytes of a reference in a record; 200 are used */
#define SEATHOLD_ID_TEXT_SIZE 37u        /**< bytes of an id as text, with its NUL */
#define SEATHOLD_ID_FROM_TEXT_MAX 200u   /**< bytes of a text that an id is made from */
#define SEATHOLD_BUCKETS 32u             /**< of a seathold_histogram */
/**@}*/

/** An engine: a value, not a pointer; 0 is none. It is valid in the process that opened it. */
typedef uint64_t seathold_engine;
/** What a call answers: a ::seathold_code. */
typedef int32_t seathold_status;

/** Every code; the hundreds are families, in the order in which a request is checked. */
enum seathold_code {
  SEATHOLD_OK = 0,                       /**< done */
  SEATHOLD_E_INVALID_ARGUMENT = 101,     /**< an argument is out of its range */
  SEATHOLD_E_INVALID_TEXT = 102,         /**< text is not valid UTF-8, has a NUL, or is too long */
  SEATHOLD_E_DUPLICATE_SEAT = 103,       /**< a seat is named twice */
  SEATHOLD_E_AMOUNT_OUT_OF_RANGE = 104,  /**< an amount or a sum is out of range */
  SEATHOLD_E_INVALID_PLAN = 105,         /**< the seating plan is refused; nothing was imported */
  SEATHOLD_E_BUFFER_TOO_SMALL = 106,     /**< see convention 6 */
  SEATHOLD_E_CLOSED = 201,               /**< the engine is closed, or being closed */
  SEATHOLD_E_BAD_HANDLE = 202,           /**< the handle is not an open engine */
  SEATHOLD_E_FORKED = 203,               /**< the engine was opened before a fork */
  SEATHOLD_E_UNSUPPORTED = 204,          /**< this build or adapter does not offer that */
  SEATHOLD_E_TOO_MANY_ENGINES = 205,     /**< too many engines are open in this process */
  SEATHOLD_E_IDEMPOTENCY_MISMATCH = 301, /**< this id was used before with other arguments */
  SEATHOLD_E_UNKNOWN_VENUE = 401,        /**< no such venue */
  SEATHOLD_E_UNKNOWN_SHOW = 402,         /**< no such show */
  SEATHOLD_E_UNKNOWN_PERFORMANCE = 403,  /**< no such performance */
  SEATHOLD_E_UNKNOWN_SEAT = 404,         /**< no such seat at this venue */
  SEATHOLD_E_UNKNOWN_TICKET_TYPE = 405,  /**< no price for this category and ticket type */
  SEATHOLD_E_UNKNOWN_HOLD = 406,         /**< no such hold */
  SEATHOLD_E_UNKNOWN_TRANSFER = 407,     /**< no such transfer */
  SEATHOLD_E_UNKNOWN_USER = 408,         /**< no such user */
  SEATHOLD_E_ALREADY_EXISTS = 409,       /**< it exists already */
  SEATHOLD_E_SALE_NOT_OPEN = 410,        /**< the sale is not open */
  SEATHOLD_E_SALE_ENDED = 411,           /**< the sale has ended */
  SEATHOLD_E_NOT_ADMITTED = 501,         /**< this show needs a pass from its queue */
  SEATHOLD_E_PASS_INVALID = 502,         /**< the pass is forged, or for another user or show */
  SEATHOLD_E_PASS_OVER = 503,            /**< the pass has expired; join the queue again */
  SEATHOLD_E_PASS_SPENT = 504,           /**< the pass was spent or revoked; join again */
  SEATHOLD_E_TOKEN_INVALID = 505,        /**< the token is forged, malformed, or something else's */
  SEATHOLD_E_NO_LINE = 506,              /**< this show has no queue, or the engine has no line */
  SEATHOLD_E_TOO_MANY_SEATS = 601,       /**< more seats than one hold may have */
  SEATHOLD_E_HOLD_TOO_LONG = 602,        /**< a longer hold than is allowed */
  SEATHOLD_E_SEAT_TAKEN = 701,           /**< a seat is taken (retryable) */
  SEATHOLD_E_SEAT_BLOCKED = 702,         /**< a seat is blocked */
  SEATHOLD_E_SOLD_OUT = 703,             /**< sold out */
  SEATHOLD_E_ALL_HELD = 704,             /**< all held; some may come back (retryable) */
  SEATHOLD_E_NO_ADJACENT_SEATS = 705, /**< none side by side; single ones may be free (retryable) */
  SEATHOLD_E_NOT_ENOUGH_SEATS = 706,  /**< fewer seats are free than were asked for (retryable) */
  SEATHOLD_E_NOT_HOLD_OWNER = 801,    /**< the hold is another user's */
  SEATHOLD_E_HOLD_EXPIRED = 802,      /**< the hold has expired */
  SEATHOLD_E_HOLD_CANCELLED = 803,    /**< the hold was cancelled */
  SEATHOLD_E_HOLD_CONFIRMED = 804,    /**< the hold is confirmed; to undo it is a refund */
  SEATHOLD_E_HOLD_REFUNDED = 805,     /**< the reservation was refunded */
  SEATHOLD_E_NOT_CONFIRMED = 806,     /**< the hold is not confirmed */
  SEATHOLD_E_PRICE_MISMATCH = 901,    /**< not the expected total; pay again under a new id */
  SEATHOLD_E_CURRENCY_MISMATCH = 902, /**< another currency than the performance's */
  SEATHOLD_E_USER_LIMIT = 903,        /**< more seats than one user may have here */
  SEATHOLD_E_INSUFFICIENT_FUNDS = 1001, /**< the balance is too low; pay again under a new id */
  SEATHOLD_E_REFERENCE_USED = 1002,     /**< this provider reference paid for something else */
  SEATHOLD_E_EMAIL_TAKEN = 1101,        /**< this e-mail has an account */
  SEATHOLD_E_PASSWORD_WEAK = 1102,      /**< the password is too short, too long or too common */
  SEATHOLD_E_BAD_CREDENTIALS = 1103,    /**< e-mail or password is wrong */
  SEATHOLD_E_THROTTLED = 1104,          /**< too many attempts; wait (retryable) */
  SEATHOLD_E_ACCOUNT_DISABLED = 1105,   /**< the account is disabled */
  SEATHOLD_E_ACCESS_DENIED = 1106,      /**< the access token is forged, expired or revoked */
  SEATHOLD_E_TOO_MANY_KEYS = 1107,      /**< too many keys may still be in use; wait (retryable) */
  SEATHOLD_E_BUSY = 1201,               /**< busy; nothing was done (retryable) */
  SEATHOLD_E_STORAGE_FULL = 1202,       /**< the disk is full; nothing was done (retryable) */
  SEATHOLD_E_OUT_OF_MEMORY = 1203,      /**< out of memory; nothing was done (retryable) */
  SEATHOLD_E_STORAGE_FAILED = 1204,     /**< storage failed; open the engine again */
  SEATHOLD_E_STORAGE_CORRUPT = 1205,    /**< the database is damaged */
  SEATHOLD_E_OUTCOME_UNKNOWN = 1206,    /**< it may have happened: send it again with the same id */
  SEATHOLD_E_READ_ONLY = 1207,          /**< the database cannot be written */
  SEATHOLD_E_NEWER_SCHEMA = 1208,       /**< the database was written by a newer release */
  SEATHOLD_E_NOT_OWNER = 1209,          /**< another process owns the database */
  SEATHOLD_E_CANNOT_OPEN = 1210,        /**< the database cannot be opened */
  SEATHOLD_E_FEED_TRUNCATED = 1211, /**< the feed no longer reaches back that far: load the map */
  SEATHOLD_E_ABORTED = 1212,        /**< a record changed underneath; nothing done (retryable) */
  SEATHOLD_E_LINE_LOST = 1213,      /**< the waiting line is being rebuilt (retryable) */
  SEATHOLD_E_KEYS_MISSING = 1214,   /**< the signing keys of this database are missing */
  SEATHOLD_E_WRONG_FILE = 1215,     /**< a file beside the database is another database's */
  SEATHOLD_E_SECOND_NAME = 1216,    /**< the database file goes by a second name */
  SEATHOLD_E_LINE_FAILED = 1217,    /**< the file of the waiting line cannot be used (retryable) */
  SEATHOLD_E_INTERNAL = 1299        /**< an internal error; nothing was done */
};

/** The outcome of a code: `flags & SEATHOLD_OUTCOME_MASK`. */
enum seathold_outcome {
  SEATHOLD_DONE = 0,        /**< it happened, and is durable */
  SEATHOLD_REFUSED = 1,     /**< no effect */
  SEATHOLD_NOT_DONE = 2,    /**< no effect; retry, or open again if not retryable */
  SEATHOLD_UNKNOWN = 3,     /**< it may have happened */
  SEATHOLD_OUTCOME_MASK = 3 /**< the bits of flags that hold one of these */
};
/** In flags of an error or code: the same request may go well later. */
#define SEATHOLD_RETRYABLE 4u

/** In `flags` of requests. */
enum seathold_request_flag {
  SEATHOLD_STAFF = 1,        /**< hold, best: no pass, no per-user limit, longer TTLs */
  SEATHOLD_NO_SPLIT = 2,     /**< best: side by side or SEATHOLD_E_NO_ADJACENT_SEATS */
  SEATHOLD_EXPECT_TOTAL = 4, /**< confirm: refuse unless it costs expected_total_minor */
  SEATHOLD_SETTLE = 8, /**< get: read behind the write lock; no call in flight can change it */
  SEATHOLD_ON_SALE_ONLY = 16 /**< performance_list */
};
/** In `flags` of results and views. */
enum seathold_result_flag {
  SEATHOLD_REPLAYED = 1, /**< the id was known: this is its first answer; `state` is the present */
  SEATHOLD_ALREADY = 2,  /**< confirm: confirmed before under another id; nothing was paid twice */
  SEATHOLD_ADVISORY = 4, /**< refused from memory, at most refusal_max_age_ms old */
  SEATHOLD_CUT = 8,      /**< what belongs to it did not fit into the side array */
  SEATHOLD_UNCHANGED = 16, /**< map_read: you have this version; no bits were written */
  SEATHOLD_ON_SALE = 32,   /**< availability: the sale is open */
  SEATHOLD_STAFF_HOLD = 64 /**< view of a hold: it was made by staff */
};

/** State of a seat. */
enum seathold_seat_state {
  SEATHOLD_SEAT_AVAILABLE = 0, /**< free, a lapsed hold's included */
  SEATHOLD_SEAT_HELD = 1,      /**< until a deadline */
  SEATHOLD_SEAT_SOLD = 2,      /**< paid */
  SEATHOLD_SEAT_BLOCKED = 3    /**< taken off sale */
};
/** State of a hold. */
enum seathold_hold_state {
  SEATHOLD_HOLD_NONE = 0,      /**< there is none */
  SEATHOLD_HOLD_HELD = 1,      /**< alive while now < expires_at_us */
  SEATHOLD_HOLD_CONFIRMED = 2, /**< paid: a reservation */
  SEATHOLD_HOLD_CANCELLED = 3, /**< given back */
  SEATHOLD_HOLD_EXPIRED = 4,   /**< not paid in time */
  SEATHOLD_HOLD_REFUNDED = 5   /**< paid, and paid back */
};
/** State of a performance. */
enum seathold_sale_state {
  SEATHOLD_SALE_AVAILABLE = 0, /**< seats are free */
  SEATHOLD_SALE_ALL_HELD = 1,  /**< none is free, some may come back */
  SEATHOLD_SALE_SOLD_OUT = 2   /**< all sold or blocked */
};
/** State of a place in a waiting line. */
enum seathold_place_state {
  SEATHOLD_PLACE_ABSENT = 0,  /**< dropped for silence, or never there: join again */
  SEATHOLD_PLACE_WAITING = 1, /**< `ahead` others are first */
  SEATHOLD_PLACE_ADMITTED = 2 /**< `pass` starts holds until admitted_until_us */
};
/** How a hold is paid. */
enum seathold_tender {
  SEATHOLD_TENDER_NONE = 0,    /**< of transfers that pay nothing; never in a request */
  SEATHOLD_TENDER_WALLET = 1,  /**< from the user's wallet; no reference */
  SEATHOLD_TENDER_EXTERNAL = 2 /**< paid outside, under a reference that pays once, ever */
};
/** What moved money. */
enum seathold_transfer_kind {
  SEATHOLD_TRANSFER_CHARGE = 1,   /**< from outside to the user */
  SEATHOLD_TRANSFER_WITHDRAW = 2, /**< from the user to outside */
  SEATHOLD_TRANSFER_PAYMENT = 3,  /**< to the revenue of a performance */
  SEATHOLD_TRANSFER_REFUND = 4    /**< back from it */
};
/** What happened to seats. */
enum seathold_feed_kind {
  SEATHOLD_FEED_HELD = 1,      /**< a hold, until expires_at_us */
  SEATHOLD_FEED_CONFIRMED = 2, /**< sold */
  SEATHOLD_FEED_CANCELLED = 3, /**< given back */
  SEATHOLD_FEED_EXPIRED = 4,   /**< an expiry that was written */
  SEATHOLD_FEED_REFUNDED = 5,  /**< back on sale */
  SEATHOLD_FEED_BLOCKED = 6,   /**< taken off sale */
  SEATHOLD_FEED_UNBLOCKED = 7  /**< put on sale again */
};
/** Whose time a histogram tells. */
enum seathold_latency {
  SEATHOLD_LATENCY_HOLD = 1,    /**< holds and best; a batch is one call, here and below */
  SEATHOLD_LATENCY_CONFIRM = 2, /**< payments */
  SEATHOLD_LATENCY_OTHER = 3,   /**< cancels, refunds, blocks, charges, withdrawals */
  SEATHOLD_LATENCY_COMMIT = 4   /**< one transaction of storage, for however many calls */
};
/** Forms of a seating plan. */
enum seathold_plan_format {
  SEATHOLD_PLAN_PRETIX_JSON = 1, /**< as pretix writes it */
  SEATHOLD_PLAN_CSV = 2          /**< section,row,seat,x,y,category,attributes */
};
/** In `flags` of seathold_options. */
enum seathold_open_flag {
  SEATHOLD_OPEN_CREATE = 1,          /**< make what is not there (default) */
  SEATHOLD_OPEN_SWEEPER_THREAD = 2,  /**< a thread of the library calls sweep */
  SEATHOLD_OPEN_MANUAL_CLOCK = 4,    /**< time stands still but for seathold_clock_set() */
  SEATHOLD_OPEN_TEST_CHEAP_HASH = 8, /**< password hashes below every floor; for tests only */
  SEATHOLD_OPEN_READ_ONLY = 16,      /**< changes are ::SEATHOLD_E_READ_ONLY; no file is made */
  SEATHOLD_OPEN_NEW_KEYS = 32        /**< signing keys where a used database lost its own: every
                                          token, pass and login given so far is void then */
};
/** Least level of the lines that the log keeps. */
enum seathold_log_level {
  SEATHOLD_LOG_DEBUG = 0,   /**< all */
  SEATHOLD_LOG_INFO = 1,    /**< openings */
  SEATHOLD_LOG_WARNING = 2, /**< repairs */
  SEATHOLD_LOG_ERROR = 3    /**< faults */
};

/** What went wrong, and where. 256 bytes, yours; nothing in it is to be freed. */
typedef struct seathold_error {
  seathold_status code;   /**< what the call returned */
  uint32_t flags;         /**< the outcome, ::SEATHOLD_RETRYABLE */
  uint32_t index;         /**< of the first item that is not ok, or ::SEATHOLD_NO_INDEX */
  uint32_t message_len;   /**< bytes in message, without the NUL */
  int64_t retry_after_ms; /**< when the same request may go well; 0 = not known (throttled tells) */
  char message[232];      /**< UTF-8, for people, ends in a NUL; never a secret */
} seathold_error;

/** A text in options: not kept after the call. NULL data = the default. */
typedef struct seathold_str {
  const char* data; /**< UTF-8 */
  size_t size;      /**< bytes, or ::SEATHOLD_NUL_ENDED */
} seathold_str;

/** How an engine is opened. Fill it with seathold_options_init(), then change what you need. It
 *  grows at the end only; the first release's size is accepted for ever. */
typedef struct seathold_options {
  uint32_t struct_size; /**< sizeof(seathold_options) of your header */
  uint32_t flags;       /**< ::seathold_open_flag */
  seathold_str storage; /**< "sqlite:PATH" (default "sqlite:seathold.db"), "sqlite:PATH?journal=on"
                             (C++: options.h), "memory:", or "postgresql://...", with `keys` */
  seathold_str claims;  /**< "auto" (default), "memory:", "none", or, where the build has
                             Redis, "redis://[[user]:password@]host[:port][/db]"; nodes of a
                             cluster: "redis://host[:port][,host[:port]..]?cluster=1"; sentinels:
                             the same with "sentinel=NAME" */
  seathold_str line;    /**< "auto" (default), "sqlite:PATH", "memory:", "memory:?scope=process",
                             "none", or "redis://..." as above */
  seathold_str keys;    /**< "auto" (default: beside the database) or a path */
  int32_t batch_max;    /**< 1 .. 16,384 commands a transaction (1,024) */
  int32_t backlog_max;  /**< 1 .. 1,048,576 commands waiting, then busy (65,536) */
  int32_t waves_max;    /**< 1 .. 16 bulk reads a transaction (4) */
  int32_t max_seats_per_hold; /**< 1 .. 16 (8) */
  int32_t hash_concurrency;   /**< 1 .. 64 password hashes at once (2) */
  int32_t log_level;          /**< ::seathold_log_level of what seathold_log_poll() gives (info) */
  int64_t batch_bytes_max;    /**< 64 KiB .. 1 GiB of commands a transaction (4 MiB) */
  int64_t hold_ttl_ms;        /**< 1,000 .. 86,400,000: default and most a buyer asks (300,000) */
  int64_t staff_ttl_max_ms;   /**< hold_ttl_ms .. 30 days (86,400,000) */
  int64_t refusal_max_age_ms; /**< 0 .. 60,000; 0 = every refusal asks storage (250) */
  int64_t cache_timeout_ms;   /**< 0 .. 10,000 (50) */
  int64_t sweep_full_ms;      /**< 1,000 .. 3,600,000 (60,000) */
  int64_t sweep_every_ms;     /**< 10 .. 60,000, of the sweeper thread (1,000) */
  int64_t rebuild_grace_ms;   /**< 0 .. 3,600,000 (30,000) */
  int64_t clock_jump_max_ms;  /**< 1,000 .. 10 years (3,600,000) */
  int64_t manual_clock_start_us; /**< of a manual clock, 0 .. ::SEATHOLD_TIME_MAX_US; 0 = the
                                      system's time (0) */
  int64_t log_bytes_max; /**< 0 .. 16 MiB of log lines kept until polled; 0 = none (65,536) */
} seathold_options;

/** A code and what is known of it. The strings live as long as the process. */
typedef struct seathold_code_info {
  seathold_status code; /**< the number */
  uint32_t flags;       /**< the outcome, ::SEATHOLD_RETRYABLE */
  const char* name;     /**< "SEATHOLD_E_SEAT_TAKEN" */
  const char* text;     /**< "a seat is taken" */
} seathold_code_info;

/** A seat and the kind of ticket it is wanted as; 0 is the default kind. 16 bytes. */
typedef struct seathold_seat_ticket {
  uint64_t seat;        /**< its id */
  uint32_t ticket_type; /**< as in the prices of the performance */
  uint32_t reserved;    /**< 0 */
} seathold_seat_ticket;

/** Hold these seats. 64 bytes. */
typedef struct seathold_hold_request {
  uint8_t id[16];       /**< yours */
  uint64_t user;        /**< who wants them */
  uint64_t performance; /**< at which date */
  uint32_t seats_at;    /**< first of its seats in the side array */
  uint32_t seats_n;     /**< 1 .. max_seats_per_hold, no seat twice */
  uint32_t pass_at;     /**< first byte of its pass in the side array */
  uint32_t pass_n;      /**< bytes; 0 = no pass */
  int64_t ttl_ms;       /**< 0 = the performance's; else 1 .. 30 days */
  uint32_t flags;       /**< ::SEATHOLD_STAFF */
  uint32_t reserved;    /**< 0 */
} seathold_hold_request;

/** Hold the best seats there are. 64 bytes. */
typedef struct seathold_best_request {
  uint8_t id[16];       /**< yours */
  uint64_t user;        /**< who wants them */
  uint64_t performance; /**< at which date */
  uint32_t seats_n;     /**< 1 .. max_seats_per_hold */
  uint32_t category;    /**< index in the plan, or ::SEATHOLD_ANY_CATEGORY */
  uint32_t ticket_type; /**< for all of them */
  uint32_t flags;       /**< ::SEATHOLD_STAFF, ::SEATHOLD_NO_SPLIT */
  uint32_t pass_at;     /**< first byte of its pass in the side array */
  uint32_t pass_n;      /**< bytes; 0 = no pass */
  int64_t ttl_ms;       /**< 0 = the performance's; else 1 .. 30 days */
} seathold_best_request;

/** What became of a hold. 64 bytes. */
typedef struct seathold_hold_result {
  seathold_status code;       /**< what became of it */
  uint32_t flags;             /**< ::SEATHOLD_REPLAYED, ::SEATHOLD_ADVISORY, ::SEATHOLD_CUT */
  uint32_t state;             /**< ::seathold_hold_state, the present one */
  char currency[4];           /**< of the total */
  int64_t total_minor;        /**< what it costs */
  int64_t expires_at_us;      /**< its deadline */
  int64_t next_release_at_us; /**< of ::SEATHOLD_E_ALL_HELD: when the first hold ends */
  uint32_t seats_at;          /**< best: first of its seats in the side array; hold: 0 */
  uint32_t seats_n;           /**< how many are held */
  uint32_t conflicts_at;      /**< hold: first of its conflicts in the side array */
  uint32_t conflicts_n;       /**< how many seats are in the way */
  uint32_t seats_free;        /**< of ::SEATHOLD_E_NOT_ENOUGH_SEATS and
                                   ::SEATHOLD_E_NO_ADJACENT_SEATS: how many seats of the wanted
                                   category are free */
  uint32_t reserved;          /**< 0 */
} seathold_hold_result;

/** A seat that could not be had. 24 bytes. */
typedef struct seathold_seat_conflict {
  uint64_t seat;          /**< which */
  seathold_status reason; /**< ::SEATHOLD_E_SEAT_TAKEN or ::SEATHOLD_E_SEAT_BLOCKED */
  uint32_t reserved;      /**< 0 */
  int64_t free_at_us;     /**< when it may come free; 0 = not by itself */
} seathold_seat_conflict;

/** Pay for a hold. 80 bytes. */
typedef struct seathold_confirm_request {
  uint8_t hold[16];             /**< its id */
  uint8_t payment[16];          /**< yours: the id of the transfer */
  uint64_t performance;         /**< of the hold */
  uint64_t user;                /**< of the hold */
  int64_t expected_total_minor; /**< with ::SEATHOLD_EXPECT_TOTAL, 0 or more; else 0 */
  char currency[4];             /**< of expected_total_minor; else zeros */
  uint32_t tender;              /**< ::seathold_tender */
  uint32_t reference_at;        /**< first byte of the reference in the side array */
  uint32_t reference_n;         /**< external: 1 .. 200 bytes; wallet: 0 */
  uint32_t flags;               /**< ::SEATHOLD_EXPECT_TOTAL */
  uint32_t reserved;            /**< 0 */
} seathold_confirm_request;

/** What became of a payment or refund. 64 bytes. */
typedef struct seathold_pay_result {
  seathold_status code;  /**< what became of it */
  uint32_t flags;        /**< ::SEATHOLD_REPLAYED, ::SEATHOLD_ALREADY */
  uint8_t payment[16];   /**< the transfer that stands: yours, or with ::SEATHOLD_ALREADY the one
                              that paid; a refund's is its own; zeros when refused */
  int64_t total_minor;   /**< what was paid, or paid back */
  int64_t balance_minor; /**< of the user's wallet after it, when that took part */
  char currency[4];      /**< of total and balance */
  uint32_t reserved[5];  /**< 0 */
} seathold_pay_result;

/** Give a hold back. 40 bytes. */
typedef struct seathold_cancel_request {
  uint8_t hold[16];     /**< its id */
  uint64_t performance; /**< of the hold */
  uint64_t user;        /**< of the hold */
  uint64_t reserved;    /**< 0 */
} seathold_cancel_request;

/** Pay a reservation back. 48 bytes. */
typedef struct seathold_refund_request {
  uint8_t id[16];       /**< yours: the id of the transfer */
  uint8_t hold[16];     /**< what is refunded */
  uint64_t performance; /**< of the hold */
  uint64_t reserved;    /**< 0 */
} seathold_refund_request;

/** A seat of a hold, at the price that was agreed. 24 bytes. */
typedef struct seathold_hold_seat {
  uint64_t seat;        /**< its id */
  int64_t price_minor;  /**< as agreed when it was held */
  uint32_t ticket_type; /**< as asked for */
  uint32_t reserved;    /**< 0 */
} seathold_hold_seat;

/** A hold as it stands. 504 bytes. */
typedef struct seathold_hold_view {
  uint8_t hold[16];             /**< its id */
  uint8_t payment[16];          /**< id of the transfer that paid it, or zeros */
  uint8_t refund[16];           /**< id of the transfer that refunded it, or zeros */
  uint64_t performance;         /**< at which date */
  uint64_t user;                /**< whose */
  int64_t created_at_us;        /**< when it was made */
  int64_t expires_at_us;        /**< its deadline */
  int64_t ended_at_us;          /**< when it was confirmed, cancelled, expired or refunded */
  int64_t left_ms;              /**< while held: until it expires */
  int64_t total_minor;          /**< what it costs */
  char currency[4];             /**< of the total and the prices */
  uint32_t state;               /**< ::seathold_hold_state */
  uint32_t flags;               /**< ::SEATHOLD_STAFF_HOLD */
  uint32_t seats_n;             /**< how many of `seats` count */
  seathold_hold_seat seats[16]; /**< sorted by seat */
} seathold_hold_view;

/** The version of a map: events seen, and the latest deadline counted as lapsed. 16 bytes. */
typedef struct seathold_map_version {
  uint64_t feed;    /**< the performance's event counter */
  int64_t lapse_us; /**< 0 = none has lapsed */
} seathold_map_version;

/** What a map says besides its bits. 56 bytes. */
typedef struct seathold_map_info {
  seathold_map_version version; /**< of the bits */
  uint64_t performance;         /**< whose map it is */
  int64_t next_release_at_us;   /**< when the next hold ends; 0 = none is held */
  uint32_t seats;               /**< how many seats the venue has */
  uint32_t available;           /**< seats free */
  uint32_t held;                /**< seats held */
  uint32_t sold;                /**< seats sold */
  uint32_t blocked;             /**< seats blocked */
  uint32_t flags;               /**< ::SEATHOLD_UNCHANGED */
} seathold_map_info;

/** A seat whose state differs. 8 bytes. */
typedef struct seathold_seat_change {
  uint32_t ordinal; /**< of the seat in its venue */
  uint32_t state;   /**< ::seathold_seat_state */
} seathold_seat_change;

/** Counts of a performance. 32 bytes. */
typedef struct seathold_availability {
  uint32_t state;             /**< ::seathold_sale_state */
  uint32_t flags;             /**< ::SEATHOLD_ON_SALE */
  uint32_t available;         /**< seats free */
  uint32_t held;              /**< seats held */
  uint32_t sold;              /**< seats sold */
  uint32_t blocked;           /**< seats blocked */
  int64_t next_release_at_us; /**< all held: when seats may come back */
} seathold_availability;

/** A seat of a performance. 24 bytes. */
typedef struct seathold_seat_view {
  uint64_t seat;       /**< its id */
  int64_t price_minor; /**< of ticket type 0 */
  uint32_t ordinal;    /**< its place in maps */
  uint32_t state;      /**< ::seathold_seat_state */
} seathold_seat_view;

/** An event of a performance. 184 bytes. */
typedef struct seathold_feed_event {
  uint64_t counter;      /**< 1, 2, 3, ... without a gap */
  uint8_t hold[16];      /**< zeros for blocks */
  uint64_t user;         /**< whose hold; 0 for blocks */
  int64_t expires_at_us; /**< of ::SEATHOLD_FEED_HELD */
  int64_t at_us;         /**< when it was written */
  uint32_t kind;         /**< ::seathold_feed_kind */
  uint32_t seats_n;      /**< how many of `seats` count */
  uint64_t seats[16];    /**< which seats */
} seathold_feed_event;

/** Join a line. 16 bytes. */
typedef struct seathold_join_request {
  uint64_t show; /**< which line */
  uint64_t user; /**< who: an authenticated user */
} seathold_join_request;

/** A place token or a pass: text that ends in a NUL. 96 bytes. */
typedef struct seathold_token {
  char text[96]; /**< at most 95 bytes and the NUL */
} seathold_token;

/** A place in a waiting line. 232 bytes. */
typedef struct seathold_place {
  seathold_status code;      /**< what became of the request */
  uint32_t flags;            /**< 0 */
  uint32_t state;            /**< ::seathold_place_state */
  uint32_t reserved;         /**< 0 */
  uint64_t sequence;         /**< the place; lower is earlier */
  uint64_t ahead;            /**< living waiters in front */
  int64_t admitted_until_us; /**< once admitted */
  seathold_token token;      /**< show it with each poll */
  seathold_token pass;       /**< once admitted: goes with holds; else empty */
} seathold_place;

/** Counts of a waiting line. 64 bytes. */
typedef struct seathold_line_stats {
  uint64_t epoch;          /**< raised when the line was lost */
  uint64_t waiting;        /**< silent ones until they are dropped */
  uint64_t active;         /**< inside */
  uint64_t missing;        /**< places kept for those who have not come back */
  uint64_t joined_total;   /**< in this epoch */
  uint64_t admitted_total; /**< in this epoch */
  uint64_t dropped_total;  /**< in this epoch */
  uint64_t left_total;     /**< in this epoch */
} seathold_line_stats;

/** Charge a wallet, or withdraw from it. 48 bytes. */
typedef struct seathold_charge_request {
  uint8_t id[16];        /**< yours */
  uint64_t user;         /**< whose wallet */
  int64_t amount_minor;  /**< 1 .. 10^15 */
  char currency[4];      /**< three capital letters */
  uint32_t reference_at; /**< first byte of the reference in the side array */
  uint32_t reference_n;  /**< 0 .. 200 bytes, for the statement */
  uint32_t reserved;     /**< 0 */
} seathold_charge_request;

/** What became of a charge or withdrawal. 24 bytes. */
typedef struct seathold_transfer_result {
  seathold_status code;  /**< what became of it */
  uint32_t flags;        /**< ::SEATHOLD_REPLAYED */
  int64_t balance_minor; /**< after it (of the first answer, when replayed) */
  char currency[4];      /**< of the balance */
  uint32_t reserved;     /**< 0 */
} seathold_transfer_result;

/** A line of a statement. 272 bytes. */
typedef struct seathold_statement_line {
  uint64_t line;               /**< 1, 2, 3, ... */
  uint8_t id[16];              /**< of the transfer */
  int64_t amount_minor;        /**< signed: what it did to this account */
  int64_t balance_after_minor; /**< after it */
  uint64_t performance;        /**< of payments and refunds */
  int64_t created_at_us;       /**< when */
  uint32_t kind;               /**< ::seathold_transfer_kind */
  uint32_t reference_n;        /**< bytes in reference */
  char reference[208];         /**< ends in a NUL */
} seathold_statement_line;

/** A movement of money, or a decision against one. 296 bytes. */
typedef struct seathold_transfer_view {
  uint8_t id[16];        /**< its id */
  uint8_t hold[16];      /**< of payments and refunds */
  uint64_t user;         /**< whose wallet, or who paid */
  uint64_t performance;  /**< of payments and refunds */
  int64_t amount_minor;  /**< 0 or more */
  int64_t created_at_us; /**< when */
  char currency[4];      /**< of the amount */
  seathold_status code;  /**< ok, or why it was refused (kept under its id) */
  uint32_t kind;         /**< ::seathold_transfer_kind */
  uint32_t tender;       /**< ::seathold_tender */
  uint32_t reserved;     /**< 0 */
  uint32_t reference_n;  /**< bytes in reference */
  char reference[208];   /**< ends in a NUL */
} seathold_transfer_view;

/** How long calls of one kind took, in buckets that double. 288 bytes. */
typedef struct seathold_histogram {
  uint32_t kind;        /**< ::seathold_latency */
  uint32_t reserved;    /**< 0 */
  uint64_t count;       /**< calls: the sum of the buckets, always */
  uint64_t sum_us;      /**< of these calls, and perhaps of a few that ended while it was read */
  uint64_t max_us;      /**< likewise */
  uint64_t buckets[32]; /**< calls in each alone, not those below as well; a call in bucket i was
                             shorter than seathold_bucket_bound_us() of i and not of i - 1 */
} seathold_histogram;

/** @name The library */
/**@{*/
/** The release as 10,000 * major + 100 * minor + patch. Never fails. */
SEATHOLD_API uint32_t seathold_version(void);
/** The ::SEATHOLD_ABI_VERSION that the library was built with: at least yours, or it lacks
 *  something that your header has. Never fails. */
SEATHOLD_API uint32_t seathold_abi_version(void);
/** 1 when this build has a feature, else 0: "sqlite", "memory", "manual-clock", "self-contained".
 *  Unknown names and NULL: 0. Never fails. */
SEATHOLD_API int32_t seathold_has_feature(const char* name, size_t size);
/** A JSON object about this build: version, abi_version, features, compiler.
 *  Errors: ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_build_info(char* json, size_t cap, size_t* needed,
                                                 seathold_error* error);
/** How many codes there are. Never fails. */
SEATHOLD_API size_t seathold_code_count(void);
/** The code at an index below seathold_code_count(), in ascending order: for generators of
 *  bindings.
 *  Errors: ::SEATHOLD_E_INVALID_ARGUMENT. */
SEATHOLD_API seathold_status seathold_code_at(size_t index, seathold_code_info* out,
                                              seathold_error* error);
/** What a code means, as a text that lives as long as the process; "unknown code" for another
 *  number. Never fails. */
SEATHOLD_API const char* seathold_code_text(seathold_status code);
/** "done", "refused", "busy" or "unknown", as a text that lives as long as the process: the outcome
 *  in the `flags` of an error or a code (other bits do not matter). Never fails. */
SEATHOLD_API const char* seathold_outcome_name(uint32_t flags);
/** "held", "confirmed", "cancelled", "expired", "refunded", "blocked" or "unblocked", of a
 *  ::seathold_feed_kind, as a text that lives as long as the process; "unknown" for another number.
 *  Never fails. */
SEATHOLD_API const char* seathold_feed_kind_name(uint32_t kind);
/** What every call in a bucket of a ::seathold_histogram was shorter than, in microseconds: 2, 4,
 *  8 and so on of the buckets 0, 1, 2, ...; UINT64_MAX, which stands for no bound, of the last
 *  (::SEATHOLD_BUCKETS - 1) and beyond. Never fails. */
SEATHOLD_API uint64_t seathold_bucket_bound_us(uint32_t bucket);
/** Writes an id as 36 characters and a NUL. Errors: ::SEATHOLD_E_INVALID_ARGUMENT. */
SEATHOLD_API seathold_status seathold_id_format(const uint8_t id[16],
                                                char text[SEATHOLD_ID_TEXT_SIZE],
                                                seathold_error* error);
/** Reads the 36 characters back, in either case. Errors: ::SEATHOLD_E_INVALID_ARGUMENT. */
SEATHOLD_API seathold_status seathold_id_parse(const char* text, size_t size, uint8_t id[16],
                                               seathold_error* error);
/** The id that stands for a text of somebody else's, such as a payment provider's number of a
 *  payment: whoever is told of it first and second (the buyer's browser coming back, the provider's
 *  webhook) sends the same id, and it happens once. 1 .. ::SEATHOLD_ID_FROM_TEXT_MAX bytes of any
 *  kind, compared byte by byte: nothing is trimmed, folded or normalised. The same in every
 *  language and release: a UUIDv8 with 122 bits of a SHA-256. Two texts share an id by chance with
 *  odds of 1 in 10^13 among a million million of them; the second one then answers
 *  ::SEATHOLD_E_IDEMPOTENCY_MISMATCH. Not keyed: who knows the text knows the id. Transfers of
 *  every kind have one space of ids: where one text stands for a charge and a refund, put the kind
 *  in front of it ("refund:pi_3Nx"). Errors: ::SEATHOLD_E_INVALID_ARGUMENT. */
SEATHOLD_API seathold_status seathold_id_from_text(const char* text, size_t size, uint8_t id[16],
                                                   seathold_error* error);
/** The decimals of a currency that ISO 4217 lists ("EUR" 2, "JPY" 0, "KWD" 3), or of "XTS", which
 *  is for tests.
 *  Errors: ::SEATHOLD_E_INVALID_ARGUMENT (withdrawn, a metal, or no code at all). */
SEATHOLD_API seathold_status seathold_currency_digits(const char* code, size_t size,
                                                      int32_t* digits, seathold_error* error);
/** "45.00 EUR": with as many decimals as the currency has; 2 of three letters that ISO 4217 does
 *  not list. Errors: ::SEATHOLD_E_INVALID_ARGUMENT (currency), ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_money_format(int64_t minor, const char currency[4],
                                                   char* text, size_t cap, size_t* needed,
                                                   seathold_error* error);
/**@}*/

/** @name The engine */
/**@{*/
/** Fills options with the defaults of this library. `struct_size` is sizeof(seathold_options) of
 *  your header; no more than that is written.
 *  Errors: ::SEATHOLD_E_INVALID_ARGUMENT (NULL, or smaller than the first release's). */
SEATHOLD_API seathold_status seathold_options_init(seathold_options* options, size_t struct_size,
                                                   seathold_error* error);
/** Opens an engine. At most 1,024 are open at once in a process; one a database is usual. On
 *  failure `*out` is 0 and nothing is left open.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT (struct_size too small; a larger struct whose
 *  unknown tail is not zero), ::SEATHOLD_E_TOO_MANY_ENGINES, ::SEATHOLD_E_INVALID_ARGUMENT (says
 *  which option), ::SEATHOLD_E_UNSUPPORTED (a URI that this build does not know), storage's. */
SEATHOLD_API seathold_status seathold_open(const seathold_options* options, seathold_engine* out,
                                           seathold_error* error);
/** Closes an engine: new calls get ::SEATHOLD_E_CLOSED, those inside finish, then all is released
 *  and the handle is dead. 0 is ok, nothing done.
 *  Errors in order: ::SEATHOLD_E_BAD_HANDLE (closed before), ::SEATHOLD_E_FORKED,
 *  ::SEATHOLD_E_CLOSED (another thread is closing it), ::SEATHOLD_E_INVALID_ARGUMENT (timeout),
 *  ::SEATHOLD_E_BUSY (calls are still inside: close it again; it takes no new calls), then
 *  storage's, after which the handle is dead all the same. */
SEATHOLD_API seathold_status seathold_close(seathold_engine engine, int64_t timeout_ms,
                                            seathold_error* error);
/** Ends at most holds_max (1 .. 100,000) holds that have lapsed, and lets waiting buyers in.
 *  Correctness never depends on it: call it every second or so. `*expired` = holds ended.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, then storage's. */
SEATHOLD_API seathold_status seathold_sweep(seathold_engine engine, uint32_t holds_max,
                                            uint32_t* expired, int64_t timeout_ms,
                                            seathold_error* error);
/** Re-counts the books in one snapshot of storage. `*clean` = 1 when nothing is wrong; the report
 *  is a JSON object: clean, checks, findings [{check, detail}], seats, sold, held, blocked, holds,
 *  confirmed, transfers, users, and revenue, wallets, external [{currency, minor}].
 *  Errors: storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL (`*clean` is written). */
SEATHOLD_API seathold_status seathold_verify(seathold_engine engine, int32_t* clean, char* json,
                                             size_t cap, size_t* needed, int64_t timeout_ms,
                                             seathold_error* error);
/** Writes a consistent copy of the database to a path where nothing is.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT (empty, or with a NUL), ::SEATHOLD_E_UNSUPPORTED
 *  (memory), ::SEATHOLD_E_ALREADY_EXISTS, ::SEATHOLD_E_CANNOT_OPEN, then storage's. */
SEATHOLD_API seathold_status seathold_backup(seathold_engine engine, const char* path, size_t size,
                                             int64_t timeout_ms, seathold_error* error);
/** Adds a signing key and signs with it from now on. Older ones verify for two weeks at least:
 *  access tokens and passes live to their end, and a place in a line counts for two weeks after the
 *  rotation of the key behind its token, unless the buyer joins again. At most 16 keys are kept;
 *  where the oldest of them may still be in use the rotation is refused: one a day never is.
 *  Errors in order: ::SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_KEYS_MISSING, ::SEATHOLD_E_TOO_MANY_KEYS
 *  (error.retry_after_ms), ::SEATHOLD_E_BUSY (another process rotates), ::SEATHOLD_E_CANNOT_OPEN,
 *  ::SEATHOLD_E_STORAGE_FULL (the key file), ::SEATHOLD_E_OUTCOME_UNKNOWN (the key is in place and
 *  used, but a power cut may take it back). */
SEATHOLD_API seathold_status seathold_keys_rotate(seathold_engine engine, seathold_error* error);
/** A JSON object of counts since the engine was opened, of latencies, and of what it stands on:
 *  among them time_mark_us (no engine time lies before it) and clock_behind_ms (how far the
 *  machine's clock does: see seathold_clock_accept()). hold, confirm, other and commit are
 *  histograms with the fields of ::seathold_histogram; bucket_bounds_us has the bounds of all
 *  buckets but the last, which has none.
 *  Errors: ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_stats_read(seathold_engine engine, char* json, size_t cap,
                                                 size_t* needed, seathold_error* error);
/** How long calls took since the engine was opened, in this process: a histogram a
 *  ::seathold_latency, in ascending order, for an exporter to Prometheus or OpenTelemetry;
 *  `*needed` = how many. A later library may have more. Counts only grow.
 *  Errors: ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_histogram_list(seathold_engine engine,
                                                     seathold_histogram* out, size_t cap,
                                                     size_t* needed, seathold_error* error);
/** Takes log lines, oldest first: as many whole lines as fit, each "LEVEL text" and a line feed,
 *  and a NUL. `*n` = bytes written without the NUL, 0 = none is left. A line has at most 1,023
 *  bytes; what did not fit into log_bytes_max is counted in a line of its own.
 *  Errors: ::SEATHOLD_E_BUFFER_TOO_SMALL (the next line stays; `*n` = its bytes). */
SEATHOLD_API seathold_status seathold_log_poll(seathold_engine engine, char* text, size_t cap,
                                               size_t* n, seathold_error* error);
/** Engine time, microseconds UTC: it goes back by seathold_clock_accept() alone. Errors: none but
 *  those of convention 11. */
SEATHOLD_API seathold_status seathold_clock_read(seathold_engine engine, int64_t* now_us,
                                                 seathold_error* error);
/** Sets a manual clock. Time never goes back.
 *  Errors in order: ::SEATHOLD_E_UNSUPPORTED (not opened with ::SEATHOLD_OPEN_MANUAL_CLOCK),
 *  ::SEATHOLD_E_INVALID_ARGUMENT (before seathold_clock_read(), or beyond
 *  ::SEATHOLD_TIME_MAX_US). */
SEATHOLD_API seathold_status seathold_clock_set(seathold_engine engine, int64_t now_us,
                                                seathold_error* error);
/** Takes engine time back to mark_us, for a database that was once written under a clock that ran
 *  ahead (`time_mark_us` and `clock_behind_ms` of seathold_stats_read() show it). It is the one
 *  call that takes time back: holds and deadlines keep the times that were written, so that a hold
 *  which had lapsed and was not swept is alive again until its deadline; passes and tokens given
 *  under the wrong clock stay good for as long as they say; waiting lines are opened anew, and
 *  their places come back. Close every other engine on this database first, or it brings the old
 *  time back. Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT (not above 0, or above
 *  seathold_clock_read()), then storage's; call it again after those. */
SEATHOLD_API seathold_status seathold_clock_accept(seathold_engine engine, int64_t mark_us,
                                                   int64_t timeout_ms, seathold_error* error);
/** Makes n (0 .. ::SEATHOLD_BATCH_MAX) new ids, UUIDv7, 16 bytes each.
 *  Errors: ::SEATHOLD_E_INVALID_ARGUMENT. */
SEATHOLD_API seathold_status seathold_id_new(seathold_engine engine, uint8_t* ids, size_t n,
                                             seathold_error* error);
/**@}*/

/** @name The catalogue */
/**@{*/
/** Imports a seating plan of at most 256 MiB from memory. `options` is a JSON object, may be
 *  empty: name (overrides the plan's; a CSV needs one), zone, strict (an unknown key is an error),
 *  rekey_uuid. The zone is an IANA name that this machine's database knows, such as
 *  "Europe/Vienna"; without one it is "UTC". "localtime" is refused; where there is no database, or
 *  one that is misread, every zone but "UTC" is refused and the message says why. The report is a
 *  JSON object: sections, rows, seats, categories, blocked (seats that the plan itself blocks),
 *  ranges (texts, such as "line 2, column 5: 1-10 gave 10 seats"), warnings.
 *
 *  The text is UTF-8, or UTF-16 with a byte order mark. Names are kept in normal form C and
 *  compared as a reader would: two that look the same are one, and a plan that gives one twice is
 *  refused with both places. A seat with a `status` other than a word for free is blocked at every
 *  performance; `wheelchair` or `companion` = true are added to its attributes. A CSV may be
 *  separated by commas, semicolons or tabs, its headings in any case; digits and dashes of any
 *  script make a range of seats, and what only looks like one is refused.
 *
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_INVALID_PLAN (with the place in
 *  the text), ::SEATHOLD_E_BUFFER_TOO_SMALL (nothing was imported), ::SEATHOLD_E_INVALID_TEXT,
 *  ::SEATHOLD_E_INVALID_ARGUMENT (the zone), then storage's. */
SEATHOLD_API seathold_status seathold_venue_import(seathold_engine engine, int32_t format,
                                                   const char* text, size_t size,
                                                   const char* options, size_t options_size,
                                                   uint64_t* venue, char* report, size_t cap,
                                                   size_t* needed, int64_t timeout_ms,
                                                   seathold_error* error);
/** Adds a rectangular hall: a JSON object with name, rows (1 .. 10,000), seats_per_row (1 ..
 *  10,000), categories (1 .. 26, default 3), zone (as in seathold_venue_import()). Seats have the
 *  guids "A-1", "A-2", ..., categories are "Category A", ... from the front.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_INVALID_TEXT, then storage's. */
SEATHOLD_API seathold_status seathold_venue_make(seathold_engine engine, const char* json,
                                                 size_t size, uint64_t* venue, int64_t timeout_ms,
                                                 seathold_error* error);
/** The plan of a venue as pretix JSON, which seathold_venue_import() reads back to the same seats.
 *  Errors in order: ::SEATHOLD_E_UNKNOWN_VENUE, storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_venue_plan(seathold_engine engine, uint64_t venue, char* json,
                                                 size_t cap, size_t* needed, int64_t timeout_ms,
                                                 seathold_error* error);
/** All venues: a JSON array of {venue, name, zone, seats, created_at_us}.
 *  Errors: storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_venue_list(seathold_engine engine, char* json, size_t cap,
                                                 size_t* needed, int64_t timeout_ms,
                                                 seathold_error* error);
/** Adds a show: a JSON object with title (1 .. 200 bytes, not of blanks alone) and, for a queue in
 *  front of it, requires_pass, active_max (buyers inside at once, 0 = no cap), rate_per_s
 *  (admissions a second, 0 = no rate), grace_ms and pass_ms (1,000 .. 86,400,000; defaults 60,000
 *  and 600,000). Without requires_pass these are refused, unless they have their defaults.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT (the JSON), ::SEATHOLD_E_INVALID_TEXT (the
 *  title), ::SEATHOLD_E_INVALID_ARGUMENT (says which), ::SEATHOLD_E_NO_LINE, then storage's. */
SEATHOLD_API seathold_status seathold_show_add(seathold_engine engine, const char* json,
                                               size_t size, uint64_t* show, int64_t timeout_ms,
                                               seathold_error* error);
/** All shows: a JSON array of {show, title, requires_pass, active_max, rate_per_s, grace_ms,
 *  pass_ms, created_at_us}.
 *  Errors: storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_show_list(seathold_engine engine, char* json, size_t cap,
                                                size_t* needed, int64_t timeout_ms,
                                                seathold_error* error);
/** Adds a date: a JSON object with show, venue, local_date (a day of the calendar, YYYY-MM-DD),
 *  local_time (HH:MM or HH:MM:SS below 24:00), currency (as in seathold_currency_digits()), prices
 *  [{category (its name), ticket_type (0), name, price_minor (0 .. ::SEATHOLD_PRICE_MAX_MINOR)}],
 *  and optionally starts_at_us, sale_opens_at_us, sale_ends_at_us, user_limit (seats a user, 0 =
 *  none), hold_ttl_ms (0 = the engine's), on_sale (true). Every category of the plan needs a price
 *  of ticket type 0.
 *
 *  The start is computed from date and time in the venue's zone, and no hold begins at or after it.
 *  A starts_at_us that is given must agree with them to the minute. It is needed where they do not
 *  say one moment for sure: the clock skips that time or has it twice, or the year is beyond 2037
 *  and the zone has ever changed its offset. sale_opens_at_us < sale_ends_at_us <= starts_at_us. A
 *  date whose sale has ended already is added all the same; seathold_log_poll() has a warning.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_INVALID_TEXT,
 *  ::SEATHOLD_E_UNKNOWN_SHOW, ::SEATHOLD_E_UNKNOWN_VENUE, ::SEATHOLD_E_INVALID_ARGUMENT (the times
 *  at this venue), ::SEATHOLD_E_INVALID_TEXT and ::SEATHOLD_E_INVALID_ARGUMENT (the prices), then
 *  storage's. The message names the member. */
SEATHOLD_API seathold_status seathold_performance_add(seathold_engine engine, const char* json,
                                                      size_t size, uint64_t* performance,
                                                      int64_t timeout_ms, seathold_error* error);
/** The dates of a show (0 = of all), with `flags` ::SEATHOLD_ON_SALE_ONLY those on sale: a JSON
 *  array of objects as in seathold_performance_add(), with performance, seats, created_at_us,
 *  utc_offset_s (seconds that the venue's clock is ahead of UTC then, so that starts_at_us +
 *  utc_offset_s is local_date and local_time; null where release 0.1 was not told the start), and
 *  availability {state, available, held, sold, blocked, next_release_at_us, on_sale}.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT (flags), storage's,
 *  ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_performance_list(seathold_engine engine, uint64_t show,
                                                       uint32_t flags, char* json, size_t cap,
                                                       size_t* needed, int64_t timeout_ms,
                                                       seathold_error* error);
/** Opens (1) or closes (0) a sale. Closing starts no new holds; living ones may still be paid.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_PERFORMANCE, then
 *  storage's. */
SEATHOLD_API seathold_status seathold_performance_sale_set(seathold_engine engine,
                                                           uint64_t performance, int32_t on_sale,
                                                           int64_t timeout_ms,
                                                           seathold_error* error);
/** Every seat of a date with its state and price, by ordinal; `*needed` = how many. Exact where
 *  this process alone writes, else at most refusal_max_age_ms old.
 *  Errors in order: ::SEATHOLD_E_UNKNOWN_PERFORMANCE, storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_seat_list(seathold_engine engine, uint64_t performance,
                                                seathold_seat_view* seats, size_t cap,
                                                size_t* needed, int64_t timeout_ms,
                                                seathold_error* error);
/** The seat that has this guid in the plan.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_PERFORMANCE,
 *  ::SEATHOLD_E_UNKNOWN_SEAT, then storage's. */
SEATHOLD_API seathold_status seathold_seat_find(seathold_engine engine, uint64_t performance,
                                                const char* guid, size_t size, uint64_t* seat,
                                                int64_t timeout_ms, seathold_error* error);
/** What people call a seat: a JSON object with seat, venue, ordinal, guid, section, row, number,
 *  category (index), category_name, attributes, x, y.
 *  Errors in order: ::SEATHOLD_E_UNKNOWN_SEAT, storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_seat_read(seathold_engine engine, uint64_t seat, char* json,
                                                size_t cap, size_t* needed, int64_t timeout_ms,
                                                seathold_error* error);
/** The id of a seat from its venue and ordinal (below 2^20): (venue << 20) | ordinal. Never fails.
 */
SEATHOLD_API uint64_t seathold_seat_id(uint64_t venue, uint32_t ordinal);
/**@}*/

/** @name Reservations */
/**@{*/
/** Holds seats, each request all or nothing. `seats` and `passes` are side arrays of the requests.
 *  `conflicts` (16 an item is always enough; NULL with 0 if you do not ask) takes every seat that
 *  is in the way; `*conflicts_n` = how many were written. An item whose conflicts did not fit has
 *  ::SEATHOLD_CUT. A refused hold leaves no trace: its id may be used again. Seats that are known
 *  to be taken are refused from memory (::SEATHOLD_ADVISORY), before the id is looked up and before
 *  it is known whether another process saw the pass spent: either way they are not the caller's. A
 *  replay (::SEATHOLD_REPLAYED) is ok and has the present `state`: look at it before you ask for
 *  money.
 *  Errors of an item in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_TOO_MANY_SEATS (over
 *  the cap), ::SEATHOLD_E_DUPLICATE_SEAT, ::SEATHOLD_E_IDEMPOTENCY_MISMATCH,
 *  ::SEATHOLD_E_UNKNOWN_PERFORMANCE, ::SEATHOLD_E_SALE_ENDED, ::SEATHOLD_E_SALE_NOT_OPEN,
 *  ::SEATHOLD_E_UNKNOWN_SEAT, ::SEATHOLD_E_UNKNOWN_TICKET_TYPE, ::SEATHOLD_E_NOT_ADMITTED,
 *  ::SEATHOLD_E_PASS_INVALID, ::SEATHOLD_E_PASS_OVER, ::SEATHOLD_E_PASS_SPENT,
 *  ::SEATHOLD_E_TOO_MANY_SEATS, ::SEATHOLD_E_HOLD_TOO_LONG, ::SEATHOLD_E_SEAT_TAKEN or
 *  ::SEATHOLD_E_SEAT_BLOCKED, ::SEATHOLD_E_AMOUNT_OUT_OF_RANGE, ::SEATHOLD_E_USER_LIMIT, then
 *  storage's. */
SEATHOLD_API seathold_status seathold_hold(seathold_engine engine, const seathold_hold_request* in,
                                           size_t n, const seathold_seat_ticket* seats,
                                           size_t seats_size, const char* passes,
                                           size_t passes_size, seathold_hold_result* out,
                                           seathold_seat_conflict* conflicts, size_t conflicts_cap,
                                           size_t* conflicts_n, int64_t timeout_ms,
                                           seathold_error* error);
/** Holds the best seats: side by side in one row, then split in one row, adjacent rows, one
 *  section, anywhere. `seats` (16 an item is always enough; NULL with 0 if you do not ask) takes
 *  what was held; `*seats_n` = how many were written; an item whose seats did not fit is held all
 *  the same and has ::SEATHOLD_CUT.
 *  Errors of an item: as seathold_hold(), with ::SEATHOLD_E_NO_ADJACENT_SEATS,
 *  ::SEATHOLD_E_NOT_ENOUGH_SEATS (with how many are free), ::SEATHOLD_E_ALL_HELD (nothing is free,
 *  something is held) or ::SEATHOLD_E_SOLD_OUT (nothing is free or held) in the place of
 *  ::SEATHOLD_E_SEAT_TAKEN. */
SEATHOLD_API seathold_status seathold_hold_best(
    seathold_engine engine, const seathold_best_request* in, size_t n, const char* passes,
    size_t passes_size, seathold_hold_result* out, seathold_seat_ticket* seats, size_t seats_cap,
    size_t* seats_n, int64_t timeout_ms, seathold_error* error);
/** Pays for holds: seats sold, money moved, pass spent, in one transaction. `references` is a side
 *  array of the requests.
 *  Errors of an item in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_INVALID_TEXT,
 *  ::SEATHOLD_E_IDEMPOTENCY_MISMATCH, ::SEATHOLD_E_UNKNOWN_PERFORMANCE, ::SEATHOLD_E_UNKNOWN_HOLD,
 *  ::SEATHOLD_E_NOT_HOLD_OWNER, ::SEATHOLD_E_HOLD_CANCELLED, ::SEATHOLD_E_HOLD_REFUNDED,
 *  ::SEATHOLD_E_HOLD_EXPIRED, ::SEATHOLD_E_CURRENCY_MISMATCH, ::SEATHOLD_E_PRICE_MISMATCH,
 *  ::SEATHOLD_E_REFERENCE_USED, ::SEATHOLD_E_INSUFFICIENT_FUNDS (the hold stays alive),
 *  ::SEATHOLD_E_AMOUNT_OUT_OF_RANGE, then storage's. A price mismatch and insufficient funds are
 *  kept under the payment id: pay again under a new one. */
SEATHOLD_API seathold_status seathold_confirm(seathold_engine engine,
                                              const seathold_confirm_request* in, size_t n,
                                              const char* references, size_t references_size,
                                              seathold_pay_result* out, int64_t timeout_ms,
                                              seathold_error* error);
/** Gives holds back; expired or cancelled already: ok, nothing done. `out` takes a code an item.
 *  Errors of an item in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_PERFORMANCE,
 *  ::SEATHOLD_E_UNKNOWN_HOLD, ::SEATHOLD_E_NOT_HOLD_OWNER, ::SEATHOLD_E_HOLD_CONFIRMED,
 *  ::SEATHOLD_E_HOLD_REFUNDED, then storage's. */
SEATHOLD_API seathold_status seathold_cancel(seathold_engine engine,
                                             const seathold_cancel_request* in, size_t n,
                                             seathold_status* out, int64_t timeout_ms,
                                             seathold_error* error);
/** Pays whole reservations back and puts their seats on sale again.
 *  Errors of an item in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_IDEMPOTENCY_MISMATCH,
 *  ::SEATHOLD_E_UNKNOWN_PERFORMANCE, ::SEATHOLD_E_UNKNOWN_HOLD, ::SEATHOLD_E_NOT_CONFIRMED,
 *  ::SEATHOLD_E_HOLD_REFUNDED, ::SEATHOLD_E_AMOUNT_OUT_OF_RANGE, then storage's. */
SEATHOLD_API seathold_status seathold_refund(seathold_engine engine,
                                             const seathold_refund_request* in, size_t n,
                                             seathold_pay_result* out, int64_t timeout_ms,
                                             seathold_error* error);
/** Takes n seats off sale, for a reason of at most 200 bytes. `out` takes a code a seat; a seat
 *  that is blocked already is ok.
 *  Errors of a seat in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_INVALID_TEXT,
 *  ::SEATHOLD_E_DUPLICATE_SEAT (all seats), ::SEATHOLD_E_UNKNOWN_PERFORMANCE,
 *  ::SEATHOLD_E_UNKNOWN_SEAT, ::SEATHOLD_E_SEAT_TAKEN (held or sold), then storage's. */
SEATHOLD_API seathold_status seathold_block(seathold_engine engine, uint64_t performance,
                                            const uint64_t* seats, size_t n, const char* reason,
                                            size_t reason_size, seathold_status* out,
                                            int64_t timeout_ms, seathold_error* error);
/** Puts n seats on sale again; one that is not blocked is ok. Errors: as seathold_block(). */
SEATHOLD_API seathold_status seathold_unblock(seathold_engine engine, uint64_t performance,
                                              const uint64_t* seats, size_t n, seathold_status* out,
                                              int64_t timeout_ms, seathold_error* error);
/** A hold as it stands. With `flags` ::SEATHOLD_SETTLE it is read behind the write lock, so that
 *  no call in flight can still change the answer; without, an absent or held one says nothing
 *  about calls in flight. A hold whose deadline has passed shows as ::SEATHOLD_HOLD_EXPIRED, here
 *  and in lists, swept or not.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_HOLD, then storage's. */
SEATHOLD_API seathold_status seathold_hold_get(seathold_engine engine, uint64_t performance,
                                               const uint8_t hold[16], uint32_t flags,
                                               seathold_hold_view* out, int64_t timeout_ms,
                                               seathold_error* error);
/** Holds of a user in the order of (performance, hold), those after (after_performance,
 *  after_hold): at most cap (1 .. ::SEATHOLD_ROWS_MAX); `*n` = how many. Start with 0 and NULL (=
 *  zeros).
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, then storage's. */
SEATHOLD_API seathold_status seathold_hold_list_user(seathold_engine engine, uint64_t user,
                                                     uint64_t after_performance,
                                                     const uint8_t after_hold[16],
                                                     seathold_hold_view* out, size_t cap, size_t* n,
                                                     int64_t timeout_ms, seathold_error* error);
/** Holds of a performance in the order of their ids, those after after_hold (NULL = zeros): at
 *  most cap (1 .. ::SEATHOLD_ROWS_MAX); `*n` = how many.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, then storage's. */
SEATHOLD_API seathold_status seathold_hold_list_performance(
    seathold_engine engine, uint64_t performance, const uint8_t after_hold[16],
    seathold_hold_view* out, size_t cap, size_t* n, int64_t timeout_ms, seathold_error* error);
/**@}*/

/** @name Looking at seats */
/**@{*/
/** All seats at one moment: 2 bits a seat (a ::seathold_seat_state), by ordinal, four a byte,
 *  lowest bits first; `*needed` = bytes. Where `known` (may be NULL) is the present version no
 *  bits are written and info has ::SEATHOLD_UNCHANGED. `info` is needed. Exact where this process
 *  alone writes, else at most refusal_max_age_ms old.
 *  Errors in order: ::SEATHOLD_E_UNKNOWN_PERFORMANCE, storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_map_read(seathold_engine engine, uint64_t performance,
                                               const seathold_map_version* known, uint8_t* bits,
                                               size_t cap, size_t* needed, seathold_map_info* info,
                                               int64_t timeout_ms, seathold_error* error);
/** Seats whose state differs between the map of version `after` and now, no others; `*needed` = how
 *  many, `*next` = the version reached. The version of zeros is the start, when every seat was
 *  available. As old as a map may be.
 *  Errors in order: ::SEATHOLD_E_UNKNOWN_PERFORMANCE, storage's, ::SEATHOLD_E_FEED_TRUNCATED
 *  (further back than is remembered: as many changes as there are seats, none from before the
 *  engine was opened; read the map), ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_map_changes(seathold_engine engine, uint64_t performance,
                                                  const seathold_map_version* after,
                                                  seathold_seat_change* out, size_t cap,
                                                  size_t* needed, seathold_map_version* next,
                                                  int64_t timeout_ms, seathold_error* error);
/** Counts of a performance: exact where this process alone writes, else at most refusal_max_age_ms
 *  old. Errors in order: ::SEATHOLD_E_UNKNOWN_PERFORMANCE, then storage's. */
SEATHOLD_API seathold_status seathold_availability_read(seathold_engine engine,
                                                        uint64_t performance,
                                                        seathold_availability* out,
                                                        int64_t timeout_ms, seathold_error* error);
/** Events with a counter above `after`, without a gap: at most cap (1 .. ::SEATHOLD_ROWS_MAX);
 *  `*n` = how many. When there is none it looks again for wait_ms (0 .. 86,400,000) and then
 *  answers ok with 0; another process's events are seen within refusal_max_age_ms. `timeout_ms`
 *  bounds each look. A lapse is an event only when something writes it: count it from the deadline
 *  of ::SEATHOLD_FEED_HELD.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_PERFORMANCE,
 *  ::SEATHOLD_E_FEED_TRUNCATED, ::SEATHOLD_E_CLOSED (while it waited), then storage's. */
SEATHOLD_API seathold_status seathold_feed_poll(seathold_engine engine, uint64_t performance,
                                                uint64_t after, seathold_feed_event* out,
                                                size_t cap, size_t* n, int64_t wait_ms,
                                                int64_t timeout_ms, seathold_error* error);
/** Forgets events with a counter of `through` or less. Nothing else ever does.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_PERFORMANCE, then
 *  storage's. */
SEATHOLD_API seathold_status seathold_feed_trim(seathold_engine engine, uint64_t performance,
                                                uint64_t through, int64_t timeout_ms,
                                                seathold_error* error);
/**@}*/

/** @name The waiting room */
/**@{*/
/** Joins lines. One place a (show, user): joining again gives the same place while that one waits
 *  or its pass runs, and the same token unless the keys were rotated since (both count then). Once
 *  the pass has expired it gives a place at the back; a hold made under it may still be paid, and
 *  counts as inside until its deadline.
 *  Errors of an item in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_READ_ONLY,
 *  ::SEATHOLD_E_UNKNOWN_SHOW, ::SEATHOLD_E_NO_LINE, ::SEATHOLD_E_BUSY (the line is away, or being
 *  rebuilt), then storage's. */
SEATHOLD_API seathold_status seathold_queue_join(seathold_engine engine,
                                                 const seathold_join_request* in, size_t n,
                                                 seathold_place* out, int64_t timeout_ms,
                                                 seathold_error* error);
/** A heartbeat for each token or pass, and how things stand; now and then it lets in whom there is
 *  room for, so that you need not call seathold_queue_admit(). An entry that was dropped for
 *  silence, or whose pass has expired, is ok with ::SEATHOLD_PLACE_ABSENT: join again, at the back.
 *  Errors of an item in order: ::SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_TOKEN_INVALID,
 *  ::SEATHOLD_E_UNKNOWN_SHOW, ::SEATHOLD_E_NO_LINE, ::SEATHOLD_E_BUSY, storage's,
 *  ::SEATHOLD_E_PASS_SPENT (spent, left or revoked). */
SEATHOLD_API seathold_status seathold_queue_poll(seathold_engine engine,
                                                 const seathold_token* tokens, size_t n,
                                                 seathold_place* out, int64_t timeout_ms,
                                                 seathold_error* error);
/** Lets in as many as max (at least 1), the cap and the rate of the show allow; `*admitted` = how
 *  many. seathold_queue_poll() and seathold_sweep() do it, too.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_READ_ONLY,
 *  ::SEATHOLD_E_UNKNOWN_SHOW, ::SEATHOLD_E_NO_LINE, ::SEATHOLD_E_BUSY, then storage's. */
SEATHOLD_API seathold_status seathold_queue_admit(seathold_engine engine, uint64_t show,
                                                  uint32_t max, uint32_t* admitted,
                                                  int64_t timeout_ms, seathold_error* error);
/** Gives the places of n tokens or passes back, in one transaction; again is ok. `out` takes a code
 *  a token.
 *  Errors of an item in order: ::SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_TOKEN_INVALID,
 *  ::SEATHOLD_E_UNKNOWN_SHOW, ::SEATHOLD_E_NO_LINE, then storage's. */
SEATHOLD_API seathold_status seathold_queue_leave(seathold_engine engine,
                                                  const seathold_token* tokens, size_t n,
                                                  seathold_status* out, int64_t timeout_ms,
                                                  seathold_error* error);
/** Takes a user out of a line and voids their tokens and passes.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_READ_ONLY,
 *  ::SEATHOLD_E_UNKNOWN_SHOW, ::SEATHOLD_E_NO_LINE, ::SEATHOLD_E_BUSY, storage's (after which the
 *  user may hold a place; revoke again). */
SEATHOLD_API seathold_status seathold_queue_revoke(seathold_engine engine, uint64_t show,
                                                   uint64_t user, int64_t timeout_ms,
                                                   seathold_error* error);
/** Counts of a line.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_SHOW,
 *  ::SEATHOLD_E_NO_LINE, ::SEATHOLD_E_BUSY, then storage's. */
SEATHOLD_API seathold_status seathold_queue_stats(seathold_engine engine, uint64_t show,
                                                  seathold_line_stats* out, int64_t timeout_ms,
                                                  seathold_error* error);
/**@}*/

/** @name The wallet */
/**@{*/
/** Charges wallets. `references` is a side array of the requests.
 *  Errors of an item in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_INVALID_TEXT,
 *  ::SEATHOLD_E_AMOUNT_OUT_OF_RANGE, ::SEATHOLD_E_IDEMPOTENCY_MISMATCH,
 *  ::SEATHOLD_E_AMOUNT_OUT_OF_RANGE (the balance would pass its bound), then storage's. */
SEATHOLD_API seathold_status seathold_charge(seathold_engine engine,
                                             const seathold_charge_request* in, size_t n,
                                             const char* references, size_t references_size,
                                             seathold_transfer_result* out, int64_t timeout_ms,
                                             seathold_error* error);
/** Withdraws from wallets.
 *  Errors of an item: as seathold_charge(), with ::SEATHOLD_E_INSUFFICIENT_FUNDS, which is kept
 *  under the id. */
SEATHOLD_API seathold_status seathold_withdraw(seathold_engine engine,
                                               const seathold_charge_request* in, size_t n,
                                               const char* references, size_t references_size,
                                               seathold_transfer_result* out, int64_t timeout_ms,
                                               seathold_error* error);
/** The balance of a user; 0 without an account in this currency.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, then storage's. */
SEATHOLD_API seathold_status seathold_balance_read(seathold_engine engine, uint64_t user,
                                                   const char currency[4], int64_t* balance_minor,
                                                   int64_t timeout_ms, seathold_error* error);
/** Lines of a statement after line `after`, oldest first: at most cap (1 .. ::SEATHOLD_ROWS_MAX);
 *  `*n` = how many.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, then storage's. */
SEATHOLD_API seathold_status seathold_statement_read(seathold_engine engine, uint64_t user,
                                                     const char currency[4], uint64_t after,
                                                     seathold_statement_line* out, size_t cap,
                                                     size_t* n, int64_t timeout_ms,
                                                     seathold_error* error);
/** A transfer by its id; `flags` ::SEATHOLD_SETTLE as in seathold_hold_get().
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT, ::SEATHOLD_E_UNKNOWN_TRANSFER, then
 *  storage's. */
SEATHOLD_API seathold_status seathold_transfer_get(seathold_engine engine, const uint8_t id[16],
                                                   uint32_t flags, seathold_transfer_view* out,
                                                   int64_t timeout_ms, seathold_error* error);
/**@}*/

/** @name Accounts (optional: you may have users of your own) */
/**@{*/
/** Registers a user. Passwords: 8 characters .. 1,024 bytes, never cut. Hashing takes tens of
 *  milliseconds and about 19 MiB, which go back to the system with the hash.
 *  Errors in order: ::SEATHOLD_E_INVALID_TEXT and ::SEATHOLD_E_INVALID_ARGUMENT (the e-mail),
 *  ::SEATHOLD_E_PASSWORD_WEAK and ::SEATHOLD_E_INVALID_TEXT (the password), ::SEATHOLD_E_READ_ONLY,
 *  ::SEATHOLD_E_BUSY (no turn to hash in time), ::SEATHOLD_E_EMAIL_TAKEN, then storage's. */
SEATHOLD_API seathold_status seathold_account_register(seathold_engine engine, const char* email,
                                                       size_t email_size, const char* password,
                                                       size_t password_size, uint64_t* user,
                                                       int64_t timeout_ms, seathold_error* error);
/** Logs in: an access token (a JWT of fewer than 1,024 bytes, good for 15 minutes) as a string, who
 *  it is for, and until when. Unknown e-mail and wrong password are alike, whatever the text, and
 *  counted alike: the fifth failure of an address locks it for a second, each further one for twice
 *  as long, up to 15 minutes. An hour without a failure forgets one, a success all.
 *  Errors in order: ::SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_THROTTLED (error.retry_after_ms says for
 *  how long), ::SEATHOLD_E_BUSY (no turn to hash in time; nothing is counted),
 *  ::SEATHOLD_E_BAD_CREDENTIALS, ::SEATHOLD_E_ACCOUNT_DISABLED (with the right password only),
 *  storage's, ::SEATHOLD_E_BUFFER_TOO_SMALL. */
SEATHOLD_API seathold_status seathold_account_login(seathold_engine engine, const char* email,
                                                    size_t email_size, const char* password,
                                                    size_t password_size, char* token, size_t cap,
                                                    size_t* needed, uint64_t* user,
                                                    int64_t* expires_at_us, int64_t timeout_ms,
                                                    seathold_error* error);
/** Who an access token speaks for. `expires_at_us` may be NULL.
 *  Errors in order: ::SEATHOLD_E_KEYS_MISSING, ::SEATHOLD_E_ACCESS_DENIED (no token at all, of
 *  whatever length; forged, over, revoked, of an account that is disabled or erased: no detail),
 *  storage's. */
SEATHOLD_API seathold_status seathold_account_authenticate(seathold_engine engine,
                                                           const char* token, size_t size,
                                                           uint64_t* user, int64_t* expires_at_us,
                                                           int64_t timeout_ms,
                                                           seathold_error* error);
/** Changes a password; ends every access token given before. Wrong old ones count as failed logins.
 *  Errors in order: ::SEATHOLD_E_PASSWORD_WEAK and ::SEATHOLD_E_INVALID_TEXT (the new one),
 *  ::SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_UNKNOWN_USER, ::SEATHOLD_E_THROTTLED
 *  (error.retry_after_ms), ::SEATHOLD_E_BUSY (no turn to hash in time),
 *  ::SEATHOLD_E_BAD_CREDENTIALS, ::SEATHOLD_E_ACCOUNT_DISABLED (with the right password only;
 *  nothing is changed), then storage's. */
SEATHOLD_API seathold_status seathold_account_password_change(
    seathold_engine engine, uint64_t user, const char* old_password, size_t old_size,
    const char* new_password, size_t new_size, int64_t timeout_ms, seathold_error* error);
/** Ends every access token of a user and every later login.
 *  Errors in order: ::SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_UNKNOWN_USER, then storage's. */
SEATHOLD_API seathold_status seathold_account_disable(seathold_engine engine, uint64_t user,
                                                      int64_t timeout_ms, seathold_error* error);
/** Forgets who a user is. Reservations and money keep the number, which is never given again.
 *  Failed logins of the address still count, under a keyed hash, until they are forgotten.
 *  Errors in order: ::SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_UNKNOWN_USER, then storage's. */
SEATHOLD_API seathold_status seathold_account_erase(seathold_engine engine, uint64_t user,
                                                    int64_t timeout_ms, seathold_error* error);
/** The number that stands for a text id of your own (1 .. 200 bytes): the same text always gets
 *  the same one, until seathold_account_erase(). A text is the same in every normal form of
 *  Unicode, and another with every other difference.
 *  Errors in order: ::SEATHOLD_E_INVALID_ARGUMENT (empty), ::SEATHOLD_E_INVALID_TEXT,
 *  ::SEATHOLD_E_KEYS_MISSING, ::SEATHOLD_E_INVALID_TEXT (no normal form, or a longer one),
 *  ::SEATHOLD_E_READ_ONLY (a text that has no number yet), then storage's. */
SEATHOLD_API seathold_status seathold_account_user_for(seathold_engine engine,
                                                       const char* external_id, size_t size,
                                                       uint64_t* user, int64_t timeout_ms,
                                                       seathold_error* error);
/**@}*/

#ifdef __cplusplus
}
#endif

#endif /* SEATHOLD_H */

#!/usr/bin/env python3
"""The tables of a run: python3 bench/sale/table.py sale.json [--short]

First what was aimed at beside what was measured, then every scenario. Medians of the rounds, in
brackets the least and the most. --short: the lines for the README of the house alone."""
import sys

from figures import NAMES, Figures, number


def cell(values, unit=""):
    if values is None:
        return "-"
    middle, least, most = values
    text = number(middle) + unit
    return text if least == most else f"{text} ({number(least)} - {number(most)})"


def us(value):
    return "-" if value is None else number(value)


# (what, aim, at_least, over, under): over / under round by round, or a figure where under is None,
# times a factor.
def batch(kind, peer):
    return ("batches", "ours", "", f"{kind}_per_s"), ("batches", peer, "", f"{kind}_per_s")


def callers(peer):
    return ("callers", "ours", "32", "hold_per_s"), ("callers", peer, "32", "hold_per_s")


def of_ours(scenario, at, name, contestant="ours"):
    return (scenario, contestant, at, name), None


AIMS = [
    ("HOLD, batches of 1,000, to SQLite in sorted batches", ">= 8x", *batch("hold", "sqlite_batch")),
    ("the same to SQLite writing our rows blindly", "", *batch("hold", "sqlite_rows")),
    ("the same to Redis, AOF off, 1,000 deep", ">= 4x", *batch("hold", "redis_off")),
    ("the same, 100 a script", "", *batch("hold", "redis_off_batch")),
    ("the same to Redis, AOF always, 1,000 deep", ">= 7x", *batch("hold", "redis_always")),
    ("the same, 100 a script", "", *batch("hold", "redis_always_batch")),
    ("PAY, batches of 1,000, to SQLite in sorted batches", ">= 9x", *batch("pay", "sqlite_batch")),
    ("the same to SQLite writing our rows blindly", "", *batch("pay", "sqlite_rows")),
    ("the same to Redis, AOF off, 1,000 deep", ">= 6x", *batch("pay", "redis_off")),
    ("the same, 100 a script", "", *batch("pay", "redis_off_batch")),
    ("the same to Redis, AOF always, 1,000 deep", ">= 9x", *batch("pay", "redis_always")),
    ("the same, 100 a script", "", *batch("pay", "redis_always_batch")),
    ("the same to PostgreSQL, set-based", ">= 10x", *batch("pay", "postgres_set")),
    ("HOLD, 32 blocking callers, to PostgreSQL, one statement", ">= 4x", *callers("postgres")),
    ("the same to PostgreSQL, SELECT FOR UPDATE", ">= 12x", *callers("postgres_service")),
    ("the same, p99", "<= 3 ms", *of_ours("callers", "32", "hold_p99_us")),
    ("HOLD, one blocking caller, p50, to one fdatasync", "<= 1.3x",
     ("callers", "ours", "1", "hold_p50_us"), ("callers", "disk", "1", "hold_p50_us")),
    ("sustained, settling inside, to SQLite in batches of 10,000", ">= 1x",
     ("sustained", "ours", "", "operation_per_s"),
     ("sustained", "sqlite_batch", "", "operation_per_s")),
    ("memory at the end of it, to half way", "bounded",
     ("sustained", "ours", "", "resident_end_bytes"),
     ("sustained", "ours", "", "resident_middle_bytes")),
    ("shared file, HOLD one at a time, to our rows blindly, by processor time", ">= 0.9x",
     *of_ours("shared", "single", "hold_cpu_ratio", "ours_shared")),
    ("the same in batches of 1,000", ">= 0.95x",
     *of_ours("shared", "batch", "hold_cpu_ratio", "ours_shared")),
    ("shared file, PAY one at a time, likewise", ">= 0.9x",
     *of_ours("shared", "single", "pay_cpu_ratio", "ours_shared")),
    ("the same in batches of 1,000", ">= 0.95x",
     *of_ours("shared", "batch", "pay_cpu_ratio", "ours_shared")),
    ("refusals a second, one thread, batches", ">= 13 M", *of_ours("refuse", "batch x1", "refusal_per_s")),
    ("refusals a second, one thread, single", ">= 6 M", *of_ours("refuse", "single x1", "refusal_per_s")),
    ("refusals, two threads to one, batches", ">= 1.8x",
     ("refuse", "ours", "batch x2", "refusal_per_s"), ("refuse", "ours", "batch x1", "refusal_per_s")),
    ("refusals, two threads to one, single", ">= 1.8x",
     ("refuse", "ours", "single x2", "refusal_per_s"), ("refuse", "ours", "single x1", "refusal_per_s")),
    ("rush, attempts a second on two threads, winners durable", ">= 10 M",
     *of_ours("rush", "", "attempt_per_s")),
    ("a no meanwhile, p99, us", "<= 1", *of_ours("rush", "", "refusal_p99_us")),
    ("map of 50,000 seats, nothing changed, us", "<= 0.2", *of_ours("map", "0", "map_p50_us")),
    ("the same, one hold (two seats) since", "<= 3", *of_ours("map", "2", "map_p50_us")),
    ("the same, 100 seats since", "<= 20", *of_ours("map", "100", "map_p50_us")),
    ("polls a second, 1,000,000 wait, each told its place", ">= 5 M",
     *of_ours("line", "poll", "poll_per_s", "ours_shared")),
    ("joins a second, batches of 1,000, line on its file", ">= 300 k",
     *of_ours("line", "join", "join_per_s", "ours_shared")),
    ("admissions a second, likewise", ">= 300 k",
     *of_ours("line", "admit", "admit_per_s", "ours_shared")),
    ("bytes resident: a seat", "<= 64", *of_ours("sizes", "", "seat_bytes")),
    ("a waiter", "<= 96", *of_ours("sizes", "", "waiter_bytes")),
    ("a live hold, settled", "<= 256", *of_ours("sizes", "", "hold_bytes")),
    ("the same before it is settled", "", *of_ours("sizes", "", "unsettled_hold_bytes")),
    ("log bytes of a HOLD", "<= 100", *of_ours("sizes", "", "hold_log_bytes")),
    ("log bytes of a PAY", "<= 140", *of_ours("sizes", "", "pay_log_bytes")),
    ("processor time of a sale, 1,000,000 seats to 1,000", "<= 1.5x",
     ("growth", "ours", "seats 1000000", "sale_cpu_us"), ("growth", "ours", "seats 1000", "sale_cpu_us")),
    ("the first call of 500 holds on 1,000,000 seats after opening, us", "",
     *of_ours("growth", "seats 1000000", "first_hold_batch_us")),
    ("processor time of a sale, 1,000,000 buyers to 10,000", "<= 1.5x",
     ("growth", "ours", "users 1000000", "sale_cpu_us"), ("growth", "ours", "users 10000", "sale_cpu_us")),
    ("the same, 10,000,000 buyers", "<= 1.5x",
     ("growth", "ours", "users 10000000", "sale_cpu_us"), ("growth", "ours", "users 10000", "sale_cpu_us")),
    ("reopen after kill -9, 1,000,000 reservations, s", "<= 2", *of_ours("reopen", "", "reopen_s")),
]


def measured(figures, aim, over, under):
    if under is not None:
        return figures.ratio(over, under), "x"
    values, unit = figures.spread(*over), "x" if aim.endswith("x") else ""
    if values and "ms" in aim:
        return tuple(value / 1e3 for value in values), " ms"
    return values, unit


def verdict(aim, value):
    """Whether a median is what was aimed at; empty where nothing was."""
    words = aim.split()
    if value is None or len(words) < 2:
        return ""
    factor = {"M": 1e6, "k": 1e3}.get(words[2] if len(words) > 2 else "", 1)
    wanted = float(words[1].rstrip("x")) * factor
    return "yes" if (value >= wanted if words[0] == ">=" else value <= wanted) else "no"


def aims(figures):
    print("| | Aim | Measured | Met |\n|---|---|---|---|")
    for what, aim, over, under in AIMS:
        values, unit = measured(figures, aim, over, under)
        met = verdict(aim, values and values[0])
        print(f"| {what} | {aim} | {cell(values, unit)} | {met} |")


# What of each scenario is shown: the operations, by the prefixes of their figures.
SCENARIOS = [
    ("batches", "One caller, calls of 1,000: a burst", ["hold", "pay"], ["hold_batch", "pay_batch"]),
    ("callers", "Blocking callers, one operation a call (in the first column how many)",
     ["hold", "pay"], ["hold", "pay"]),
    ("open_loop", "HOLD at a rate, times from when each was due (in the first column the rate)",
     ["hold"], ["hold"]),
    ("rush", "A rush of 20 attempts a seat; a call is 1,000 of them, a refusal one alone meanwhile",
     ["attempt"], ["call", "refusal"]),
    ("journey", "Join, poll until let in, map, hold, pay: 32 buyers at once", ["journey"],
     ["join", "poll", "map", "hold", "pay", "journey"]),
    ("map", "The map of 50,000 seats (in the first column how many were taken since the last)", [],
     ["map", "changes"]),
    ("line", "The waiting line, 1,000,000 deep, calls of 1,000", ["join", "poll", "admit"], []),
    ("sustained", "Sustained, settling inside the time", ["operation"],
     ["hold_batch", "pay_batch", "sweep_batch"]),
    ("growth", "A sale (a hold and its payment) as the house grows", ["sale"],
     ["hold_batch", "pay_batch"]),
]


def detail(figures, scenario, operations, times):
    print("| | durability | operation | a second | CPU us each | bytes each | p50 us | p99 us | p99.9 us "
          "| max us |\n|---|---|---|---|---|---|---|---|---|---|")
    for contestant in figures.contestants(scenario):
        for at in figures.places(scenario, contestant):
            durability = figures.durability[scenario, contestant]
            head = f"| {at + ': ' if at else ''}{NAMES[contestant]} | {durability}"
            for name in dict.fromkeys(operations + times):
                get = lambda what: figures.spread(scenario, contestant, at, f"{name}_{what}")
                if get("per_s") is None and get("p50_us") is None:
                    continue
                middle = [us(value and value[0]) for value in
                          map(get, ("cpu_us", "bytes", "p50_us", "p99_us", "p999_us", "max_us"))]
                print(head, "|", name.replace("_", " "), "|", cell(get("per_s")), "|",
                      " | ".join(middle), "|")


SHORT = [("HOLD in batches of 1,000", "batches", "", "hold_per_s"),
         ("PAY in batches of 1,000", "batches", "", "pay_per_s"),
         ("HOLD, 32 blocking callers (Redis: 50)", "callers", "32", "hold_per_s"),
         ("a rush, 19 of 20 told no, attempts", "rush", "", "attempt_per_s")]
SHORT_PEERS = [("SeatHold, synced", ["ours"]), ("SQLite, synced", ["sqlite_batch", "sqlite"]),
               ("PostgreSQL, synced", ["postgres_set", "postgres"]),
               ("Redis, synced (AOF always)", ["redis_always_batch", "redis_always"]),
               ("Redis, not durable (AOF off)", ["redis_off_batch", "redis_off"])]


def short(figures):
    print("| a second |", " | ".join(name for name, _ in SHORT_PEERS), "|")
    print("|---|" + "---:|" * len(SHORT_PEERS))
    for what, scenario, at, name in SHORT:
        cells = []
        for _, peers in SHORT_PEERS:
            found = [figures.median(scenario, peer, place, name) for peer in peers
                     for place in ([at, "50"] if peer.startswith("redis") and at else [at])]
            best = next((value for value in found if value is not None), None)
            cells.append("-" if best is None else number(best))
        print(f"| {what} |", " | ".join(cells), "|")
    batch_cpu = [figures.median("batches", peers[0], "", "hold_cpu_us") for _, peers in SHORT_PEERS]
    print("| processor time of a HOLD in batches, us |", " | ".join(map(us, batch_cpu)), "|")
    p99 = [figures.median("callers", peers[-1], "50" if peers[-1].startswith("redis") else "32",
                          "hold_p99_us") for _, peers in SHORT_PEERS]
    print("| p99 of a HOLD, blocking callers likewise, ms |",
          " | ".join("-" if value is None else number(value / 1e3) for value in p99), "|")


    print(f"\n<sub>{where(figures)}.</sub>\n")


def where(figures):
    machine, (before, after) = figures.machine, figures.load
    rounds = max(n for of in figures.rows.values() for values in of.values() for n in values)
    return (f"{machine['cores']} cores, {machine['processor']}; load average {before} before, {after} "
            f"after; medians of {rounds} rounds")


def main():
    figures = Figures(sys.argv[1])
    if "--short" in sys.argv:
        return short(figures)
    machine = figures.machine
    print(f"{where(figures)} (least - most); SQLite {machine['sqlite']}.")
    if machine["assertions"]:
        print("\nAssertions are compiled in: figures are too low.")
    if figures.failed:
        print("\n**Somebody sold a seat twice, lost a sale or has wrong books: no figure counts.**")
    print("\n## Aims\n")
    aims(figures)
    for scenario, title, operations, times in SCENARIOS:
        if figures.contestants(scenario):
            print(f"\n## {title}\n")
            detail(figures, scenario, operations, times)
    return None


if __name__ == "__main__":
    main()

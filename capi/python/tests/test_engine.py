"""Opening, closing, forking, threads: an engine in its process."""

import copy
import gc
import math
import os
import pickle
import subprocess
import sys
import threading
import traceback
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List

from hall import EUR, PRICE, Hall, HallTest, scratch

import seathold
from seathold import Money
from seathold.batch import HoldBatch


def in_child(work: Callable[[], None]) -> int:
    """Runs work in a child of fork; its exit code."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class IdsOfTexts(unittest.TestCase):
    def test_are_those_of_every_language(self) -> None:
        table = Path(__file__).parents[3] / "tests" / "util" / "id_from_text.tsv"
        lines = [line for line in table.read_text().splitlines() if not line.startswith("#")]
        self.assertGreaterEqual(len(lines), 15)
        for line in lines:
            text, made = line.split("\t")
            self.assertEqual(str(seathold.id_from_text(bytes.fromhex(text))), made)
        self.assertEqual(
            seathold.id_from_text("\u00c4nnchen"), seathold.id_from_text("\u00c4nnchen".encode())
        )

    def test_take_one_to_two_hundred_bytes(self) -> None:
        for text in ("", "x" * 201, "\u00e4" * 101, b""):
            with self.assertRaises(ValueError):
                seathold.id_from_text(text)
        self.assertEqual(seathold.id_from_text("x" * 200).version, 8)


class Opening(unittest.TestCase):
    def test_a_file_is_there_after_closing(self) -> None:
        path = scratch(self) / "concert.db"
        with seathold.open(f"sqlite:{path}") as engine:
            hall = Hall(engine)
            hold = engine.reservations.hold(hall.evening, 7, hall.seats(0))
        with seathold.open(f"sqlite:{path}", create=False) as engine:
            self.assertEqual(engine.reservations.get(hall.evening, hold.id, settle=True).user, 7)

    def test_what_is_not_there_is_not_made_unless_asked(self) -> None:
        with self.assertRaises(seathold.CannotOpen):
            seathold.open(f"sqlite:{scratch(self)}/none.db", create=False)

    def test_an_option_out_of_range_is_named(self) -> None:
        wrong: Dict[str, Any] = {
            "max_seats_per_hold": 17,
            "batch_max": 0,
            "backlog_max": 0,
            "hash_concurrency": 65,
            "hold_ttl": 0.999,
            "staff_ttl_max": 299.999,
            "refusal_max_age": 60.001,
            "sweep_every": 0.009,
            "rebuild_grace": 3600.001,
        }
        for name, value in wrong.items():
            with self.assertRaisesRegex(seathold.InvalidArgument, f": {name}(_ms)? is "):
                seathold.open("memory:", **{name: value})
        with self.assertRaises(seathold.Unsupported):
            seathold.open("mysql://nowhere")
        with self.assertRaises(ValueError):
            seathold.open("memory:", manual_clock=datetime(2026, 1, 1))

    def test_a_manual_clock_starts_where_it_is_told(self) -> None:
        start = datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
        with seathold.open("memory:", manual_clock=start) as engine:
            self.assertEqual(engine.now(), start)
        with seathold.open("memory:") as engine:
            with self.assertRaises(seathold.Unsupported):
                engine.set_clock(start)

    def test_a_clock_that_ran_ahead_is_shown_and_put_right(self) -> None:
        folder = scratch(self)
        wrong = datetime(2030, 1, 1, tzinfo=timezone.utc)
        right = datetime(2026, 1, 1, tzinfo=timezone.utc)
        with seathold.open(f"sqlite:{folder}/one.db", manual_clock=wrong) as engine:
            engine.catalog.add_show("Winter journey")
        with seathold.open(f"sqlite:{folder}/one.db", manual_clock=right) as engine:
            self.assertEqual(engine.now(), wrong)
            self.assertEqual(engine.stats()["time_mark_us"], wrong.timestamp() * 1_000_000)
            self.assertEqual(
                engine.stats()["clock_behind_ms"], (wrong - right).total_seconds() * 1_000
            )
            with self.assertRaises(seathold.InvalidArgument):
                engine.accept_clock(wrong + timedelta(microseconds=1))
            engine.accept_clock(right)
            self.assertEqual(engine.now(), right)
            self.assertEqual(engine.stats()["clock_behind_ms"], 0)

    def test_a_backup_is_read_without_keys_and_sells_with_them(self) -> None:
        folder = scratch(self)
        with seathold.open(f"sqlite:{folder}/one.db") as engine:
            Hall(engine)
            engine.backup(folder / "two.db")
            with self.assertRaises(seathold.AlreadyExists):
                engine.backup(folder / "two.db")
        with seathold.open(f"sqlite:{folder}/two.db", read_only=True) as engine:
            self.assertEqual(len(engine.catalog.venues()), 1)
            self.assertTrue(engine.verify().clean)
            with self.assertRaises(seathold.ReadOnly):
                engine.wallet.charge(7, Money(100, EUR))
        self.assertEqual([p.name for p in folder.glob("two*")], ["two.db"])
        with self.assertRaises(seathold.KeysMissing):
            seathold.open(f"sqlite:{folder}/two.db", create=False)
        with seathold.open(f"sqlite:{folder}/two.db", new_keys=True) as engine:
            engine.wallet.charge(7, Money(100, EUR))

    def test_stats_and_log_lines(self) -> None:
        with seathold.open("memory:") as engine:
            self.assertTrue(engine.log_lines()[0].startswith("INFO "))
            self.assertEqual(engine.log_lines(), [])
            self.assertEqual(engine.stats()["holds"], 0)
            engine.rotate_keys()
            ids = engine.new_ids(1_000)
            self.assertEqual((len(set(ids)), ids), (1_000, sorted(ids)))

    def test_histograms_tell_how_long_calls_took(self) -> None:
        with seathold.open("memory:") as engine:
            self.assertEqual(engine.histograms()[seathold.Latency.OTHER].count, 0)
            for _ in range(3):
                engine.wallet.charge(7, Money(100, EUR))
            told = engine.histograms()
            self.assertEqual(list(told), list(seathold.Latency))
            charges = told[seathold.Latency.OTHER]
            self.assertEqual((charges.count, sum(charges.buckets)), (3, 3))
            self.assertLessEqual(charges.max_us, charges.sum_us)
            self.assertEqual(told[seathold.Latency.HOLD].count, 0)
            self.assertGreaterEqual(told[seathold.Latency.COMMIT].count, 3)
            bounds = [2 << i for i in range(31)]
            self.assertEqual(list(seathold.BUCKET_BOUNDS_US), bounds)
            cumulative = charges.cumulative()
            self.assertEqual(cumulative[-1], (math.inf, 3))
            self.assertEqual(cumulative[0], (0.000002, charges.buckets[0]))
            self.assertEqual([below for _, below in cumulative], sorted(b for _, b in cumulative))
            # The longest one lies in the last bucket that has any.
            last = max(i for i, count in enumerate(charges.buckets) if count)
            self.assertLess(charges.max_us, bounds[last])
            stats = engine.stats()
            self.assertEqual(stats["other"]["buckets"], list(charges.buckets))
            self.assertEqual(stats["other"]["sum_us"], charges.sum_us)
            self.assertEqual(stats["bucket_bounds_us"], bounds)

    def test_a_thousand_engines_leave_nothing(self) -> None:
        def cycle(times: int) -> None:
            for _ in range(times):
                with seathold.open("memory:") as engine:
                    engine.now()

        def counts() -> List[int]:
            gc.collect()
            with open("/proc/self/statm", encoding="ascii") as statm:
                pages = int(statm.read().split()[1])
            return [len(os.listdir("/proc/self/fd")), threading.active_count(), pages * 4]

        cycle(200)
        before = counts()
        cycle(1_000)
        after = counts()
        self.assertEqual(after[:2], before[:2])
        self.assertLess(after[2] - before[2], 2_048, "KiB more after 1,000 engines")

    def test_a_file_opened_and_closed_leaves_no_descriptor(self) -> None:
        path = scratch(self) / "concert.db"
        seathold.open(f"sqlite:{path}").close()
        before = sorted(os.listdir("/proc/self/fd"))
        for _ in range(50):
            with seathold.open(f"sqlite:{path}") as engine:
                engine.catalog.venues()
        self.assertEqual(sorted(os.listdir("/proc/self/fd")), before)


class Closing(unittest.TestCase):
    def test_every_use_after_close_raises(self) -> None:
        engine = seathold.open("memory:", manual_clock=True)
        hall = Hall(engine)
        hold = engine.reservations.hold(hall.evening, 7, hall.seats(0))
        batch = HoldBatch(engine, 1)
        engine.close()
        engine.close()
        self.assertTrue(engine.closed)
        uses: List[Callable[[], object]] = [
            engine.now,
            engine.verify,
            engine.new_id,
            lambda: engine.reservations.hold(hall.evening, 7, hall.seats(1)),
            lambda: engine.reservations.confirm(hold),
            lambda: engine.reservations.block(hall.evening, hall.seats(0), "why"),
            lambda: engine.queue.poll("x"),
            lambda: engine.wallet.balance(7, EUR),
            lambda: engine.seats.map(hall.evening),
            lambda: engine.catalog.venues(),
            lambda: engine.accounts.authenticate("x"),
            batch.run,
        ]
        for use in uses:
            with self.assertRaises(seathold.EngineClosed):
                use()

    def test_a_handle_is_never_another_engines(self) -> None:
        first = seathold.open("memory:")
        first.close()
        with seathold.open("memory:"):
            with self.assertRaises(seathold.EngineClosed):
                first.now()

    def test_the_end_of_the_block_closes_also_after_an_error(self) -> None:
        with self.assertRaises(KeyError):
            with seathold.open("memory:") as engine:
                raise KeyError
        self.assertTrue(engine.closed)

    def test_an_engine_that_nobody_closed_warns(self) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            engine = seathold.open("memory:")
            del engine
            gc.collect()
        self.assertEqual([w.category for w in caught], [ResourceWarning])

    def test_close_ends_a_call_that_waits(self) -> None:
        engine = seathold.open("memory:")
        hall = Hall(engine)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(lambda: engine.seats.feed(hall.evening, wait=600))
            engine.close()
            with self.assertRaises(seathold.EngineClosed):
                waiting.result()

    def test_engines_cannot_be_pickled_or_copied(self) -> None:
        with seathold.open("memory:") as engine:
            batch = HoldBatch(engine, 1)
            for thing in (engine, engine.reservations, engine.queue, batch):
                with self.assertRaisesRegex(TypeError, "pickle"):
                    pickle.dumps(thing)
                with self.assertRaises(TypeError):
                    copy.copy(thing)


class Errors(HallTest):
    def test_errors_travel_between_processes(self) -> None:
        self.sell.hold(self.evening, 7, self.hall.seats(0))
        with self.assertRaises(seathold.SeatTaken) as raised:
            self.sell.hold(self.evening, 8, self.hall.seats(0))
        copied = pickle.loads(pickle.dumps(raised.exception))
        self.assertIs(type(copied), seathold.SeatTaken)
        self.assertEqual(vars(copied), vars(raised.exception))
        self.assertEqual(str(copied), str(raised.exception))


class Forking(unittest.TestCase):
    def test_a_child_is_told_and_its_parent_goes_on(self) -> None:
        path = scratch(self) / "concert.db"
        engine = seathold.open(f"sqlite:{path}")
        self.addCleanup(engine.close)
        hall = Hall(engine)

        def child() -> None:
            for use in (engine.now, engine.catalog.venues, engine.verify):
                try:
                    use()
                except seathold.EngineForked:
                    continue
                raise AssertionError(use)
            engine.close()  # forgets it, no more
            with seathold.open(f"sqlite:{path}") as own:
                own.reservations.hold(hall.evening, 8, hall.seats(1))

        self.assertEqual(in_child(child), 0)
        engine.reservations.hold(hall.evening, 7, hall.seats(0))
        with self.assertRaises(seathold.SeatTaken):
            engine.reservations.hold(hall.evening, 7, hall.seats(1))

    def test_a_child_that_ends_with_an_inherited_engine_is_quiet(self) -> None:
        program = (
            "import os, seathold\n"
            "engine = seathold.open('memory:')\n"
            "if os.fork() == 0: raise SystemExit(0)\n"
            "assert os.wait()[1] == 0\n"
            "engine.close()\n"
        )
        run = subprocess.run(
            [sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True
        )
        self.assertEqual((run.returncode, run.stderr), (0, ""))


class Threads(unittest.TestCase):
    def test_many_threads_sell_each_seat_once(self) -> None:
        with seathold.open("memory:") as engine:
            hall = Hall(engine)
            start = threading.Barrier(8)

            def buy(thread: int) -> int:
                start.wait()
                sold = 0
                for ordinal in range(200):
                    user = thread * 1_000 + ordinal + 1
                    try:
                        hold = engine.reservations.hold(hall.evening, user, [hall.seat(ordinal)])
                    except seathold.SeatTaken as taken:
                        assert len(taken.conflicts) == 1 and taken.id is not None
                        continue
                    assert (hold.user, hold.seats[0].seat) == (user, hall.seat(ordinal))
                    hall.charge(user, PRICE)
                    receipt = engine.reservations.confirm(hold)
                    assert receipt.balance == Money(0, EUR)
                    sold += 1
                return sold

            with ThreadPoolExecutor(8) as pool:
                sold = sum(pool.map(buy, range(8)))
            self.assertEqual(sold, 200)
            books = engine.verify()
            self.assertTrue(books.clean)
            self.assertEqual(books.revenue, (Money(200 * PRICE, EUR),))

    def test_a_call_that_waits_lets_other_threads_run(self) -> None:
        with seathold.open("memory:") as engine:
            hall = Hall(engine)
            with ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(lambda: engine.seats.feed(hall.evening, wait=600))
                # Done only if this thread runs while the other one waits inside.
                hold = engine.reservations.hold(hall.evening, 7, hall.seats(0))
                self.assertEqual(waiting.result()[0].hold, hold.id)

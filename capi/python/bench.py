"""What Python costs over C++: the same calls, in turn with build/*/seathold_bench.

    python3 capi/python/bench.py [SEATHOLD_BENCH] [--rounds N]

All is in memory, two seats a hold, as in bench/capi_bench.cc. Medians over the rounds, each of which
runs Python and then C++; microseconds an item. "filled" has ids, users and seats written from arrays
into the batch within the time; the others send what is in the buffers already. C++ and C always do.
"""

import argparse
import ctypes
import json
import statistics
import subprocess
import tempfile
import time
import uuid
from array import array
from typing import Callable, Dict, List, Optional

import seathold
from seathold import _abi, _records
from seathold._library import lib
from seathold.batch import CancelBatch, HoldBatch

ROWS = SEATS_A_ROW = 100
BATCH = 1_000
SINGLE = 20_000
CPP_OF = {
    "refuse single, naive ctypes": "capi/refuse_single",
    "refuse single, reservations.hold": "capi/refuse_single",
    "refuse single, HoldBatch(1)": "capi/refuse_single",
    "hold single, reservations.hold": "capi/hold_single",
    "hold single, HoldBatch(1)": "capi/hold_single",
    "refuse batch": "capi/refuse_batch_1000",
    "refuse batch, filled": "capi/refuse_batch_1000",
    "hold batch": "capi/hold_batch_1000",
    "hold batch, filled": "capi/hold_batch_1000",
    "new ids, in a batch": "",
}
"""What of the C++ benchmark each is compared with; "/c" is that of the C ABI."""


class Side:
    """An engine in memory with a hall of 10,000 seats on sale."""

    def __init__(self) -> None:
        self.engine = seathold.open("memory:", line="none")
        catalog = self.engine.catalog
        self.venue = catalog.make_venue("Hall", rows=ROWS, seats_per_row=SEATS_A_ROW, categories=1)
        self.evening = catalog.add_performance(
            catalog.add_show("Open to all"),
            self.venue,
            date="2036-12-31",
            time="19:30",
            currency="EUR",
            prices={"Category A": 4_500},
            hold_ttl=86_400,
        )
        self.engine.seats.availability(self.evening)  # loads the mirror
        self.seats = array("Q", (catalog.seat_id(self.venue, i) for i in range(2 * BATCH)))

    def batch(self, n: int, user: int) -> HoldBatch:
        batch = HoldBatch(self.engine, n, seats_each=2)
        batch.new_ids()
        batch.set("user", user)
        batch.set("performance", self.evening)
        batch.set_seats(self.seats[: 2 * n])
        return batch


def _ids(side: Side, n: int) -> bytes:
    return b"".join(key.bytes for key in side.engine.new_ids(n))


def timed(calls: int, call: Callable[[], object]) -> float:
    """Microseconds a call."""
    began = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - began) / calls * 1e6


def naive(side: Side) -> Callable[[], object]:
    """A wrapper as one writes it first: records made anew for every call, pointers by byref."""
    seats = [int(seat) for seat in side.seats[:2]]
    key = uuid.uuid4()

    def call() -> int:
        request = _records.HoldRequest()
        request.id[:] = key.bytes
        request.user, request.performance, request.seats_n = 2, side.evening, 2
        tickets = (_records.SeatTicket * 2)()
        for ticket, seat in zip(tickets, seats):
            ticket.seat = seat
        result, conflicts = _records.HoldResult(), (_records.SeatConflict * 16)()
        n, error = ctypes.c_size_t(), _records.Error()
        code: int = lib.seathold_hold(
            side.engine._handle.value,
            ctypes.byref(request),
            1,
            tickets,
            2,
            None,
            0,
            ctypes.byref(result),
            conflicts,
            16,
            ctypes.byref(n),
            _abi.TIMEOUT_DEFAULT,
            ctypes.byref(error),
        )
        return code

    assert call() == seathold.SeatTaken.code
    return call


def pleasant(side: Side) -> Callable[[], object]:
    seats, key = list(side.seats[:2]), uuid.uuid4()

    def call() -> None:
        try:
            side.engine.reservations.hold(side.evening, 2, seats, id=key)
        except seathold.SeatTaken:
            return
        raise AssertionError("it was not refused")

    return call


def refusals(side: Side) -> Dict[str, float]:
    """Requests for seats that user 1 has."""
    assert side.batch(BATCH, 1).run() == 0
    one, many = side.batch(1, 2), side.batch(BATCH, 2)
    users = array("Q", range(2, BATCH + 2))

    ids = _ids(side, BATCH)

    def fill_and_run() -> None:
        many.set_ids(ids)
        many.set("user", users)
        many.set_seats(side.seats)
        many.run()
        assert many.codes.tolist().count(seathold.SeatTaken.code) == BATCH

    found = {
        "refuse single, naive ctypes": timed(SINGLE, naive(side)),
        "refuse single, reservations.hold": timed(SINGLE, pleasant(side)),
        "refuse single, HoldBatch(1)": timed(SINGLE, one.run),
        "refuse batch": timed(100, many.run) / BATCH,
        "refuse batch, filled": timed(100, fill_and_run) / BATCH,
        "new ids, in a batch": timed(100, many.new_ids) / BATCH,
    }
    assert one.codes[0] == many.codes[-1] == seathold.SeatTaken.code
    return found


def holds(side: Side) -> Dict[str, float]:
    """Holds that go well, given back outside of the time."""
    return {
        "hold single, reservations.hold": _each_hold(side),
        "hold single, HoldBatch(1)": _batches(side, side.batch(1, 1), 2_000, fill=False),
        "hold batch": _batches(side, side.batch(BATCH, 1), 40, fill=False) / BATCH,
        "hold batch, filled": _batches(side, side.batch(BATCH, 1), 40, fill=True) / BATCH,
    }


def _each_hold(side: Side) -> float:
    seats = list(side.seats[:2])
    took = []
    for _ in range(2_000):
        began = time.perf_counter()
        hold = side.engine.reservations.hold(side.evening, 1, seats)
        took.append(time.perf_counter() - began)
        side.engine.reservations.cancel(hold)
    return statistics.mean(took) * 1e6


def _batches(side: Side, batch: HoldBatch, times: int, *, fill: bool) -> float:
    cancel = CancelBatch(side.engine, batch.capacity)
    cancel.set("user", 1)
    cancel.set("performance", side.evening)
    users = array("Q", [1]) * batch.capacity
    seats = side.seats[: 2 * batch.capacity]
    took = []
    for _ in range(times):
        ids = _ids(side, batch.capacity)
        batch.set_ids(ids)
        began = time.perf_counter()
        if fill:
            batch.set_ids(ids)
            batch.set("user", users)
            batch.set_seats(seats)
        code = batch.run()
        took.append(time.perf_counter() - began)
        assert code == 0, batch.error(0)
        cancel.set_ids(ids)
        assert cancel.run() == 0
    return statistics.mean(took) * 1e6


def cpp(program: str) -> Dict[str, float]:
    """The C++ benchmark's figures, and those of the C ABI, in microseconds an item."""
    with tempfile.NamedTemporaryFile() as out:
        command = [program, "--benchmark_filter=capi/(refuse|hold)", "--benchmark_min_time=0.2"]
        command += [f"--benchmark_out={out.name}", "--benchmark_out_format=json"]
        subprocess.run(command, check=True, capture_output=True)
        benchmarks = json.load(out)["benchmarks"]
    found = {}
    for one in benchmarks:
        name = one["name"].replace("/manual_time", "")
        found[name] = 1e6 / one["items_per_second"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="?", help="a seathold_bench, to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds: List[Dict[str, float]] = []
    for _ in range(options.rounds):
        found: Dict[str, float] = {}
        for measure in (refusals, holds):
            side = Side()
            found.update(measure(side))
            side.engine.close()
        if options.program:
            found.update(cpp(options.program))
        rounds.append(found)

    def median(name: str) -> Optional[float]:
        values = [found[name] for found in rounds if name in found]
        return statistics.median(values) if values else None

    print(f"{'us an item':34} {'Python':>8} {'C++':>8} {'C':>8}  C++/Python")
    for name, peer in CPP_OF.items():
        mine, theirs, c = median(name), median(peer + "/cpp"), median(peer + "/c")
        assert mine is not None
        ratio = f"{theirs / mine:10.2f}" if theirs else ""
        others = "".join(f" {value:8.3f}" if value else f" {'-':>8}" for value in (theirs, c))
        print(f"{name:34} {mine:8.3f}{others}  {ratio}")


if __name__ == "__main__":
    main()

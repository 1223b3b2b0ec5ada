"""Four workers on one file, one waiting line: how hosts that fork use SeatHold.

    python3 prefork.py [fork | forkserver | spawn | os.fork] [DATABASE]

An engine belongs to the process that opened it. So the parent sets up and closes before it forks,
and each worker opens its own: in the same way as a web server's workers do (see web.py, which
gunicorn and uWSGI run). The line of the show stands in a file beside the database, so a buyer may
join at one worker, wait at another and buy at a third. A worker that uses an engine of its parent
gets seathold.EngineForked.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from typing import Dict, List

import seathold

WORKERS = 4
BUYERS_EACH = 30
ROWS, SEATS_PER_ROW = 6, 10
PRICE = 4_500
INSIDE_MAX = 10

Tally = Dict[str, int]


def set_up(database: str) -> "tuple[int, int]":
    with seathold.open(f"sqlite:{database}") as engine:
        hall = engine.catalog.make_venue(
            "Hall", rows=ROWS, seats_per_row=SEATS_PER_ROW, categories=1
        )
        # A worker that dies keeps the places of its buyers until their passes are over.
        show = engine.catalog.add_show(
            "Journey", requires_pass=True, active_max=INSIDE_MAX, pass_time=60
        )
        evening = engine.catalog.add_performance(
            show,
            hall,
            date="2036-12-31",
            time="19:30",
            currency="EUR",
            prices={"Category A": PRICE},
        )
        return show, evening


def work(database: str, show: int, evening: int, number: int) -> Tally:
    """A worker: opens the engine after the fork, then serves buyers until all had their turn."""
    tally = {"bought": 0, "too late": 0}
    with seathold.open(f"sqlite:{database}") as engine:
        first = number * BUYERS_EACH + 1
        waiting = {
            buyer: engine.queue.join(show, buyer) for buyer in range(first, first + BUYERS_EACH)
        }
        while waiting:
            engine.queue.admit(show, INSIDE_MAX)
            for buyer, place in list(waiting.items()):
                place = engine.queue.poll(place.token)
                if place.admitted:
                    serve(engine, evening, buyer, place, tally)
                    del waiting[buyer]
            time.sleep(0.005)  # as browsers would ask again, only sooner
    return tally


def serve(
    engine: seathold.Engine, evening: int, buyer: int, place: seathold.Place, tally: Tally
) -> None:
    try:
        hold = engine.reservations.hold_best(evening, buyer, 1, pass_=place.pass_)
    except (seathold.SoldOut, seathold.AllHeld):
        engine.queue.leave(place.pass_)
        tally["too late"] += 1
        return
    engine.reservations.confirm(hold, reference=f"card {hold.id}")
    tally["bought"] += 1


def with_pool(method: str, database: str, show: int, evening: int) -> List[Tally]:
    context = multiprocessing.get_context(method)
    with context.Pool(WORKERS) as pool:
        jobs = [(database, show, evening, number) for number in range(WORKERS)]
        return pool.starmap(work, jobs, chunksize=1)


def with_os_fork(database: str, show: int, evening: int) -> List[Tally]:
    pipes = []
    for number in range(WORKERS):
        receive, send = os.pipe()
        if os.fork() == 0:
            code = 1
            try:
                os.write(send, json.dumps(work(database, show, evening, number)).encode())
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(send)
        pipes.append(receive)
    ends = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in pipes]
    if any(ends):
        raise SystemExit(f"workers ended with {ends}")
    tallies = []
    for receive in pipes:
        with os.fdopen(receive) as pipe:
            tallies.append(json.load(pipe))
    return tallies


def main(method: str, database: str) -> int:
    show, evening = set_up(database)
    if method == "os.fork":
        tallies = with_os_fork(database, show, evening)
    else:
        tallies = with_pool(method, database, show, evening)
    with seathold.open(f"sqlite:{database}") as engine:
        books = engine.verify()
        line = engine.queue.stats(show)
    bought = sum(tally["bought"] for tally in tallies)
    late = sum(tally["too late"] for tally in tallies)
    buyers = WORKERS * BUYERS_EACH
    print(
        f"{method}: {[tally['bought'] for tally in tallies]} bought at each worker, {late} too late"
    )
    print(f"{line.joined_total} stood in one line; {books.sold} of {books.seats} seats sold")
    print("books clean" if books.clean else f"books NOT clean: {books.findings}")
    complete = bought + late == buyers == line.joined_total and bought == books.sold == books.seats
    return 0 if books.clean and complete else 1


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "fork"
    if len(sys.argv) > 2:
        sys.exit(main(chosen, sys.argv[2]))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(main(chosen, f"{folder}/concert.db"))

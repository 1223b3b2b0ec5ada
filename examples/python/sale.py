"""A thousand buyers at once, with asyncio: queue, seats, payment, audit.

    python3 sale.py [BUYERS] [DATABASE]

The hall has 400 seats. Buyers wait in line, two hundred inside at most; each wants one to four
seats, some have too little money and some change their minds. In the end the books must be clean.
"""

import asyncio
import collections
import random
import sys
import tempfile
from typing import Counter

import seathold
import seathold.aio
from seathold import Money

ROWS, SEATS_PER_ROW = 20, 20
INSIDE_MAX = 200
PRICE = Money(4_500, "EUR")


async def set_up(engine: seathold.aio.Engine) -> "tuple[int, int]":
    """A hall, a show with a queue, and one evening."""
    hall = await engine.catalog.make_venue(
        "Hall", rows=ROWS, seats_per_row=SEATS_PER_ROW, categories=1, zone="Europe/Vienna"
    )
    show = await engine.catalog.add_show(
        "Winter journey", requires_pass=True, active_max=INSIDE_MAX
    )
    evening = await engine.catalog.add_performance(
        show,
        hall,
        date="2036-12-31",
        time="19:30",
        currency=PRICE.currency,
        prices={"Category A": PRICE.minor},
    )
    return show, evening


async def wait_for_turn(engine: seathold.aio.Engine, show: int, buyer: int) -> str:
    """Joins the line and polls until it is this buyer's turn; the pass."""
    place = await engine.queue.join(show, buyer)
    while not place.admitted:
        await asyncio.sleep(0.02)  # as a browser would ask again, only sooner
        place = await engine.queue.poll(place.token)
    return place.pass_


async def buy(engine: seathold.aio.Engine, show: int, evening: int, buyer: int) -> str:
    """One buyer's evening; how it ended."""
    chance = random.Random(buyer)
    wish = chance.randint(1, 4)
    purse = PRICE * (wish if chance.random() < 0.9 else wish - 1)
    if purse.minor > 0:
        await engine.wallet.charge(buyer, purse, reference=f"card of {buyer}")
    ticket = await wait_for_turn(engine, show, buyer)
    try:
        hold = await engine.reservations.hold_best(evening, buyer, wish, pass_=ticket)
    except seathold.SeatsUnavailable as error:
        await engine.queue.leave(ticket)
        return type(error).__name__
    if chance.random() < 0.1:
        await engine.reservations.cancel(hold)
        await engine.queue.leave(ticket)
        return "changed their mind"
    try:
        await engine.reservations.confirm(hold, expected=PRICE * wish)
    except seathold.InsufficientFunds:
        await engine.reservations.cancel(hold)
        await engine.queue.leave(ticket)
        return "had too little money"
    return f"bought {wish}"


async def keep_house(engine: seathold.aio.Engine) -> None:
    """What an operator's loop does: lapsed holds go back, waiters come in."""
    while True:
        await engine.sweep()
        await asyncio.sleep(0.02)


async def main(buyers: int, database: str) -> int:
    async with await seathold.aio.open(f"sqlite:{database}") as engine:
        show, evening = await set_up(engine)
        house = asyncio.create_task(keep_house(engine))
        crowd = (buy(engine, show, evening, buyer) for buyer in range(1, buyers + 1))
        ends: Counter[str] = collections.Counter(await asyncio.gather(*crowd))
        house.cancel()
        await asyncio.gather(house, return_exceptions=True)
        books = await engine.verify()

    for end, count in sorted(ends.items()):
        print(f"{count:5} {end}")
    sold = sum(count * int(end.split()[1]) for end, count in ends.items() if "bought" in end)
    print(f"{books.sold:5} of {books.seats} seats sold, {books.held} held")
    for amount in books.revenue:
        print(f"      {amount} taken")
    print("books clean" if books.clean else f"books NOT clean: {books.findings}")
    taken = Money(sum(amount.minor for amount in books.revenue), PRICE.currency)
    agrees = sold == books.sold and taken == PRICE * sold and sum(ends.values()) == buyers
    return 0 if books.clean and agrees and books.held == 0 else 1


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    if len(sys.argv) > 2:
        sys.exit(asyncio.run(main(count, sys.argv[2])))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(asyncio.run(main(count, f"{folder}/concert.db")))

"""A web application before which workers fork: one engine a worker, opened after the fork.

    SEATHOLD_DATABASE=concert.db gunicorn --workers 4 --preload -c gunicorn_conf.py web:application
    SEATHOLD_DATABASE=concert.db uwsgi --http :8000 --processes 4 --master --plugin python3 \
        --wsgi-file web.py

gunicorn calls post_fork of gunicorn_conf.py in each worker, uWSGI its post_fork_hook. Both end in
open_engine(). /buy?user=7 holds the best seat and pays for it; /worker tells who answers.
"""

import atexit
import json
import os
from typing import Any, Callable, Dict, Iterable, Optional
from urllib.parse import parse_qs

import seathold

EVENING = int(os.environ.get("SEATHOLD_PERFORMANCE", "1"))
Start = Callable[[str, "list[tuple[str, str]]"], Any]

engine: Optional[seathold.Engine] = None


def open_engine() -> None:
    """Called in each worker, after the fork."""
    global engine
    engine = seathold.open("sqlite:" + os.environ["SEATHOLD_DATABASE"])
    atexit.register(engine.close)


def application(environ: Dict[str, Any], start: Start) -> Iterable[bytes]:
    """WSGI."""
    assert engine is not None, "the host did not call open_engine() after the fork"
    if environ["PATH_INFO"] == "/buy":
        user = int(parse_qs(environ["QUERY_STRING"])["user"][0])
        status, answer = buy(engine, user)
    else:
        status, answer = "200 OK", {"pid": os.getpid()}
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def buy(engine: seathold.Engine, user: int) -> "tuple[str, dict[str, object]]":
    """The best seat, paid outside."""
    try:
        hold = engine.reservations.hold_best(EVENING, user, 1)
        engine.reservations.confirm(hold, reference=f"card {hold.id}")
    except seathold.SeatHoldError as error:
        status = "503 Busy" if error.retryable else "409 Conflict"
        return status, {"pid": os.getpid(), "error": str(error), "code": error.code}
    return "200 OK", {"pid": os.getpid(), "seat": hold.seats[0].seat}


try:
    import uwsgi  # there under uWSGI only
except ImportError:
    pass
else:
    uwsgi.post_fork_hook = open_engine

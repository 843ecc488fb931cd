"""`python -m infra.simulator`: reads or generates the bookings and serves until it is stopped."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from infra.simulator.bookings import Booking, BookingsError, read_bookings
from infra.simulator.options import positive
from infra.simulator.season import season
from infra.simulator.server import DEFAULT_RATE_LIMIT, Simulator, SimulatorServer


def main() -> int:
    options = _options()
    try:
        bookings = _bookings(options)
    except BookingsError as error:
        print(error, file=sys.stderr)
        return 2
    server = SimulatorServer(Simulator(bookings, options.seed, options.rate_limit), options.port)
    server.start()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    print(f"The PMS simulator serves {len(bookings)} reservations at {server.url}", flush=True)
    if options.ready_file:
        _write_whole(options.ready_file, json.dumps({"url": server.url, "reservations": len(bookings)}))
    stopped.wait()
    server.stop()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.simulator", description="A PMS in Mews's shape on loopback")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--bookings", type=Path, help="CSV in the columns of hotel booking demand; else generated")
    parser.add_argument("--limit", type=positive, help="only the first rows of the CSV, or so many to generate")
    parser.add_argument("--reservations", type=positive, default=500, help="how many to generate")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate-limit", type=positive, default=DEFAULT_RATE_LIMIT, help="API calls in any 30 seconds")
    parser.add_argument("--ready-file", type=Path, help="written with the url once it serves")
    return parser.parse_args()


def _bookings(options: argparse.Namespace) -> list[Booking]:
    if options.bookings:
        return read_bookings(options.bookings, options.limit)
    return season(options.limit or options.reservations, options.seed)


def _write_whole(path: Path, text: str) -> None:
    """A reader who waits for the file never sees half of it."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())

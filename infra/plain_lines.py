"""Lines for who has no terminal: a log shows that long work goes on, and how far it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

EVERY_SECONDS = 10.0
"""Between two lines."""


@contextmanager
def spoken(say: Callable[[], None], every: float = EVERY_SECONDS) -> Iterator[None]:
    """Say it again and again while the block lasts; nothing of a block that is short."""
    over = Event()
    teller = Thread(target=say_until, args=(partial(over.wait, every), say), name="telling", daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def say_until(is_over: Callable[[], bool], say: Callable[[], None]) -> None:
    """`is_over` waits for the next line's turn."""
    while not is_over():
        say()

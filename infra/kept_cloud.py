"""`python -m infra.kept_cloud`: the local cloud, which keeps what it has every minute and not only when it is stopped.

A child writes it down, as a copy of one instant, while the cloud goes on: it begins between two requests, so that no
transaction is half in it.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as ministack

from infra.local_cloud import KEPT_EVERY_SECONDS

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]


def main() -> None:
    ministack.app = keeping(ministack.app, float(os.environ.get(KEPT_EVERY_SECONDS, "60")))
    ministack.main()


def keeping(served: AsgiApp, every_seconds: float) -> AsgiApp:
    """The same, kept from its start to its end; what it writes on its way out comes after all that was under way."""

    async def kept(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return await served(scope, receive, send)
        ends = asyncio.Event()
        saving = asyncio.create_task(_save_until(ends, every_seconds))

        async def received() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                ends.set()
                await saving
            return message

        return await served(scope, received, send)

    return kept


async def _save_until(ends: asyncio.Event, every_seconds: float) -> None:
    while True:
        try:
            await asyncio.wait_for(ends.wait(), every_seconds)
        except TimeoutError:
            await asyncio.to_thread(os.waitpid, _copied(), 0)
        else:
            return


def _copied() -> int:
    """The id of a child that is what this process is now, and ends when it has written that down."""
    child = os.fork()
    if child == 0:
        try:
            ministack.save_all(ministack._build_persistence_save_dict())
        finally:
            os._exit(0)
    return child


if __name__ == "__main__":
    main()

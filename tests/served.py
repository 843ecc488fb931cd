"""The hub over HTTP on loopback, in this process and on moto, for programs that are not written in Python."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread

from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalDevServer

from app import app
from chalicelib.aws import clients

ONE_AT_A_TIME = Lock()
"""As a Lambda has it: Chalice keeps the request in the application, and a browser asks for several files at once."""


class AnyMethod(ChaliceRequestHandler):
    """What Chalice's server does not hand on, the hub answers here, too; and nothing is written of each request."""

    protocol_version = "HTTP/1.0"  # each answer ends with its connection: no request can be read as another's end

    def do_GET(self) -> None:  # noqa: N802 - the name is the base class's
        with ONE_AT_A_TIME:
            self._generic_handle()

    do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = do_GET  # noqa: N815 - as there

    def __getattr__(self, name: str) -> Callable[[], None]:
        if not name.startswith("do_"):
            raise AttributeError(name)
        handled: Callable[[], None] = self.do_GET
        return handled

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Quiet."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Its address. `folder` is none with a configuration in it, which would set another stage during each call."""
    clients.forget_all()  # those of a local cloud may be there, of a test before
    config = Config(config_from_disk={}, user_provided_params={"project_dir": str(folder)})
    local = LocalDevServer(app, config, "127.0.0.1", 0, AnyMethod)
    serving = Thread(target=local.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{local.server.server_address[1]}"
    finally:
        local.shutdown()
        local.server.server_close()
        serving.join()
        clients.forget_all()

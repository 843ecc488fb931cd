"""The environment, read once through one typed door; every name of a resource follows from the stage."""

import os
from dataclasses import dataclass
from functools import cache, cached_property

CALLS_PER_SECOND = 20
RESTORED_TABLE = "XENIA_RESTORED_TABLE"
"""The environment variable that names it."""


class SettingMissing(RuntimeError):
    """An environment variable is not set; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What differs between deployments."""

    stage: str
    is_local: bool = False
    """Whether AWS is the local cloud on this machine."""
    calls_per_second: int = CALLS_PER_SECOND
    """What one API key may ask of one process, in the long run."""
    restored_table: str = ""
    """The table that was restored for the stage and took the place of its first one."""
    region: str = ""
    """Of AWS, such as `eu-central-1`; "" is not known."""

    @property
    def prefix(self) -> str:
        return f"xenia-{self.stage}"

    @cached_property
    def table(self) -> str:
        return self.restored_table or self.prefix

    @property
    def facts_bus(self) -> str:
        return f"{self.prefix}-facts"

    @property
    def identifier_secret(self) -> str:
        return f"{self.prefix}-identifiers"

    @property
    def key_alias(self) -> str:
        return f"alias/{self.prefix}"

    def queue(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def configuration_set(self, name: str) -> str:
        return f"{self.prefix}-{name}"


@cache
def settings() -> Settings:
    """Read the environment. Raises SettingMissing."""
    try:
        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        return Settings(
            os.environ["XENIA_STAGE"],
            is_local=endpoint.startswith("http://127.0.0.1:"),
            calls_per_second=int(os.environ.get("XENIA_CALLS_PER_SECOND", CALLS_PER_SECOND)),
            restored_table=os.environ.get(RESTORED_TABLE, ""),
            region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", ""),
        )
    except KeyError as missing:
        raise SettingMissing(f"the environment variable {missing.args[0]} is not set") from None

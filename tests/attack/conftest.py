"""The hub behind HTTP, with two hotels and a key for every role."""

from tests.entrypoints.conftest import hub, ingest

__all__ = ["hub", "ingest"]

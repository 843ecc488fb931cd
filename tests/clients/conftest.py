"""The hub of the end-to-end tests."""

from tests.end_to_end.conftest import eventually, hub

__all__ = ["eventually", "hub"]

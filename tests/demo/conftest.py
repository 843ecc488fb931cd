from tests.entrypoints.conftest import hub

__all__ = ["hub"]

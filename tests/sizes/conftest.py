from tests.entrypoints.conftest import hub, ingest

__all__ = ["hub", "ingest"]

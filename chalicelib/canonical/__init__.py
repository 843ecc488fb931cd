"""The hub's vocabulary: snapshots, facts, ids, money, time, errors. Standard library and pydantic only."""

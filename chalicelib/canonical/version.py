"""The version of the hub, as `/health` and the API's description name it; pyproject.toml says the same."""

VERSION = "0.1.0"

"""Who calls, under the name by which the API's modules know it."""

from chalicelib.access.model import Caller

__all__ = ["Caller"]

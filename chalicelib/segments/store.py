"""How segments are kept."""

from chalicelib.aws import keys
from chalicelib.aws.definitions import Definitions
from chalicelib.segments.model import Segment

SEGMENTS = Definitions(Segment, keys.segment, "segment")

"""How segments are kept."""

from chalicelib.aws import keys
from chalicelib.aws.definitions import Definitions
from chalicelib.canonical.ids import SegmentId
from chalicelib.segments.model import Segment

SEGMENTS: Definitions[Segment, SegmentId] = Definitions(Segment, keys.SEGMENTS, "segment")

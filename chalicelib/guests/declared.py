"""How a trait of a guest is declared."""

from dataclasses import dataclass

from pydantic import BaseModel


class Residence(BaseModel):
    """What segments ask of an address: where the guest lives, and not whose citizen they are."""

    country: str | None = None


@dataclass(frozen=True)
class Trait:
    """How a trait comes about, and who may ask for it.

    It is the field of its name in the newest record that has one; or it is computed, by the function that
    guests/projection.py has under `computed_by`. Segments may ask for it by its name, for its parts by dotted names.
    Templates have it as `guest.{name}`; `example` is what they are checked with. The API shows it among the traits.
    """

    computed_by: str | None = None
    in_segments: bool = False
    in_templates: bool = False
    in_api: bool = True
    example: str | None = None
    identifies: bool = False
    """Whether its value may tell who somebody is: a segment that names one is shown to keys of all hotels only."""
    asked_as: type | None = None
    """What segments ask of it, where that is another type than what is kept."""

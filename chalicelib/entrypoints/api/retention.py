"""/v1/retention: how long what is kept, and whom the rule would forget today."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.jobs import JobShown, shown
from chalicelib.privacy import forgetting
from chalicelib.privacy.model import KEPT, KEPT_FOR
from chalicelib.settings import store as settings
from chalicelib.settings.actions import LEAST_MONTHS

Months = Annotated[int, Field(ge=LEAST_MONTHS, le=1200)]


class KindKept(Shown):
    """One kind of data: gone by itself after so many `days`, or kept when a guest is erased, and `why`."""

    what: str
    days: int | None
    why: str | None


class RetentionShown(Shown):
    """Guests are kept for so many `months` after the last stay or word (null: for ever); whoever is kept longer is
    erased each Monday where it `erases`. What names a guest goes with the guest; `kinds` are what goes earlier, or
    stays."""

    months: int | None
    erases: bool
    kinds: list[KindKept]


class RetentionAsked(BaseModel):
    """For how many months guests would be kept; left out, as the settings say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months: Months | None = None


def get() -> RetentionShown:
    """How long guests and each kind of data are kept."""
    kept = settings.get()
    going = [KindKept(what=what, days=after.days, why=None) for what, after in KEPT_FOR.items()]
    staying = [KindKept(what=what, days=None, why=why) for what, why in KEPT.items()]
    return RetentionShown(months=kept.retention_months, erases=kept.retention_erases, kinds=[*going, *staying])


def preview(ask: Ask, body: RetentionAsked) -> JobShown:
    """Count whom the rule would erase today, as a job: nobody is erased.

    Its `result` says how many guests are `due`, and how many are kept: `recent` had a stay or said something since,
    `ahead` have a stay that is not over, `points` a balance, `request` an open request, `case` an open complaint, and
    of the `restricted` nothing may be done. The job's `sample` has at most 20 of those who are due.
    """
    months = body.months or settings.get().retention_months
    if months is None or months < LEAST_MONTHS:
        raise Invalid(FieldError("months", f"is {LEAST_MONTHS} at least, and is said here or in the settings"))
    return shown(forgetting.start_preview(months, ask.seed, moment_of(ask.now)))

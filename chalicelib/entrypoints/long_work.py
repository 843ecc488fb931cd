"""What long work does, by its kind: the one place where jobs meet the capabilities that they are about."""

from typing import TYPE_CHECKING

from chalicelib.canonical.errors import Rejected

if TYPE_CHECKING:
    from chalicelib.jobs.work import Steps


def steps_of(kind: str) -> "Steps":
    """Raises Rejected for a kind that nobody knows."""
    from chalicelib.campaigns import previews
    from chalicelib.ingest import backfill
    from chalicelib.ingest.imports import reading, storing
    from chalicelib.loyalty import points, programs
    from chalicelib.privacy import actions as erasures
    from chalicelib.privacy import forgetting
    from chalicelib.privacy.store import ERASING
    from chalicelib.profiles import following_offices, relisting
    from chalicelib.settings.offices_changed import FOLLOWING
    from chalicelib.signups import actions as signups
    from chalicelib.signups.store import CONFIRMING

    known: dict[str, Steps] = {
        programs.FOLLOWING: programs.follow,
        points.COUNTING: points.count,
        previews.PREVIEWING: previews.look,
        relisting.LISTING: relisting.relist,
        backfill.ASKING: backfill.ask,
        reading.READING: reading.read,
        storing.STORING: storing.store_rows,
        ERASING: erasures.work_on,
        CONFIRMING: signups.work_on,
        forgetting.FORGETTING: forgetting.forget,
        forgetting.PREVIEWING: forgetting.look,
        FOLLOWING: following_offices.follow,
    }
    if kind not in known:
        raise Rejected("unknown_job")
    return known[kind]

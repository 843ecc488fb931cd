"""The record of processing names every kind of row that is personal, once, and tells what is set up."""

from chalicelib.privacy.processing import CATEGORIES, PURPOSES, kept, purposes
from tests.entrypoints.test_export_is_whole import EXPORTED, NOT_EXPORTED, NOT_OF_GUESTS

OF_STAFF = {"staff", "staff_address", "staff_mail", "session", "identity", "link", "attempts"}


def test_every_kind_of_personal_row_is_in_one_category() -> None:
    of_guests = EXPORTED.keys() | {name for name, why in NOT_EXPORTED.items() if why != NOT_OF_GUESTS}
    named = sorted(row for each in CATEGORIES.values() for row in each.rows)
    assert named == sorted(of_guests | OF_STAFF)


def test_every_category_is_used_for_something() -> None:
    assert {each for purpose in PURPOSES for each in purpose.categories} == CATEGORIES.keys()


def test_a_programme_is_in_it_where_there_is_one() -> None:
    assert len(purposes(has_programme=True)) == len(purposes(has_programme=False)) + 1


def test_what_goes_with_the_guest_is_kept_as_long_as_the_rule_says() -> None:
    assert kept("identity", 36, erases=True).startswith("36 months")
    assert kept("identity", 36, erases=False) == kept("identity", None, erases=False)
    assert kept("audit", 36, erases=True) == "400 days"

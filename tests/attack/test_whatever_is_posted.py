"""Whatever a hostile key posts and does about another hotel's guest: that guest is shown and mailed as without it."""

import json
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attack.hotels import GROUP, Hotels
from tests.attack.test_mails_of_others import mail, ses  # noqa: F401 (a fixture)
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.exhaustive import examples
from tests.mail_fakes import FakeSes

NUMBERS = count(1)


class Anna:
    """A guest of Vienna's, another one in each example."""

    def __init__(self, hotels: Hotels) -> None:
        self.number = next(NUMBERS)
        self.name = f"a{self.number}"
        self.mail, self.phone = f"{self.name}@lee.example", f"+43 660 {1000000 + self.number}"
        self.leaf = Hotels.leaf(VIENNA, self.name)
        self.hotels = hotels
        said = {"email": self.mail, "phone": self.phone, "marketing_email": True, "language": "de"}
        secrets = {"birth_date": "1980-05-17", "address": {"city": f"Secret-{self.name}", "country": "AT"}}
        person = guest(self.name, "Anna", f"Lee{self.number}", **said, **secrets)
        hotels.post(VIENNA, reservation(f"r{self.name}", person, status="checked_out", room_number="S-777"))
        asked = {"number": f"V-{self.name}", "earns_from": "2020-01-01"}
        hotels.hub.put(f"/v1/guests/{self.leaf}/membership/club", asked, key="front_desk@vienna")
        hotels.consent(VIENNA, self.leaf, "explicit", how="Vienna-card")

    def shown(self) -> object:
        """All that Vienna's desk reads of her, and finds her by."""
        by = (f"email={self.mail}", f"member=V-{self.name}", f"source=api-vienna&source_id={self.name}")
        return self.hotels.shown(VIENNA, self.leaf), [self.hotels.found(VIENNA, query) for query in by]

    def mailed(self, ses: FakeSes) -> list[tuple[str, str, str]]:  # noqa: F811 (what the fixture is)
        """To whom Vienna's mail goes and the group's, and what they say."""
        before = len(ses.accepted)
        outcomes = [mail(each, self.leaf, run=f"n{next(NUMBERS)}") for each in (VIENNA, GROUP)]
        assert outcomes == [["sent"], ["sent"]]
        sent = ses.accepted[before:]
        return [(each["to"], each["subject"], each["html"]) for each in sent]


class Hostile:
    """What Porto's key posts and does, step by step."""

    def __init__(self, anna: Anna) -> None:
        self.anna, self.said = anna, {""}
        self.leaves: list[str] = []

    def post(self, record: dict[str, Any]) -> None:
        words = {"own": self.anna.mail, "evil": f"{self.anna.name}@evil.example", "phone": self.anna.phone}
        told = {name: words.get(value, value) for name, value in record.items()}
        told["source_id"] = f"{self.anna.name}-{told['source_id']}"
        self.said |= {str(value) for value in told.values()}
        self.leaves.append(Hotels.leaf(PORTO, told["source_id"]))
        is_stay = told.pop("stays")
        person = guest(told.pop("source_id"), told.pop("given"), f"Lee{self.anna.number}", **told)
        stay = reservation(f"p{self.anna.name}", person, status="checked_out", changed_at=person["changed_at"])
        self.anna.hotels.post(PORTO, stay if is_stay else person)

    def act(self, deed: str) -> None:
        hub, path = self.anna.hotels.hub, f"/v1/guests/{self.leaves[-1]}"
        if deed == "enrol":
            hub.put(f"{path}/membership/club", {"number": f"P-{self.anna.name}"}, key="front_desk@porto")
        elif deed == "end":
            assert hub.status("DELETE", f"{path}/membership/club", key="front_desk@porto") in {204, 404}
        else:
            self.anna.hotels.consent(PORTO, self.leaves[-1], deed, basis="guest")

    def is_shown_nothing_of_vienna_s(self) -> None:
        anna = self.anna
        told = json.dumps([anna.hotels.shown(PORTO, leaf) for leaf in dict.fromkeys(self.leaves)])
        alone = {f"Secret-{anna.name}", f"V-{anna.name}", "Vienna-card", "S-777", "1980-05-17", anna.leaf, "vienna"}
        alone |= {anna.mail, anna.phone.replace(" ", "")} - {each.replace(" ", "") for each in self.said}
        assert [value for value in sorted(alone) if value in told] == []


RECORDS = st.fixed_dictionaries(
    {
        "source_id": st.sampled_from(["c0", "c1", "c2"]),
        "given": st.sampled_from(["Anna", "A."]),
        "email": st.sampled_from(["own", "evil", None]),
        "phone": st.sampled_from(["phone", None]),
        "marketing_email": st.sampled_from([True, False, None]),
        "language": st.sampled_from(["pt", None]),
        "country": st.sampled_from(["PT", None]),
        "changed_at": st.integers(1, 60).map(at),
        "stays": st.booleans(),
    }
)
DEEDS = st.sampled_from(["withdrawn", "explicit", "confirmed", "enrol", "end"])


@given(first=RECORDS, steps=st.lists(st.one_of(RECORDS, DEEDS), max_size=4))
@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_porto_posts_and_does_vienna_s_guest_is_shown_and_mailed_as_before(
    hotels: Hotels,
    ses: FakeSes,  # noqa: F811 (pytest's way to ask for a fixture)
    first: dict[str, Any],
    steps: list[dict[str, Any] | str],
) -> None:
    anna = Anna(hotels)
    hostile, shown, mailed = Hostile(anna), anna.shown(), anna.mailed(ses)
    for step in (first, *steps):
        if isinstance(step, str):
            hostile.act(step)
        else:
            hostile.post(step)
        hostile.is_shown_nothing_of_vienna_s()
        assert anna.mailed(ses) == mailed
    shown_after = anna.shown()
    assert without_mails(shown_after) == without_mails(shown)


def without_mails(shown: Any) -> object:
    """The mails of the test itself are no news."""
    (paths, found) = shown
    lines = [each for each in paths["/timeline"]["items"] if each["kind"] != "message"]
    return {**paths, "/timeline": lines}, found

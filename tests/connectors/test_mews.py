"""Mews: notices of ids become snapshots; rows in the vendor's shapes with our own values."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from chalicelib.canonical.details import Payer, Purpose
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.snapshots import Channel, GuestSnapshot, ReservationSnapshot, Status
from chalicelib.connectors.contract import Call, Conversation, Link, Translated
from chalicelib.connectors.mews import translate
from tests.builders import VIENNA, at
from tests.fake_mews import (
    ENTERPRISE,
    LINK,
    PARKING,
    FakeMews,
    Row,
    companion,
    converse,
    customer,
    item,
    notice,
    reservation,
    reservations_changed,
)

LOOK_UPS = {"ageCategories/getAll", "resources/getAll"}


def recorded(talk: Conversation[Translated], calls: list[Call]) -> Conversation[Translated]:
    """The same conversation, with its calls noted."""
    answers = None
    while True:
        try:
            turn = talk.send(answers)  # type: ignore[arg-type]  # a generator is begun with None
        except StopIteration as done:
            translated: Translated = done.value
            return translated
        calls += turn
        answers = yield turn


def fetched(rows: Iterable[Row], *notices: Row, link: Link = LINK) -> Translated:
    mews = FakeMews()
    mews.keep(*rows)
    result = converse(translate.fetch(notices or [reservations_changed("r1")], link), mews)
    assert isinstance(result, Translated)
    return result


def only(translated: Translated) -> ReservationSnapshot:
    (snapshot,) = translated.snapshots
    assert isinstance(snapshot, ReservationSnapshot)
    return snapshot


def told(**fields: Any) -> ReservationSnapshot:
    return only(fetched([reservation(**fields), customer()]))


def roles(snapshot: ReservationSnapshot) -> dict[str | None, str]:
    return {each.guest.source_id: each.role for each in snapshot.occupants}


def test_a_reservation_comes_with_its_guest_and_its_net_revenue() -> None:
    stay = only(
        fetched(
            [
                reservation(State="Processed"),
                customer(),
                item("i1", net="180.20"),
                item("i2", type_="NightRebate", net="-10.10"),
                item("i3", type_="ProductOrder", net="25.005", AccountingState="Closed"),
                item("i4", type_="CityTax", net="3.20"),
                item("i5", type_="CancellationFee", net="50"),
                item("i6", type_="Deposit", net="100"),
                item("i7", net="999", AccountingState="Canceled"),
                item("i8", net="999", AccountingState="Inactive"),
            ]
        )
    )
    assert (stay.currency, stay.room_revenue_minor, stay.other_revenue_minor) == ("EUR", 17010, 2500)
    assert (stay.status, stay.property_id, stay.booking_id) == (Status.CHECKED_OUT, VIENNA.id, "group-1")
    (primary,) = stay.occupants
    assert (primary.role, primary.guest.source_id, primary.guest.email) == ("primary", "c1", "c1@mail.example")
    assert primary.guest.marketing_email
    assert "quiet" not in stay.model_dump_json()


def test_fees_are_no_revenue_and_an_allowance_is_spent_on_products() -> None:
    extras = [("ServiceCharge", "9"), ("Surcharge", "3"), ("ProductOrder", "20"), ("AllowanceDiscount", "-20")]
    items = [item(f"i{at_}", type_=kind, net=net) for at_, (kind, net) in enumerate(extras)]
    stay = only(fetched([reservation(), customer(), item("room", net="100"), *items]))
    assert (stay.room_revenue_minor, stay.other_revenue_minor) == (10000, 0)


def test_the_currency_is_that_of_the_room_whatever_the_ids_and_the_order_of_the_answer() -> None:
    items = [item("i0", net="1", currency="USD"), item("i9", net="500"), item("i1", "r1", "ProductOrder", "900", "CHF")]
    for answer in (items, items[::-1]):
        translated = fetched([reservation(), customer(), *answer])
        assert (only(translated).currency, only(translated).room_revenue_minor) == ("EUR", 50000)
        assert {each.currency for each in only(translated).in_other_currencies or ()} == {"USD", "CHF"}
        assert translated.ignored == {}


def test_only_what_stands_on_the_guests_own_folio_is_eligible() -> None:
    rows = [reservation(), customer(), customer("c2"), companion("r1", "c2")]
    rows += [item(f"i{at_}", net="100", AccountId=each) for at_, each in enumerate(("c1", "c2", "company", None))]
    stay = only(fetched(rows))
    assert (stay.room_revenue_minor, stay.eligible_room_revenue_minor) == (40000, 30000)


def test_a_reservation_tells_rate_room_type_segment_and_who_is_behind_it() -> None:
    ids = {"RateId": "rate-1", "BusinessSegmentId": "segment-1", "RequestedResourceCategoryId": "double"}
    ids |= {"PartnerCompanyId": "company-1", "TravelAgencyId": "agency-1", "AvailabilityBlockId": "block-1"}
    stay = told(**ids)
    assert (stay.rate_plan, stay.market_segment, stay.room_type) == ("rate-1", "segment-1", "double")
    assert (stay.company_id, stay.agency_id, stay.group_id) == ("company-1", "agency-1", "block-1")
    assert (stay.arrival_time, stay.purpose, stay.room_number) == ("15:00", Purpose.LEISURE, None)


def test_a_purpose_that_no_table_has_stays_visible() -> None:
    translated = fetched([reservation(Purpose="Pilgrimage"), customer()])
    assert (only(translated).purpose, translated.ignored) == (Purpose.UNKNOWN, {"unknown_purpose": 1})
    assert told(Purpose=None).purpose is None


def test_how_much_attention_is_due_is_the_highest_classification_that_says_so() -> None:
    known = {each.source_id: each.vip for each in (
        only(fetched([reservation("r1", id_), customer(id_, Classifications=classes)])).occupants[0].guest
        for id_, classes in (("c1", []), ("c2", ["Important", "TopManagement"]), ("c3", ["Returning", "VeryImportant"]))
    )}  # fmt: skip
    assert known == {"c1": None, "c2": 3, "c3": 2}


def test_the_payer_is_on_whose_folio_most_of_the_room_stands() -> None:
    master = customer("m1", Classifications=["PaymasterAccount"])
    assert told().payer is Payer.GUEST
    assert told(AccountType="Company", AccountId="k1").payer is Payer.COMPANY
    assert only(fetched([reservation("r1", "m1"), master])).payer is Payer.MASTER_ACCOUNT
    split = [("i1", "40", "c1", "Customer"), ("i2", "60", "k1", "Company"), ("i3", "90", "c1", "Customer")]
    items = [item(id_, net=net, AccountId=account, AccountType=type_) for id_, net, account, type_ in split]
    items[2]["Type"] = "ProductOrder"
    assert only(fetched([reservation(), customer(), *items])).payer is Payer.COMPANY


def test_a_room_billed_by_the_night_states_its_nightly_rates() -> None:
    nights = [item(f"i{day}", net=f"{day}00", StartUtc=f"2026-01-{30 + day}T23:00:00Z") for day in (1,)]
    nights += [item("i2", net="200", StartUtc="2026-02-01T23:00:00Z")]
    nights += [item("i3", type_="NightRebate", net="-20", StartUtc="2026-02-01T23:00:00Z")]
    stay = only(fetched([reservation(), customer(), *nights, item("i4", type_="ProductOrder", net="5")]))
    rates = {each.night.isoformat(): each.amount_minor for each in stay.nightly_rates or ()}
    assert rates == {"2026-02-01": 10000, "2026-02-02": 18000}
    assert sum(rates.values()) == stay.room_revenue_minor
    assert only(fetched([reservation(), customer(), *nights, item("i5")])).nightly_rates is None, (
        "a line without a night"
    )


def test_a_profile_has_a_salutation_and_an_address_and_a_deleted_one_no_address() -> None:
    lines = {"Line1": "Main Street 1", "Line2": None, "City": "Vienna", "PostalCode": "1010"}
    address = {"Id": "a1", **lines, "CountryCode": "AT", "CountrySubdivisionCode": "AT-9", "Latitude": 48.2}
    (profile,) = fetched([customer(Address=address)], notice(("CustomerUpdated", "c1"))).snapshots
    assert isinstance(profile, GuestSnapshot)
    assert profile.salutation == "Mrs"
    expected = {"street": "Main Street 1", "postal_code": "1010", "city": "Vienna", "region": "AT-9", "country": "AT"}
    assert profile.address
    assert profile.address.model_dump() == expected
    (deleted,) = fetched([customer(Address=address, IsActive=False)], notice(("CustomerUpdated", "c1"))).snapshots
    assert isinstance(deleted, GuestSnapshot)
    assert deleted.address is None


def test_a_guest_whom_mews_does_not_answer_with_stays_the_guest_of_the_stay() -> None:
    translated = fetched([reservation(State="Processed"), companion("r1", "c2")])
    assert roles(only(translated)) == {"c1": "primary", "c2": "companion"}
    assert translated.ignored == {"not_found": 2}
    assert only(translated).version().changed_at.startswith("2026"), "nothing new is said of them"


def test_deleted_profiles_are_asked_for_and_a_portfolio_names_its_chains() -> None:
    mews = Listening()
    mews.keep(reservation(), customer())
    converse(translate.fetch([reservations_changed("r1")], replace(LINK, options={"chains": ["a", "b"]})), mews)
    (asked,) = [call.body for call in mews.calls if call.path.endswith("customers/getAll")]
    assert (asked["ActivityStates"], asked["ChainIds"]) == (["Active", "Deleted"], ["a", "b"])


def test_a_deleted_profile_keeps_its_name_and_nothing_to_reach_anybody_by() -> None:
    row = customer(IsActive=False, Phone="+43 1 5880 0000", LoyaltyCode="L-1")
    (profile,) = fetched([row], notice(("CustomerUpdated", "c1"))).snapshots
    assert isinstance(profile, GuestSnapshot)
    reach = (profile.email, profile.phone, profile.member_number, profile.marketing_email)
    assert (profile.given_name, *reach) == ("Anna", None, None, None, False)
    assert profile.anonymised, "the hub keeps the stays, and nothing of the person"
    merged = customer(IsActive=False, MergeTargetId="c2")
    (profile,) = fetched([merged], notice(("CustomerUpdated", "c1"))).snapshots
    assert isinstance(profile, GuestSnapshot)
    assert not profile.anonymised


class Listening(FakeMews):
    """Remembers what it was asked, and with which token."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []

    def answer(self, call: Call) -> Any:
        self.calls.append(call)
        return super().answer(Call(call.path, {**call.body, "AccessToken": "access"}))


def test_each_hotel_may_have_an_access_token_of_its_own() -> None:
    hotels = {ENTERPRISE: VIENNA.id, "e-porto": PropertyId("porto"), "e-graz": PropertyId("graz")}
    zones = dict.fromkeys(hotels.values(), "Europe/Vienna")
    credentials = {**LINK.credentials, "access_token:e-porto": "of-porto"}
    link = replace(LINK, properties=hotels, zones=zones, credentials=credentials)
    mews = Listening()
    mews.keep(
        *(row for number in (1, 2, 3) for row in (reservation(f"r{number}", f"c{number}"), customer(f"c{number}")))
    )
    notices = [
        notice(("ServiceOrderUpdated", f"r{number}"), enterprise=each) for number, each in enumerate(hotels, start=1)
    ]
    translated = converse(translate.fetch(notices, link), mews)
    assert {each.source_id: each.property_id for each in translated.snapshots} == {
        "r1": VIENNA.id,
        "r2": "porto",
        "r3": "graz",
    }
    asked = [(call.body["AccessToken"], call.body["ReservationIds"]) for call in mews.calls if "ions/get" in call.path]
    assert asked == [("access", ["r1", "r3"]), ("of-porto", ["r2"])]


def test_a_cursor_that_does_not_move_ends_the_question() -> None:
    mews = Stuck()
    mews.keep(*(reservation(f"r{number:04d}") for number in range(1000)))
    converse(translate.changed_since(LINK, datetime.fromisoformat(at(0)), datetime.fromisoformat(at(9))), mews)
    assert mews.asked.count("reservations/getAll/2023-06-06") == 2


class Stuck(FakeMews):
    """Answers with the same full page and the same cursor for ever."""

    def answer(self, call: Call) -> Any:
        first = {**call.body, "Limitation": {"Count": call.body["Limitation"]["Count"]}}
        return {**super().answer(Call(call.path, first)), "Cursor": "0"}


@pytest.mark.parametrize("odd", [None, [], {"Reservations": "r1"}, {"Reservations": {"r1": {}}}])
def test_an_answer_of_another_shape_is_refused(odd: Any) -> None:
    talk = translate.fetch([reservations_changed("r1")], LINK)
    calls = next(talk)
    with pytest.raises(Rejected, match="unreadable_answer"):
        talk.send([odd, *({} for _ in calls[1:])])


def test_the_newest_instant_of_all_parts_is_the_version() -> None:
    stay = only(fetched([reservation(UpdatedUtc=at(1)), customer(UpdatedUtc=at(7)), item(UpdatedUtc=at(5))]))
    assert stay.changed_at.isoformat() == at(5)
    assert stay.version().changed_at.startswith("2026-01-01T00:07")


def test_the_same_answers_read_twice_are_one_version() -> None:
    rows = [reservation(), customer(), item()]
    mews = FakeMews()
    mews.keep(*rows)
    later = converse(translate.fetch([reservations_changed("r1")], LINK), mews)
    assert only(later).version().mark == only(fetched(reversed(rows))).version().mark


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        ("Inquired", None, Status.INQUIRY),
        ("Requested", None, Status.PENDING),
        ("Optional", None, Status.PENDING),
        ("Confirmed", None, Status.CONFIRMED),
        ("Started", None, Status.IN_HOUSE),
        ("Processed", None, Status.CHECKED_OUT),
        ("Canceled", "Other", Status.CANCELLED),
        ("Canceled", "NoShow", Status.NO_SHOW),
    ],
)
def test_states_are_translated_and_a_no_show_is_a_cancellation_reason(
    state: str, reason: str | None, status: Status
) -> None:
    assert told(State=state, CancellationReason=reason).status is status


def test_a_rebooking_is_a_cancellation_with_its_own_reason() -> None:
    stay = told(State="Canceled", CancellationReason="Update")
    assert (stay.status, stay.cancel_reason) == (Status.CANCELLED, "rebooked")


def test_an_unknown_state_stays_visible_and_is_counted() -> None:
    translated = fetched([reservation(State="Teleported"), customer()])
    assert only(translated).status is Status.UNKNOWN
    assert translated.ignored == {"unknown_state": 1}


def test_a_company_that_owns_a_room_is_no_guest_and_its_first_companion_is() -> None:
    rows = [
        reservation(AccountId="co", AccountType="Company", BookerId="c9"),
        *(customer(each) for each in ("c1", "c2", "c9")),
        customer("c0", Classifications=["PaymasterAccount"]),
        companion("r1", "c2"),
        companion("r1", "c0"),
        companion("r1", "c1"),
    ]
    assert roles(only(fetched(rows))) == {"c1": "primary", "c0": "companion", "c2": "companion", "c9": "booker"}


def test_a_company_alone_leaves_a_reservation_of_nobody() -> None:
    assert only(fetched([reservation(AccountId="co", AccountType="Company")])).occupants == ()


def test_a_booker_is_never_a_guest_of_the_stay() -> None:
    rows = [reservation(BookerId="c2"), customer(), customer("c2", "Ben")]
    assert roles(only(fetched(rows))) == {"c1": "primary", "c2": "booker"}
    alone = [reservation(BookerId="c1"), customer()]
    assert roles(only(fetched(alone))) == {"c1": "primary"}


def test_a_merged_profile_names_its_target() -> None:
    (profile,) = fetched([customer(MergeTargetId="c2", IsActive=False)], notice(("CustomerUpdated", "c1"))).snapshots
    assert isinstance(profile, GuestSnapshot)
    assert (profile.source_id, profile.merged_into, profile.property_id) == ("c1", "c2", VIENNA.id)


def test_a_profile_that_two_hotels_name_is_seen_at_both() -> None:
    link = replace(LINK, properties={ENTERPRISE: VIENNA.id, "e-porto": PropertyId("porto")})
    notices = [notice(("CustomerAdded", "c1"), enterprise=each) for each in (ENTERPRISE, "e-porto")]
    assert {each.property_id for each in fetched([customer()], *notices, link=link).snapshots} == {VIENNA.id, "porto"}


def test_a_parking_place_is_no_stay() -> None:
    translated = fetched([reservation(ServiceId=PARKING), customer()])
    assert (translated.snapshots, translated.ignored) == ([], {"other_service": 1})


def test_items_in_another_currency_are_told_in_it() -> None:
    translated = fetched([reservation(), customer(), item("i1"), item("i2", net="70", currency="USD")])
    assert (only(translated).currency, only(translated).room_revenue_minor) == ("EUR", 20000)
    (other,) = only(translated).in_other_currencies or ()
    assert (other.currency, other.room_revenue_minor, other.other_revenue_minor) == ("USD", 7000, 0)
    assert translated.ignored == {}


def test_a_reservation_without_billed_items_states_no_revenue() -> None:
    assert (told().currency, told().room_revenue_minor) == (None, None)


@pytest.mark.parametrize(
    ("net", "currency", "minor"), [("1200", "JPY", 1200), ("1.2345", "KWD", 1234), ("0.125", "EUR", 12)]
)
def test_money_has_the_currencys_own_minor_units(net: str, currency: str, minor: int) -> None:
    stay = only(fetched([reservation(), customer(), item(net=net, currency=currency)]))
    assert stay.room_revenue_minor == minor


@pytest.mark.parametrize(
    ("zone", "arrival", "departure"),
    [
        ("Pacific/Auckland", date(2026, 2, 2), date(2026, 2, 4)),
        ("America/Chicago", date(2026, 2, 1), date(2026, 2, 3)),
        ("Europe/Vienna", date(2026, 2, 1), date(2026, 2, 3)),
    ],
)
def test_dates_are_the_hotels_own(zone: str, arrival: date, departure: date) -> None:
    rows = [
        reservation(ScheduledStartUtc="2026-02-01T20:00:00Z", ScheduledEndUtc="2026-02-03T16:00:00Z"),
        customer(),
    ]
    stay = only(fetched(rows, link=replace(LINK, zones={VIENNA.id: zone})))
    assert (stay.arrival, stay.departure) == (arrival, departure)


@pytest.mark.parametrize(
    ("came", "arrival"),
    [
        ("2026-02-01T23:30:00Z", date(2026, 2, 1)),  # half past midnight in Vienna: the night that was booked
        ("2026-02-02T04:59:00Z", date(2026, 2, 1)),
        ("2026-02-02T05:00:00Z", date(2026, 2, 2)),
        ("2026-02-02T23:30:00Z", date(2026, 2, 3)),  # two days late is another night
        ("2026-01-31T23:30:00Z", date(2026, 2, 1)),  # early in the morning of the day that was booked
    ],
)
def test_who_arrives_after_midnight_slept_the_night_that_was_booked(came: str, arrival: date) -> None:
    assert told(State="Started", ActualStartUtc=came, ScheduledEndUtc="2026-02-05T10:00:00Z").arrival == arrival


def test_actual_dates_beat_scheduled_ones_and_day_use_has_no_nights() -> None:
    stay = told(ActualStartUtc="2026-02-02T09:00:00Z", ActualEndUtc="2026-02-02T17:00:00Z")
    assert stay.arrival == stay.departure == date(2026, 2, 2)


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({"Origin": "ChannelManager", "OriginDetails": "Booking.com", "TravelAgencyId": "t"}, Channel.OTA),
        ({"Origin": "ChannelManager", "OriginDetails": "Amadeus GDS"}, Channel.GDS),
        ({"Origin": "Commander", "CommanderOrigin": "Channel", "TravelAgencyId": "t"}, Channel.OTA),
        ({"Origin": "Connector", "TravelAgencyId": "t", "PartnerCompanyId": "p"}, Channel.WHOLESALE),
        ({"Origin": "Distributor", "PartnerCompanyId": "p"}, Channel.CORPORATE),
        ({"Origin": "Commander", "CommanderOrigin": "RoomingList"}, Channel.GROUP),
        ({"Origin": "Commander", "CommanderOrigin": "Phone"}, Channel.DIRECT),
        ({"Origin": "Commander", "CommanderOrigin": "CallCenter"}, Channel.DIRECT),
        ({"Origin": "Navigator"}, Channel.DIRECT),
        ({"Origin": "Connector"}, Channel.UNKNOWN),
    ],
)
def test_where_a_reservation_came_from(fields: dict[str, str], channel: Channel) -> None:
    assert told(**fields).channel is channel


BROKEN: dict[str, tuple[list[Row], str]] = {
    "a reservation without its service": ([reservation("r1", ServiceId=None)], "ServiceId is missing"),
    "a reservation without its update": (
        [{name: value for name, value in reservation("r1").items() if name != "UpdatedUtc"}],
        "UpdatedUtc is missing",
    ),
    "a date that is none": ([reservation("r1", ScheduledStartUtc="tomorrow")], "ValueError"),
    "a companionship of nobody": ([reservation("r1"), companion("r1", "")], "CustomerId is missing"),
    "an item without an amount": ([reservation("r1"), item("i1", Amount=None)], "TypeError"),
    "an item without an id": ([reservation("r1"), {**item("i1"), "Id": ""}], "Id is missing"),
    "a guest without a version": ([reservation("r1"), {**customer("c1"), "UpdatedUtc": None}], "TypeError"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_its_own_reservations_alone(case: str) -> None:
    rows, reason = BROKEN[case]
    neighbour = [reservation("r2", "c2"), customer("c2"), item("i2", "r2")]
    base = [] if any("LastName" in row for row in rows) else [customer("c1")]
    translated = fetched([*base, *rows, *neighbour], reservations_changed("r1", "r2"))
    assert translated.broken == {"r1": reason}
    assert [each.source_id for each in translated.snapshots] == ["r2"]


@pytest.mark.parametrize(
    ("name", "typed"), [("Phone", 436641234567), ("Email", 7), ("LastName", 12), ("FirstName", [])]
)
def test_a_number_where_a_text_is_expected_is_a_text_and_costs_nobody_anything(name: str, typed: Any) -> None:
    translated = fetched([reservation(), {**customer(), name: typed}, reservation("r2", "c2"), customer("c2")])
    assert translated.broken == {}
    assert isinstance(only(translated).occupants[0].guest, GuestSnapshot)


def test_rows_that_are_no_objects_are_passed_over() -> None:
    mews = Littered()
    mews.keep(reservation(), customer(), item())
    assert [
        each.source_id for each in converse(translate.fetch([reservations_changed("r1")], LINK), mews).snapshots
    ] == ["r1"]


class Littered(FakeMews):
    """Answers with rows that are none among the others."""

    def answer(self, call: Call) -> Any:
        answered = super().answer(call)
        return {name: [None, 7, *rows, "x"] if isinstance(rows, list) else rows for name, rows in answered.items()}


def test_a_reason_never_repeats_a_value() -> None:
    translated = fetched([reservation(GroupId="secret" * 40), customer()])
    assert translated.broken == {"r1": "booking_id"}


def test_half_a_surrogate_pair_in_a_name_loses_nothing_else() -> None:
    stay = only(fetched([reservation(), customer(first="An\ud800na\x00")]))
    assert stay.occupants[0].guest.given_name == "Anna"


def test_answers_of_several_pages_and_of_more_than_a_thousand_ids_are_read_whole() -> None:
    ids = [f"r{number:04d}" for number in range(1200)]
    rows = [reservation(each, "c1") for each in ids]
    items = [item(f"i{number}", ids[number % 2], net="1") for number in range(2500)]
    mews = FakeMews()
    mews.keep(customer(), *rows, *items)
    translated = converse(translate.fetch([reservations_changed(*ids)], LINK), mews)
    assert len(translated.snapshots) == 1200
    assert sum(each.room_revenue_minor or 0 for each in translated.snapshots) == 250_000
    assert mews.asked.count("orderItems/getAll") == 6


def test_one_call_of_each_kind_serves_a_whole_batch() -> None:
    mews = FakeMews()
    mews.keep(*(reservation(f"r{n}", f"c{n}") for n in range(10)), *(customer(f"c{n}") for n in range(10)))
    converse(translate.fetch([reservations_changed(f"r{n}") for n in range(10)], LINK), mews)
    assert len(mews.asked) == len(set(mews.asked)) == 5


def test_a_batch_asks_what_ids_stand_for_only_where_it_has_such_ids() -> None:
    mews = FakeMews()
    mews.keep(reservation("r1", PersonCounts=[]), reservation("r2", AssignedResourceId="room-1"), customer())
    for each, looked_up in (("r1", set()), ("r2", {"ageCategories/getAll", "resources/getAll"})):
        mews.asked.clear()
        converse(translate.fetch([reservations_changed(each)], LINK), mews)
        assert {each for each in mews.asked if each in LOOK_UPS} == looked_up


def test_the_question_what_ids_stand_for_is_the_same_for_other_reservations_of_the_hotel() -> None:
    """So that its answer can be remembered."""
    asked = []
    for each in ("r1", "r2"):
        mews = FakeMews()
        mews.keep(reservation(each, AssignedResourceId=f"room-{each}"), customer())
        calls: list[Call] = []
        converse(recorded(translate.fetch([reservations_changed(each)], LINK), calls), mews)
        asked.append([call for call in calls if call.is_look_up])
    assert asked[0] == asked[1]
    assert {call.path.partition("/v1/")[2] for call in asked[0]} == LOOK_UPS


def test_a_reservation_tells_its_room_its_adults_and_children_and_its_voucher() -> None:
    mews = FakeMews(rooms={"room-1": "101"})
    counts = [{"AgeCategoryId": "adults", "Count": 2}, {"AgeCategoryId": "children", "Count": 1}]
    mews.keep(reservation(AssignedResourceId="room-1", PersonCounts=counts, VoucherId="spring"), customer())
    stay = only(converse(translate.fetch([reservations_changed("r1")], LINK), mews))
    assert (stay.room_number, stay.adults, stay.children, stay.promotion_code) == ("101", 2, 1, "spring")


def test_where_an_age_category_is_not_known_nobody_is_counted() -> None:
    counts = [{"AgeCategoryId": "adults", "Count": 2}, {"AgeCategoryId": "dogs", "Count": 1}]
    stay = told(PersonCounts=counts)
    assert (stay.adults, stay.children) == (None, None)


@pytest.mark.parametrize("refused", [{"resources/getAll"}, {"ageCategories/getAll"}, LOOK_UPS])
def test_a_token_that_may_not_ask_for_names_brings_all_the_rest(refused: set[str]) -> None:
    mews = FakeMews(rooms={"room-1": "101"}, refused=frozenset(refused))
    mews.keep(reservation(AssignedResourceId="room-1"), customer(), item())
    stay = only(converse(translate.fetch([reservations_changed("r1")], LINK), mews))
    assert (stay.room_revenue_minor, len(stay.occupants)) == (20000, 1)
    assert stay.room_number == (None if "resources/getAll" in refused else "101")
    assert stay.adults == (None if "ageCategories/getAll" in refused else 2)


def test_a_notice_of_no_interest_asks_nothing() -> None:
    mews = FakeMews()
    translated = converse(translate.fetch([notice(("ResourceUpdated", "x"))], LINK), mews)
    assert (mews.asked, translated.ignored) == ([], {"unknown_event:ResourceUpdated": 1})


def test_another_hotels_notice_is_counted_and_not_asked_for() -> None:
    mews = FakeMews()
    mews.keep(reservation(), customer())
    foreign = notice(("ServiceOrderUpdated", "r1"), enterprise="e-elsewhere")
    translated = converse(translate.fetch([foreign], LINK), mews)
    assert (mews.asked, translated.snapshots, translated.ignored) == ([], [], {"unknown_hotel": 1})


def test_an_integration_webhook_is_passed_over_and_counted() -> None:
    body = {"Action": "IntegrationCreated", "Data": {"Enterprise": {"Id": ENTERPRISE}, "Requestor": None}}
    assert translate.named_by(body) == frozenset()
    assert fetched([], body).ignored == {"unknown_event:IntegrationCreated": 1}


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        None,
        {},
        {"EnterpriseId": ENTERPRISE},
        {"EnterpriseId": 7, "Events": []},
        {"EnterpriseId": ENTERPRISE, "Events": {}},
        {"EnterpriseId": ENTERPRISE, "Events": ["anna@mail.example"]},
        {"EnterpriseId": ENTERPRISE, "Events": [{"Discriminator": "CustomerAdded", "Value": "anna@mail.example"}]},
        {"EnterpriseId": ENTERPRISE, "Events": [{"Discriminator": "CustomerAdded", "Value": {"Id": 7}}]},
        {"EnterpriseId": ENTERPRISE, "Events": [{"Discriminator": None}]},
    ],
)
def test_a_notice_of_another_shape_is_refused_with_its_field(body: Any) -> None:
    with pytest.raises(Rejected, match="not_a_mews_notice: ") as refused:
        translate.named_by(body)
    assert "anna" not in str(refused.value)


def test_what_changed_comes_as_notices_with_late_charges_and_hotel_by_hotel() -> None:
    mews = FakeMews()
    mews.keep(reservation("r1", UpdatedUtc=at(5)), reservation("r2", UpdatedUtc=at(50)), customer(UpdatedUtc=at(6)))
    mews.keep(item("i1", "r9", UpdatedUtc=at(7)))
    since, until = datetime.fromisoformat(at(5)), datetime.fromisoformat(at(50))
    notices = converse(translate.changed_since(LINK, since, until), mews)
    assert [translate.named_by(each) for each in notices] == [frozenset({"r1", "r9", "c1"})]
    assert {each["EnterpriseId"] for each in notices} == {ENTERPRISE}


def turns_of(talk: Conversation[Any], mews: FakeMews) -> list[set[str]]:
    """What is asked at once, turn by turn."""
    turns: list[set[str]] = []
    answers = None
    with suppress(StopIteration):
        while True:
            calls = talk.send(answers)  # type: ignore[arg-type]  # a generator is begun with None
            turns.append({call.path.partition("/v1/")[2].partition("/")[0] for call in calls})
            answers = [mews.answer(call) for call in calls]
    return turns


def test_a_notice_waits_for_mews_twice_whatever_it_names() -> None:
    mews = FakeMews(rooms={"room-1": "101"})
    mews.keep(reservation(AssignedResourceId="room-1"), customer(), companion("r1", "c2"), customer("c2"), item())
    everything = notice(("ServiceOrderUpdated", "r1"), ("CustomerUpdated", "c3"))
    assert turns_of(translate.fetch([everything], LINK), mews) == [
        {"reservations", "companionships", "orderItems"},
        {"customers", "resources", "ageCategories"},
    ]


def test_a_notice_of_a_guest_alone_waits_once() -> None:
    mews = FakeMews()
    mews.keep(customer())
    assert turns_of(translate.fetch([notice(("CustomerUpdated", "c1"))], LINK), mews) == [{"customers"}]


def test_what_belongs_to_a_parking_place_is_nobody_s_companion_and_no_charge_of_a_room() -> None:
    mews = FakeMews()
    mews.keep(
        reservation("r1"), customer(), reservation("p1", ServiceId=PARKING), companion("p1", "c9"), item("i9", "p1")
    )
    mews.items["i9"]["ServiceOrderId"] = "p1"
    translated = converse(translate.fetch([reservations_changed("r1", "p1")], LINK), mews)
    assert only(translated).source_id == "r1"
    assert (dict(translated.broken), translated.ignored) == ({}, {"other_service": 1})

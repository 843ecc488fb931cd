"""What the hub is told over the season, and the truth about it."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from infra.simulator.bookings import read_bookings
from infra.simulator.push import Options, PlayError
from infra.simulator.season import season
from infra.simulator.server import Simulator
from tests.simulator.playing import RESERVATIONS, SEED, Played
from tests.simulator.rows import GOOD, REAL_FILE, written


def quietly_played(simulator: Simulator) -> Simulator:
    """Every step in the order of the source, with nobody listening."""
    for wave in simulator.waves:
        for step in wave.steps:
            step()
    return simulator


def test_everything_is_pushed_with_duplicates_disorder_and_retries(played: Played) -> None:
    progress = played.get("/simulator/progress")
    assert progress["done"]
    assert progress["failures"] == 3
    assert progress["undelivered"] == 0
    assert progress["webhooks"] == len(played.hub.webhooks)
    assert progress["events"] == len(played.hub.told())
    assert progress["duplicate_webhooks"] > 0
    assert progress["duplicate_events"] > 0
    assert all(1 <= len(call["Events"]) <= 20 for call in played.hub.webhooks)


def test_every_entity_is_told_and_some_before_their_customers(played: Played) -> None:
    told = played.hub.told()
    hotel = played.server.simulator.hotel
    assert {key for kind, key in told if kind == "CustomerAdded"} == set(hotel.entities["Customers"])
    assert set(hotel.entities["Reservations"]) <= {key for kind, key in told if kind == "ServiceOrderUpdated"}
    assert max(Counter(call.__repr__() for call in played.hub.webhooks).values()) > 1
    first = {key: place for place, (kind, key) in reversed(list(enumerate(told))) if kind == "ServiceOrderUpdated"}
    in_order = [hotel.ids.of("reservation", number) for number in range(1, RESERVATIONS + 1)]
    places = [first[key] for key in in_order]
    assert places != sorted(places)


def test_disorder_changes_nothing_in_the_truth(played: Played) -> None:
    quiet = quietly_played(Simulator(season(RESERVATIONS, SEED), SEED)).truth()
    assert quiet == played.server.simulator.truth()


def test_the_parts_of_the_truth_add_up(played: Played) -> None:
    truth = played.get("/simulator/truth")
    guests, totals = truth["guests"].values(), truth["totals"]
    for figure in ("stays", "nights", "points"):
        assert sum(guest[figure] for guest in guests) == totals[figure]
    for currency, minor in totals["room_revenue_minor"].items():
        assert sum(guest["room_revenue_minor"].get(currency, 0) for guest in guests) == minor
    assert sum(len(guest["customers"]) for guest in guests) == truth["records"] == len(truth["customers"])
    assert truth["guests_known"] == len(guests) == truth["records"] - truth["merged_records"]
    assert totals["reservations"] == len(truth["reservations"]) == RESERVATIONS
    assert sum(room["points"] for room in truth["reservations"].values()) == totals["points"] > 0


def test_only_own_rooms_count_and_each_zero_has_a_reason() -> None:
    rooms = quietly_played(Simulator(season(900, 3), 3)).truth()["reservations"].values()
    earning = [room for room in rooms if room["points"]]
    assert all(room["occupancy"] == "own" and room["source"] != "ota" and room["currency"] == "EUR" for room in earning)
    completed = [room for room in rooms if room["status"] == "Processed" and room["customer"]]
    assert all((room["points"] > 0) != (room["zero_reason"] is not None) for room in completed)
    reasons = {room["zero_reason"] for room in rooms if room["zero_reason"]}
    earned_nothing = {
        "no_rate",
        "ota_excluded",
        "no_room_revenue",
        "not_own_folio",
        "unnamed_occupant",
        "rounds_to_zero",
    }
    assert reasons == earned_nothing
    assert {room["status"] for room in rooms} == {"Processed", "Started", "Canceled", "NoShow"}
    assert any(room["nights"] == 0 for room in completed)


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real data is not part of the project")
def test_a_season_of_real_bookings_keeps_the_nights_of_the_source() -> None:
    bookings = read_bookings(REAL_FILE, 1000)
    totals = quietly_played(Simulator(bookings, SEED)).truth()
    left = {
        booking.number: (min(booking.outcome_date, booking.departure) - booking.arrival).days
        for booking in bookings
        if booking.outcome == "Check-Out"
    }
    simulator_ids = Simulator(bookings[:1], SEED).hotel.ids
    nights = {key: room["nights"] for key, room in totals["reservations"].items() if room["status"] == "Processed"}
    of_source = {simulator_ids.of("reservation", number): count for number, count in left.items()}
    assert nights.items() <= of_source.items()
    assert len(of_source) - len(nights) <= 5  # reversed check-outs that stay in house


def test_a_silent_change_is_seen_by_asking_only(played: Played) -> None:
    before, told = played.get("/simulator/truth"), len(played.hub.told())
    status, changed, _ = played.post("/simulator/silent-change", {"kind": "late_checkout"})
    after = played.get("/simulator/truth")
    assert status == 200
    assert after["totals"]["points"] == before["totals"]["points"] + 400
    _, page, _ = played.call(
        "reservations/getAll/2023-06-06", UpdatedUtc={"StartUtc": changed["updated"], "EndUtc": "2100-01-01T00:00:00Z"}
    )
    assert [found["Id"] for found in page["Reservations"]] == [changed["reservation"]]
    assert len(played.hub.told()) == told


def names_of_customers(played: Played) -> set[str | None]:
    return {each["LastName"] for each in played.server.simulator.hotel.entities["Customers"].values()}


def test_a_season_waits_before_a_wave_until_it_is_told_to_go_on(short: Played) -> None:
    short.play(wait_before="forget")
    while not (progress := short.get("/simulator/progress"))["waits"]:
        assert progress["running"]
    assert progress["waves_done"] == progress["waves"] - 1
    assert "Anonymized" not in names_of_customers(short)
    short.post("/simulator/go-on", {})
    short.server.simulator.player.join()
    assert short.get("/simulator/progress")["done"]
    assert "Anonymized" in names_of_customers(short)


def test_a_season_that_waits_can_be_ended(short: Played) -> None:
    short.play(wait_before="book")
    short.server.simulator.player.stop()
    assert not short.get("/simulator/progress")["done"]


def test_whom_the_hotel_forgets_is_a_guest_for_the_reservations_alone() -> None:
    simulator = quietly_played(Simulator(season(900, 3), 3))
    truth = simulator.truth()
    nobody = {each["Id"] for each in simulator.hotel.entities["Customers"].values() if each["LastName"] == "Anonymized"}
    left = [guest for guest in truth["guests"].values() if guest["forgotten"]]
    booked = {room["customer"] for room in truth["reservations"].values()}
    assert {customer for guest in left for customer in guest["customers"]} == nobody & booked
    assert set(truth["forgotten"]["customers"]) == nobody - booked
    assert any(guest["points"] for guest in left)
    assert not any(guest["emails"] or guest["members"] or guest["marketing_consent"] for guest in left)
    still = {address for guest in truth["guests"].values() for address in guest["emails"]}
    assert still.isdisjoint(truth["forgotten"]["emails"])


def test_a_season_is_played_once(played: Played) -> None:
    assert played.post("/simulator/play", {"hub_url": played.hub_url})[0] == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub_url": "ftp://x"},
        {"hub_url": "http://x", "duplicates": 2},
        {"hub_url": "http://x", "wait_before": "winter"},
        {"workers": 1},
    ],
)
def test_wrong_options_of_a_play_are_refused(played: Played, wrong: dict[str, object]) -> None:
    assert played.post("/simulator/play", wrong)[0] == 400


def test_options_name_what_is_wrong() -> None:
    with pytest.raises(PlayError, match="hub_url"):
        Options("localhost:80")


def test_the_command_names_line_and_column_of_a_bad_file(tmp_path: Path) -> None:
    path = written(tmp_path / "b.csv", {**GOOD, "adr": "much"})
    command = [sys.executable, "-m", "infra.simulator", "--bookings", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == 2
    assert ended.stderr.strip() == f"{path}: line 2, column adr: 'much' is not a number"

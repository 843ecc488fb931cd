"""What the table of figures says, and that a floor makes the very calls that the hub made."""

import pytest

from benchmarks import campaign, cost, hub, instructions, webhooks
from benchmarks.figures import OF_MEASURED, Figure, markdown
from benchmarks.tape import Bare, Tape

ONE, *OTHERS = (each for each in instructions.MEASURED if each != instructions.RECIPIENT)
"""What takes longest stands between them: `--quick` keeps the first and the last."""


def test_a_bound_is_of_the_ratio_or_of_what_was_measured() -> None:
    assert Figure("f", "ms", 3, 2, bound=1.5).holds
    assert not Figure("f", "ms", 3.1, 2, bound=1.5).holds
    assert Figure("f", "units", 8, 2, bound=8, bound_of=OF_MEASURED).holds
    assert Figure("f", "units", 0, None, bound=0, bound_of=OF_MEASURED).holds
    assert Figure("f", "ms", 3, 2).holds is None


def test_a_row_has_the_shape_that_later_issues_add_to() -> None:
    row = Figure("f", "ms", 3, 2, bound=1.5).row()
    assert list(row) == ["name", "unit", "measured", "floor", "ratio", "bound", "holds"]
    assert row["unit"] == "ms; bound on ratio"
    assert "| f (ms) | 3 | 2 | 1.5 | ratio ≤ 1.5 | yes |" in markdown([row])


def test_the_floor_makes_the_recorded_calls_and_no_other_answer_is_given() -> None:
    cloud = webhooks.known_guests(2)
    tape = Tape(hub.wire())
    tape.record()
    webhooks.push(cloud, webhooks.changes(2, 3))
    tape.mark()
    (calls,) = tape.stretches()
    tape.play()
    Bare(tape).make(calls)
    tape.play()
    with pytest.raises(RuntimeError, match="where it asked"):
        Bare(tape).make(calls[::-1])


@pytest.mark.exhaustive(quick=())
def test_a_campaign_mails_everybody_once_and_its_bill_names_every_service() -> None:
    ran = campaign.send_all(64)
    assert ran.cloud.mails == 64
    assert len(ran.events) == 20  # 64 sent, delivered and opened, 7 clicked: 199 events in batches of ten
    own, shared, further = campaign.units(ran, campaign.send_all(64, records=2), campaign.send_all(64, shares=True))
    assert own.measured > 4
    assert round(shared.measured - own.measured, 2) == 2, "the address's own row"
    assert further.measured == 2, "a check that no other record of the guest has the mail"
    assert all(dollars > 0 for dollars in cost.per_run(ran, send_ms=1, events_ms=1).values())


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [ONE, instructions.RECIPIENT, *OTHERS])
def test_each_side_of_what_callgrind_counts_can_be_run_again_and_again(name: str) -> None:
    with instructions.MEASURED[name]() as sides:
        for run in (sides.hub, sides.floor, sides.hub):
            run()


def test_without_valgrind_the_table_says_so_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (figure,) = instructions.figures()
    assert "not installed" in figure.name
    assert figure.holds is None

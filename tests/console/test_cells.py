"""Each cell of a table has its column's name with it: on a phone there are no columns."""

from collections.abc import Callable

from markupsafe import Markup

from chalicelib.entrypoints.console.cells import under
from tests.builders import guest, reservation
from tests.console.conftest import SignIn


def test_each_cell_but_the_one_that_says_what_the_row_is_of_has_its_heading() -> None:
    row = Markup('<th scope="row">101</th>\n<td>{}</td>\n<td dir="ltr"></td>').format("<b>")
    assert under(row, ["Room", 'The "guest"', "Time"]) == (
        '<th scope="row">101</th>\n<td data-h="The &quot;guest&quot;">&lt;b&gt;</td>\n<td data-h="Time" dir="ltr"></td>'
    )


def test_cells_without_a_heading_stay_as_they_are() -> None:
    row = Markup("<th>a</th><td>b</td><td>c</td>")
    assert under(row, ["A", ""]) == row


def test_a_list_on_a_page_has_them(sign_in: SignIn, ingest: Callable[..., None]) -> None:
    ingest(reservation("r1", guest()))
    page = sign_in().open("/guests?q=lee")
    assert page.attributes("td", "data-h") == ["E-mail address", "Telephone", "Stays", "Next arrival"]

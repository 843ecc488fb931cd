"""All records compared by Splink on DuckDB, embedded: what each field weighs, and which pairs may be one person's.

Both are of the analyst extra, and are imported where they are used. Memory is bounded: what does not fit lies in a
folder of its own that goes with the audit. https://moj-analytical-services.github.io/splink/
"""

import csv
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from chalicelib.canonical.ids import Leaf
from chalicelib.identity.blocks import MOST_IN_ONE
from infra.errors import Refused
from infra.identity.columns import COLUMNS, KEYS, Row

MOST_LOOKED_AT = 1_000
"""Records under one key that are compared with each other: half a million pairs."""
MEMORY = "1GB"
LEAST_BITS = -4.0
"""Below even odds, by Splink's weights: the hub weighs each pair once more, by its own."""
SURE_FROM = 0.99
MOST_TRAINED_ON = 2e6
"""Pairs."""
LEARNED_FROM = (("born",), ("postcode", "given"), ("given", "family"))
"""Of pairs that have these in common the other fields are learned."""
SURELY_ONE = (("given", "family", "born"), ("family", "born", "postcode"), ("email", "given"))
RECALL = 0.7
"""Of one person's pairs about so many have one of these in common."""


class Pair(NamedTuple):
    """Two records of two guests, with Splink's match weight in bits: above 0 one person is the likelier."""

    one: Leaf
    other: Leaf
    bits: float


def refuse_without() -> None:
    """Raises Refused where the analyst extra is missing."""
    if missing := [each for each in ("splink", "duckdb") if find_spec(each) is None]:
        raise Refused(f"{' and '.join(missing)} are not installed: `pip install -e '.[analyst]'` in the checkout")


@dataclass
class Compared:
    """What came of it, read as it is asked for. `model` is Splink's; `matches` pairs are one person's with hardly a
    doubt, of `pairs` that had a key in common and were not quite unlike; `of_two` are pairs of guests among them."""

    database: Any
    model: dict[str, Any]
    pairs: int
    matches: int
    full_blocks: int
    passed_over: int
    of_two: int
    table: str

    def likeliest(self, most: int) -> Iterator[Pair]:
        """Of each two guests the likeliest pair, the likeliest first; so many at most."""
        rows = self.database.cursor().execute(
            f"""SELECT leaf_l, leaf_r, match_weight FROM {self.table} WHERE guest_l <> guest_r
            QUALIFY row_number() OVER (PARTITION BY least(guest_l, guest_r), greatest(guest_l, guest_r)
            ORDER BY match_weight DESC, leaf_l, leaf_r) = 1 ORDER BY match_weight DESC, leaf_l, leaf_r LIMIT {most}"""
        )
        while some := rows.fetchmany(1_000):
            yield from (Pair(Leaf(one), Leaf(other), float(bits)) for one, other, bits in some)


@contextmanager
def compared(
    rows: Iterable[Row], tell: Callable[[str], None], beside: Sequence[Sequence[str]] = ()
) -> Iterator[Compared]:
    """Compare all of some records with those that they have a key in common with, or all of some columns `beside`.

    Their names lie on this machine for as long as that takes, readable by who runs it alone.
    """
    with TemporaryDirectory(prefix="hub-identity-") as folder:
        at = Path(folder)
        with (at / "records.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        tell("laying them beside each other")
        database = _database(at)
        full, over = _close_the_fullest(database)
        yield _compared(database, full, over, tell, beside)
        database.close()


def _database(at: Path) -> Any:
    database = import_module("duckdb").connect(str(at / "audit.duckdb"))
    _asked(database, f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{at / 'spilled'}'")
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in COLUMNS)
    _asked(
        database, f"CREATE TABLE records AS FROM read_csv('{at / 'records.csv'}', header = true, columns = {{{types}}})"
    )
    return database


def _close_the_fullest(database: Any) -> tuple[int, int]:
    """How many keys have more records than the hub compares as they come; and how many so many that they are left out
    here, too."""
    full, over = 0, 0
    for key in KEYS:
        sizes = f"SELECT {key} AS value, count(*) AS size FROM records WHERE {key} IS NOT NULL GROUP BY {key}"
        told = f"count(*) FILTER (size > {MOST_IN_ONE}), count(*) FILTER (size > {MOST_LOOKED_AT})"
        ((fuller, fullest),) = _asked(database, f"SELECT {told} FROM ({sizes})")
        full, over = full + fuller, over + fullest
        values = f"SELECT value FROM ({sizes}) WHERE size > {MOST_LOOKED_AT}"
        _asked(database, f"UPDATE records SET {key} = NULL WHERE {key} IN ({values})")
    return full, over


def _compared(
    database: Any, full: int, over: int, tell: Callable[[str], None], beside: Sequence[Sequence[str]]
) -> Compared:
    splink = import_module("splink")
    engine = splink.DuckDBAPI(connection=database)
    linker = splink.Linker(engine.register("records"), _settings(splink, beside))
    logging.getLogger("splink").setLevel(logging.ERROR)  # it tells each step of its learning, from here on
    tell("learning what each field weighs")
    _learn(linker, splink, database)
    tell("comparing")
    found = linker.inference.predict(threshold_match_weight=LEAST_BITS)
    table = found.physical_name
    counts = f"SELECT count(*), count(*) FILTER (match_probability >= {SURE_FROM}) FROM {table}"
    ((pairs, matches),) = _asked(database, counts)
    guests = "least(guest_l, guest_r) AS one, greatest(guest_l, guest_r) AS other"
    of_two = f"SELECT count(*) FROM (SELECT DISTINCT {guests} FROM {table} WHERE guest_l <> guest_r)"
    ((between,),) = _asked(database, of_two)
    return Compared(database, linker.misc.save_model_to_json(), pairs, matches, full, over, between, table)


def _learn(linker: Any, splink: Any, database: Any) -> None:
    """Of what too few have in common nothing is learned: it weighs what Splink begins with, and is told to nobody."""
    block, possible = splink.block_on, _pairs(database, ())
    if not possible:
        return
    surely = {each: pairs for each in SURELY_ONE if (pairs := _pairs(database, each))}
    if 0 < sum(surely.values()) < RECALL * possible:  # of a few records Splink refuses that more are one person's
        linker.training.estimate_probability_two_random_records_match([block(*each) for each in surely], recall=RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=MOST_TRAINED_ON, seed=1)
    for each in LEARNED_FROM:
        if _pairs(database, each):
            linker.training.estimate_parameters_using_expectation_maximisation(block(*each))


def _pairs(database: Any, columns: Sequence[str]) -> int:
    """How many pairs have these in common; of no columns all pairs that there are."""
    said = " AND ".join(("true", *(f"{column} IS NOT NULL" for column in columns)))
    sizes = f"SELECT count(*) AS size FROM records WHERE {said} GROUP BY {', '.join(columns) or 'true'}"
    ((pairs,),) = _asked(database, f"SELECT coalesce(sum(size * (size - 1) // 2), 0) FROM ({sizes})")
    return int(pairs)


def _asked(database: Any, what: str) -> list[Any]:
    """To the last row: the connection answers nothing else before."""
    return list(database.execute(what).fetchall())


def _settings(splink: Any, beside: Sequence[Sequence[str]]) -> Any:
    together = [*((key,) for key in (*KEYS, "email")), *beside]
    return splink.SettingsCreator(
        unique_id_column_name="leaf",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[splink.block_on(*columns) for columns in together],
        comparisons=[_comparison(field, levels) for field, levels in LEVELS.items()],
        additional_columns_to_retain=["guest"],
    )


def _alike(column: str, similarity: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {similarity}"


def _slip(column: str) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r) <= 1"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


LEVELS: dict[str, dict[str, str]] = {
    "given": {
        "same": _same("given"),
        "initial": "least(length(given_l), length(given_r)) = 1 AND left(given_l, 1) = left(given_r, 1)",
        "nickname": _same("short"),
        "alike": _alike("given", 0.9),
        "some": _alike("given", 0.8),
    },
    "family": {
        "same": _same("family"),
        "alike": _alike("family", 0.9),
        "part": "contains(family_l, family_r) OR contains(family_r, family_l)",
        "some": _alike("family", 0.8),
    },
    "born": {
        "same": _same("born"),
        "turned": _same("turned"),
        "alike": _slip("born"),
        "some": "left(born_l, 4) = left(born_r, 4) OR right(born_l, 5) = right(born_r, 5)",
    },
    "postcode": {"same": _same("postcode"), "alike": _slip("postcode")},
    "city": {"same": _same("city"), "alike": _alike("city", 0.9)},
    "street": {"same": _same("street"), "alike": _alike("street", 0.9), "some": _alike("street", 0.8)},
    "country": {"same": _same("country")},
    "phone": {"same": _same("phone")},
    "email": {"same": _same("email")},
}
"""How `identity/weights` compares each field, in SQL; the first that holds. What is left is `other`."""


def _comparison(field: str, levels: dict[str, str]) -> dict[str, Any]:
    told = [
        {"sql_condition": f"{field}_l IS NULL OR {field}_r IS NULL", "label_for_charts": "null", "is_null_level": True}
    ]
    told += [{"sql_condition": condition, "label_for_charts": level} for level, condition in levels.items()]
    told.append({"sql_condition": "ELSE", "label_for_charts": "other"})
    return {"output_column_name": field, "comparison_levels": told}

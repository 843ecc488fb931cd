"""How gates are kept."""

import json
from collections.abc import Iterable, Mapping

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import stable_id
from chalicelib.consent.model import KEPT_SENDS, Consent, Gate


def gate_row(gate: Gate) -> Item:
    packed = gate.model_dump(mode="json", include={"leaves", "suppressed"}, exclude_defaults=True)
    return table.row(
        keys.gate(gate.guest, gate.channel),
        rev=gate.rev,
        state=json.dumps(packed, separators=(",", ":"), sort_keys=True),
        sends=list(gate.sends[-KEPT_SENDS:]) or None,
        erased=gate.erased or None,
        restricted=gate.restricted or None,
        open_case=gate.open_case or None,
    )


def read_gate(key: Key, item: Item) -> Gate:
    flags = {name: item[name] for name in ("sends", "erased", "restricted", "open_case") if name in item}
    named = {"guest": keys.guest_of_gate(key), "channel": key.sk}
    return Gate.model_validate({**named, "rev": item["rev"], **json.loads(item["state"]), **flags})


def gate(guest: str, channel: str) -> Gate | None:
    key = keys.gate(guest, channel)
    item = table.get(key)
    return read_gate(key, item) if item else None


def gates(guests: Iterable[str], channel: str) -> dict[str, Gate]:
    wanted = {keys.gate(guest, channel): guest for guest in guests}
    return {wanted[key]: read_gate(key, item) for key, item in table.get_many(wanted).items()}


def replace(before: Gate | None, after: Gate) -> table.Put:
    """Write a gate that is still as it was read; `rev` is the lock."""
    unchanged = table.When("rev = :rev", {":rev": before.rev}) if before else table.ABSENT
    return table.Put(gate_row(after.model_copy(update={"rev": (before.rev if before else 0) + 1})), unchanged)


def belongs(leaf: str, guest: str) -> table.Check:
    """What is written to a guest's gate on behalf of a leaf stands only while the leaf is that guest's."""
    if leaf == guest:
        return table.Check(keys.head(leaf), table.When("attribute_not_exists(merged_into)"))
    return table.Check(keys.head(leaf), table.When("merged_into = :guest", {":guest": guest}))


def receipt_row(leaf: str, channel: str, key: str, consent: Consent, proof: Mapping[str, str]) -> Item:
    """The proof of one act; its key follows from the act, so that an act is proven once."""
    receipt_id = stable_id("k", leaf, channel, key, consent.state, consent.basis, consent.at)
    return table.row(
        keys.receipt(leaf, consent.at, receipt_id),
        leaf=leaf,
        channel=channel,
        purpose=key,
        proof=dict(proof) or None,
        **consent.model_dump(),
    )


def receipts(leaf: str) -> list[Item]:
    """The receipts of one leaf in time order."""
    found = table.query(keys.leaf(leaf), keys.RECEIPT)
    return [{name: value for name, value in item.items() if name not in {"pk", "sk"}} for item in found]

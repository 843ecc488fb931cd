"""How gates, the acts of leaves and their receipts are kept."""

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, inflated, within_a_unit
from chalicelib.aws.keys import Key
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import ChannelName, GuestId, Leaf, stable_id
from chalicelib.canonical.time import Instant, now
from chalicelib.consent.model import Acts, Consent, Gate, Receipt, controller_of
from chalicelib.consent.rules import remembered

BUSY = "the gate was changed by others all the time"
CLAIMED = "~"
"""Ends the packed basis of what is claimed."""
ANNOUNCED_FOR = 30 * 24 * 3600
"""Seconds that it is remembered what was announced: longer than anybody repeats the same."""
ASKED_AT_ONCE = 10
"""Receipts that are read in one call, where mostly the first one tells."""


def gate_row(gate: Gate) -> Item:
    row = table.row(
        keys.gate(gate.guest, gate.channel),
        rev=gate.rev,
        answers=_packed(gate.answers),
        suppressed=_by_reason(gate.suppressed) or None,
        sends=list(remembered(gate.sends)) or None,
        erased=gate.erased or None,
        restricted=gate.restricted or None,
        open_case=gate.open_case or None,
        shares=gate.shares or None,
    )
    return within_a_unit(row, "answers", "suppressed")


def read_gate(key: Key, item: Item) -> Gate:
    item = inflated(item)
    flags = {name: item[name] for name in ("sends", "erased", "restricted", "open_case", "shares") if name in item}
    return Gate.model_validate(
        {
            "guest": keys.guest_of_gate(key),
            "channel": key.sk,
            "rev": item["rev"],
            "answers": _unpacked(item.get("answers", {})),
            "suppressed": {
                each: reason for reason, some in item.get("suppressed", {}).items() for each in some.split()
            },
            **flags,
        }
    )


def _by_reason(suppressed: Mapping[str, str]) -> dict[str, str]:
    """Reason → the addresses, for forty of them must fit beside the rest."""
    some = {reason: sorted(each for each, why in suppressed.items() if why == reason) for reason in suppressed.values()}
    return {reason: " ".join(addresses) for reason, addresses in some.items()}


def _packed(consents: Mapping[str, Consent]) -> dict[str, str] | None:
    """`controller:purpose` → state, basis, instant, and the last instant at which the same was said again."""
    return {key: _packed_one(each) for key, each in consents.items()} or None


def _packed_one(consent: Consent) -> str:
    basis = f"{consent.basis}{CLAIMED}" if consent.claimed else consent.basis
    return " ".join(filter(None, (consent.state, basis, consent.at, consent.again)))


def _unpacked(packed: Mapping[str, str]) -> dict[str, Consent]:
    return {key: _read_consent(text) for key, text in packed.items()}


def _read_consent(text: str) -> Consent:
    told: dict[str, object] = dict(zip(("state", "basis", "at", "again"), text.split(" "), strict=False))
    if str(told["basis"]).endswith(CLAIMED):
        told |= {"basis": str(told["basis"]).removesuffix(CLAIMED), "claimed": True}
    return Consent.model_validate(told)


def gate(guest: GuestId, channel: ChannelName) -> Gate | None:
    key = keys.gate(guest, channel)
    item = table.get(key)
    return read_gate(key, item) if item else None


def gates(guests: Iterable[GuestId], channel: ChannelName) -> dict[str, Gate]:
    wanted = {keys.gate(guest, channel): guest for guest in guests}
    return {wanted[key]: read_gate(key, item) for key, item in table.get_many(wanted).items()}


def replace(before: Gate | None, after: Gate) -> table.Put:
    """Write a gate that is still as it was read; `rev` is the lock."""
    unchanged = table.When("rev = :rev", {":rev": before.rev}) if before else table.ABSENT
    return table.Put(gate_row(after.at_rev((before.rev if before else 0) + 1)), unchanged)


def acts(leaf: Leaf, channel: ChannelName) -> Acts:
    """Read them after the gate of the leaf's guest: whoever writes acts writes that gate, which is their lock."""
    item = table.get(keys.acts(leaf, channel))
    return read_acts(item) if item else {}


def acts_of(leaves: Iterable[Leaf], channel: ChannelName) -> dict[Leaf, Acts]:
    """Of those through which anything was done."""
    wanted = {keys.acts(leaf, channel): leaf for leaf in leaves}
    return {wanted[key]: read_acts(item) for key, item in table.get_many(wanted).items()}


def read_acts(item: Item) -> Acts:
    return _unpacked(item.get("acts", {}))


def acts_row(leaf: Leaf, channel: ChannelName, known: Acts) -> Item:
    return table.row(keys.acts(leaf, channel), acts=_packed(known))


def was_announced(leaf: Leaf, channel: ChannelName, key: str, version: str) -> bool:
    return table.get(_announced(leaf, channel, key, version)) is not None


def keep_announced(leaf: Leaf, channel: ChannelName, key: str, version: str) -> None:
    until = int(now().timestamp()) + ANNOUNCED_FOR
    table.write(table.Put(table.row(_announced(leaf, channel, key, version), expires_at=until)))


def _announced(leaf: Leaf, channel: ChannelName, key: str, version: str) -> Key:
    return keys.mark(f"{leaf}#{channel}#{key}", version)


def belongs(leaf: Leaf, guest: GuestId) -> table.Check:
    """What is written to a guest's gate on behalf of a leaf stands only while the leaf is that guest's."""
    if leaf == guest:
        return table.Check(keys.head(leaf), table.When("attribute_not_exists(merged_into)"))
    return table.Check(keys.head(leaf), table.When("merged_into = :guest", {":guest": guest}))


def not_erased(leaf: Leaf) -> table.Check:
    return table.Check(keys.head(leaf), table.When("attribute_exists(pk) AND attribute_not_exists(erased)"), size=1024)


def receipt_row(leaf: Leaf, channel: ChannelName, key: str, consent: Consent, proof: Mapping[str, str]) -> Item:
    """The proof of one act; its key follows from the act and its words, so that each statement is proven once."""
    words = [text for pair in sorted(proof.items()) for text in pair]
    receipt_id = stable_id("k", leaf, channel, key, consent.state, consent.basis, consent.at, *words)
    return table.row(
        keys.receipt(leaf, consent.at, receipt_id),
        leaf=leaf,
        channel=channel,
        purpose=key,
        proof=dict(proof) or None,
        **consent.model_dump(exclude_none=True),
    )


def read_receipt(item: Item) -> Receipt:
    return Receipt.model_validate({"id": keys.last_part(table.key_of(item)), **item})


def receipts(leaf: Leaf) -> list[Receipt]:
    """The receipts of one leaf in time order."""
    return [read_receipt(item) for item in table.query(keys.leaf(leaf), keys.RECEIPT)]


def forget_proofs(leaf: Leaf) -> None:
    """What proved the acts of somebody who is erased; that they were done stays."""
    for item in table.query(keys.leaf(leaf), keys.RECEIPT):
        if "proof" in item:
            table.write(table.Put({name: value for name, value in item.items() if name != "proof"}, table.PRESENT))


def receipts_up_to(leaf: Leaf, at: Instant) -> Iterator[Receipt]:
    """Those of a leaf until an instant, that one included, newest first; read as far as they are asked for."""
    up_to = f"{keys.RECEIPT}{at}~"
    rows = table.query(keys.leaf(leaf), keys.RECEIPT, up_to=up_to, at_once=ASKED_AT_ONCE, newest_first=True)
    return map(read_receipt, rows)


def happenings(leaf: Leaf, before: str | None, limit: int) -> Iterator[Happening[Receipt]]:
    """The receipts of one leaf before a position, newest first."""
    up_to = f"{keys.RECEIPT}{before}" if before else None
    for item in table.query(keys.leaf(leaf), keys.RECEIPT, up_to=up_to, at_once=limit, newest_first=True):
        receipt = read_receipt(item)
        said_to = controller_of(receipt.purpose)
        happening = Happening(receipt.at, receipt.id, leaf, receipt, controller=said_to)
        if happening.is_before(before):
            yield happening

"""What stands in the OpenAPI document as an example: made from the schemas, and from one season at one hotel."""

from collections.abc import Mapping
from typing import Any

from chalicelib.consent.model import WRITTEN_FOR
from chalicelib.entrypoints.api.example_values import LINK, VALUES
from chalicelib.entrypoints.api.examples_of_desk import OF_DESK
from chalicelib.entrypoints.api.shapes import REF

Json = dict[str, Any]
BOTH = ["g3f1c0ffee", "g77b0c0ffee"]
OF_SHAPE: Mapping[str, Json] = {
    "ActEntry": {"id": "e9b2", "origin": "adjustment"},
    "AuditShown": {
        "kind": "opened",
        "what": "GET /console/guests/{guest_id}",
        "subject": None,
        "guests": ["g3f1c0ffee"],
    },
    "EvidenceShown": {"field": "given", "level": "alike", "bits": 5.0},
    "MergeCandidateShown": {"records": BOTH, "score": 24.5},
    "MergeCandidateOpened": {"records": BOTH, "score": 24.5},
    "ErasurePlanned": {"records": BOTH},
    "ErasureShown": {"id": "er1k5fq0", "records": BOTH, "state": "done", "actor": "key k3f1c", "reason": "asked"},
    "KeptShown": {"what": "raw_notices", "until": "2026-03-03"},
    "HolderShown": {"source_ids": ["p-100"], "status": "open", "done_at": None, "done_by": None},
    "RestrictionAsked": {"restricted": True},
    "RestrictionShown": {"guest": "g3f1c0ffee", "restricted": True},
    "RetentionAsked": {"months": 36},
    "RetentionShown": {"months": 36, "erases": True},
    "KindKept": {"what": "raw_notices", "days": 30, "why": None},
    "ProfilingAsked": {"objects": True},
    "ProfilingShown": {"guest": "g3f1c0ffee", "objects": True},
    "RequestAsked": {"guest": "g3f1c0ffee", "kind": "access", "identity": "document_seen"},
    "RequestChanged": {"identity": None, "extended_for": None, "outcome": "fulfilled", "refused_for": None},
    "RequestShown": {
        "id": "dr1k5fq0",
        "kind": "access",
        "state": "open",
        "received_on": "2026-02-03",
        "due_on": "2026-03-03",
        "noted_by": "staff st3f1c",
        "identity": "document_seen",
        "extended_for": None,
        "extended_at": None,
        "exported_by": "staff st3f1c",
        "erasure": None,
        "outcome": None,
        "refused_for": None,
        "closed_at": None,
        "closed_by": None,
    },
    "TaskTold": {"source": "pms-vienna", "status": "done"},
    "MergeProposalsAsked": {"pairs": [BOTH]},
    "ProposalAnswered": {"records": BOTH, "outcome": "proposed", "score": 24.5},
    "IdentityAudit": {
        "began_at": "2026-02-03T02:00:00.000000Z",
        "guests": 41_200,
        "records": 52_800,
        "pairs": 18_400,
        "full_blocks": 14,
        "passed_over": 0,
        "weights": {"born": {"same": 13.2, "other": -5.4}},
    },
    "Proposals": {"proposed": 118, "waiting": 64, "settled": 17_900, "contradicted": 210, "unlike": 108, "nobodys": 0},
    "SourceQuality": {
        "source": "pms-vienna",
        "records": 21_400,
        "duplicates": 1_260,
        "reachable": 12_900,
        "masked": 6_300,
        "unmailable": 2_200,
        "no_consent": 5_100,
    },
    "MergeDecisionAsked": {"records": BOTH, "verdict": "join", "reason": "the passport says so"},
    "MergeDecided": {"records": BOTH, "guests": BOTH[:1]},
    "MergeDecisionShown": {"records": BOTH, "reason": "the passport says so"},
    "UnmergeAsked": {"records": BOTH[1:], "reason": "two people at one desk"},
    "Unmerged": {"stayed": BOTH[0], "left": BOTH[1:]},
    **OF_DESK,
    "MissedShown": {"instead_of": "n1"},
    "ChargeSnapshot": {"charge": "room"},
    "CampaignShown": {"version": 1, "launches": 1},
    "Condition": {"trait": "stats.stays", "op": "gte", "value": 3},
    "Connection": {"id": "pms-vienna", "properties": {"V1": "vienna"}},
    "ConnectionAsked": {"id": "pms-vienna", "properties": {"V1": "vienna"}},
    "BackfillAsked": {"since": "2021-01-01T00:00:00Z", "until": None},
    "ImportAsked": {"source": "old-pms", "property_id": "vienna", "exported_at": "2026-01-31T00:00:00Z"},
    "FirstRow": {"line": 2, "understood": {"guest_id": "4711", "family_name": "Lee"}, "refused": None},
    "ColumnShown": {"header": "Last Name", "field": "family_name"},
    "QuestionShown": {"field": "date_order", "why": "some dates have the day first, others the month"},
    "RejectedRow": {
        "line": 7,
        "column": "Arrival",
        "reason": "is no day of the calendar",
        "cells": ["r7", "2026-02-30"],
    },
    "UploadShown": {"url": "https://bucket.s3.eu-central-1.amazonaws.com/", "fields": {"key": "uploads/i1"}},
    "ConnectionShown": {"id": "pms-vienna", "properties": {"V1": "vienna"}, "secrets": 1},
    "GuestFound": {"id": "g3f1c0ffee", "properties": ["vienna"]},
    "GuestShown": {"id": "g3f1c0ffee", "properties": ["vienna"]},
    "Happening": {"id": "r7a11", "kind": "stay", "receipt": None, "message": None, "statement": None},
    "ConsentAct": {"state": "explicit", "basis": "staff", "part": None},
    "ConsentKept": {"state": "explicit", "basis": "staff", "part": None, "changed": ["answer", "history"]},
    "ConsentAsked": {"state": "explicit", "basis": "staff", "controller": "alpine-hotels", "text": None, "part": None},
    "LawShown": {"law": "de.confirmed", "allowed": True, "denied": None},
    "ConsentShown": {"state": "explicit", "basis": "staff"},
    "ReceiptShown": {"state": "explicit", "basis": "staff", "part": None},
    "ChoiceShown": {"state": "withdrawn", "basis": "guest", "part": "spa"},
    "ConsentSettings": {"version": 1},
    "Register": {"id": "ecg", "hash": "sha256", "valid_days": 90},
    "RegisterShown": {"id": "ecg", "hash": "sha256", "valid_days": 90, "made_on": "2026-11-01", "in_force": True},
    "HashesAsked": {"made_on": "2026-11-01", "hashes": ["0" * 64]},
    "ListAsked": {"made_on": "2026-11-01"},
    "MailTopic": {"id": "spa", "purpose": WRITTEN_FOR[0], "names": {"en": "Spa", "de": "Wellness"}},
    "CountryRule": {"id": "de", "name": "Germany"},
    "ConsentRuleShown": {"id": "de", "name": "Germany"},
    "ConsentText": {"id": "newsletter-2026", "since": "2026-01-01"},
    "Implied": {"kind": "sale"},
    "Lapse": {"months": 36, "after": ["consent", "stay"]},
    "Source": {"law": "UWG", "section": "§ 7", "url": f"{LINK}/law"},
    "DeadLetterOpened": {
        "id": "3f1c0ffee",
        "reason": "unknown_connection",
        "receives": 1,
        "holds": {"v": 1, "connection": "pms-vienna", "vendor": "mews", "request": "3f1c0ffee", "body": {}},
    },
    "DeadLetterShown": {"id": "3f1c0ffee", "reason": "unknown_connection", "receives": 1},
    "DeadLettersMeant": {"connection": "pms-vienna", "reason": "unknown_connection", "limit": 100},
    "DecisionShown": {"decision": "held", "reason": "no_consent"},
    "MemberShown": {"guest": "g3f1c0ffee", "enrolled_at": "2026-02-03T09:30:00.000000Z"},
    "Health": {"version": "0.1.0"},
    "HubSettings": {"version": 0},
    "JobShown": {"id": "j1", "kind": "loyalty", "subject": "club"},
    "FoundShown": {"id": "g3f1c0ffee"},
    "PreviewAsked": {"rule": {"trait": "stats.stays", "op": "gte", "value": 3}},
    "TemplateFault": {"message": "uses guest.shoe_size, which is not known", "line": 2, "column": 9, "reason": None},
    "TemplatePreview": {
        "html": "<p>Dear Anna, spring is here.</p>",
        "text": "Dear Anna, spring is here.",
        "faults": [],
    },
    "TraitShown": {
        "name": "stats.last_departure.days_since",
        "words": "days since last departure",
        "kind": "number",
        "operators": ["eq", "exists", "gt", "gte", "in", "lt", "lte", "ne"],
        "choices": None,
        "used_in": ["segments"],
    },
    "WhyShown": {
        "segment": "regulars",
        "version": 1,
        "is_in": True,
        "rule": {
            "kind": "condition",
            "holds": True,
            "trait": "stats.stays",
            "op": "gte",
            "value": 3,
            "known": 4,
            "rules": [],
        },
    },
    "KeyAsked": {"name": "front desk", "properties": ["vienna"], "role": "front_desk"},
    "KeyMade": {"name": "front desk", "properties": ["vienna"], "role": "front_desk"},
    "KeyShown": {"name": "front desk", "properties": ["vienna"], "role": "front_desk"},
    "LeafShown": {"id": "g3f1c0ffee", "unusable": [], "several_people": False},
    "MessageShown": {"reason": None, "rule": None, "state": "opened"},
    "Occupant": {"role": "primary"},
    "Problem": {"title": "Invalid request", "status": 400},
    "ProgramAsked": {"id": "club", "name": "Club", "version": 1},
    "Program": {"id": "club", "name": "Club", "version": 1, "effective_from": None, "earlier": []},
    "Property": {"id": "vienna", "name": "Hotel Vienna"},
    "Result": {"source": "api"},
    "PropertyAsked": {"id": "vienna", "name": "Hotel Vienna"},
    "RunShown": {"id": "n1", "reason": ""},
    "Segment": {"id": "regulars", "version": 1, "rule": {"trait": "stats.stays", "op": "gte", "value": 3}},
    "SegmentAsked": {"id": "regulars", "rule": {"trait": "stats.stays", "op": "gte", "value": 3}},
    "StayEntry": {"id": "e9b1"},
    "StayShown": {"id": "r7a11", "role": "guest", "status": "checked_out"},
    "Template": {"version": 1},
}
"""Where a shape's own field says something else than one of the same name elsewhere."""
PLAIN: Mapping[str, Any] = {"string": "text", "integer": 1, "number": 1, "boolean": False}
FORMATS = {"date": "2026-02-01", "date-time": "2026-02-01T14:00:00Z"}
TYPES: Mapping[str, type] = {"string": str, "integer": int, "object": dict, "array": list}
NOTHING = {"type": "null"}


def example_of(schema: Json, known: Mapping[str, Json], name: str = "") -> Any:
    """A value of this schema, which a field of this name holds; of several shapes the last, for it is the simplest."""
    shape = schema.get("$ref", "").removeprefix(REF)
    either: list[Json] = schema.get("anyOf") or schema.get("oneOf") or []
    choices = [each for each in either if each != NOTHING]
    if "properties" in schema or "properties" in known.get(shape, ()):
        return _object(known.get(shape, schema), known, OF_SHAPE.get(shape, {}))
    if shape:
        return example_of(known[shape], known, name)
    if name in VALUES and _fits(VALUES[name], schema):
        return VALUES[name]
    if choices:
        return example_of(choices[-1], known, name)
    return _plain(schema, known, name)


def _object(shape: Json, known: Mapping[str, Json], own: Json) -> Json:
    """What must be there, and what its name says something of; nothing else that may be null."""
    fields = {name: each for name, each in shape["properties"].items() if name not in own}
    told = {name: each for name, each in fields.items() if name in VALUES or not _may_be_nothing(each)}
    rest = {name: None for name in fields if name not in told and name in shape.get("required", ())}
    return own | {name: example_of(each, known, name) for name, each in told.items()} | rest


def _may_be_nothing(schema: Json) -> bool:
    return NOTHING in schema.get("anyOf", ()) or schema.get("default", ...) in (None, 0, False, "", [], {})


def _fits(value: object, schema: Json) -> bool:
    """Fields of one name hold a text here and a number there."""
    choices = [schema, *schema.get("anyOf", ())]
    kinds = {name for name, types in TYPES.items() if isinstance(value, types)}
    return any("enum" not in each and "const" not in each and each.get("type") in kinds for each in choices)


def _plain(schema: Json, known: Mapping[str, Json], name: str) -> Any:
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "default" in schema:
        return schema["default"]
    if schema.get("type") == "array":
        return [example_of(schema["items"], known, name.removesuffix("s"))] if schema.get("items") else []
    return FORMATS.get(schema.get("format", "")) or PLAIN.get(schema.get("type", ""), {})

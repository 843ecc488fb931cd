"""moto and botocore with less work for the same answers: most of a test's time was spent in what is undone here.

Each function below replaces one of moto's (pinned in pyproject.toml) or botocore's by its quicker equal. Nothing that
a request or an answer says is changed, and moto's own functions still do what they did, on fewer rows.
"""

import copy
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from botocore import session as sdk
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.useragent import UserAgentString
from moto.core import models, responses, serialize
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.responses import BaseResponse
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.sqs import models as queues
from responses import CallbackResponse

ACCOUNT = "123456789012"
"""Whose table moto answers for where nobody says so."""
HASH: Callable[[Any], int] = DynamoType.__hash__
QUERY_ROWS: Callable[..., Any] = Table.query
UPDATE_ROW: Callable[..., Any] = DynamoDBBackend.update_item
SEND: Callable[..., Any] = Endpoint.make_request
WRITE_MEMBER: Callable[..., None] = serialize.ResponseSerializer._serialize_structure_member


def install() -> None:
    """Once for the process: the replacements know nothing of any test's account."""
    _replace(Endpoint, make_request=_ask_the_table)
    _replace(Table, query=_query, __deepcopy__=_copy_of_table)
    # Equal texts have equal hashes: no need to find out first what a text stands for.
    _replace(DynamoType, __hash__=lambda value: hash(value.value) if value.type == "S" else HASH(value))
    _replace(DynamoDBBackend, update_item=_update_a_copy)
    _replace(serialize.ResponseSerializer, _serialize_structure_member=_member)
    _replace(models, CallbackResponse=cache(CallbackResponse))  # a thousand of them for each test
    for module, name in (
        (responses, "method_names_from_class"),
        (responses, "camelcase_to_underscores"),
        (queues, "camelcase_to_underscores"),
    ):
        _replace(module, **{name: cache(getattr(module, name))})
    _replace(responses, gen_amzn_requestid_long=lambda headers: headers.update({"x-amzn-requestid": "test"}) or "test")
    # Descriptions of services are large; sessions (moto wants a new one for each test) share those that were read.
    _replace(sdk, create_loader=cache(sdk.create_loader))
    _replace(UserAgentString, to_string=lambda _: "tests")  # put together anew for each request; nobody reads it


def _replace(owner: object, **by: Callable[..., Any]) -> None:
    for name, quicker in by.items():
        setattr(owner, name, quicker)


@wraps(SEND)
def _ask_the_table(self: Any, operation_model: Any, request_dict: Any) -> Any:
    """A request to DynamoDB goes to moto's code for it without being signed, sent, matched and taken apart as HTTP.

    It is still written and checked by botocore, and the answer still read by it. What a test registers at `before-send`
    of DynamoDB is not asked: `before-call` and `after-call` are.
    """
    if not (botocore_stubber.enabled and operation_model.service_model.service_name == "dynamodb"):
        return SEND(self, operation_model, request_dict)
    answered: Any = BaseResponse.call_action(_handler(operation_model, request_dict))
    status, headers, body = answered
    http = AWSResponse(request_dict["url"], status, headers, MockRawResponse(body))
    answer = {"headers": http.headers, "status_code": status, "body": body.encode()}
    parser = self._response_parser_factory.create_parser(operation_model.service_model.resolved_protocol)
    parsed = parser.parse(answer, operation_model.output_shape)
    if status >= 300:
        self._add_modeled_error_fields(answer, parsed, operation_model, parser)
    return http, parsed


def _handler(operation_model: Any, request: Any) -> Any:
    handler: Any = DynamoHandler()
    parser: Any = PROTOCOL_PARSERS["json"](operation_model, map_type=handler.PROTOCOL_PARSER_MAP_TYPE)
    handler.body = handler.params = parser.parse({"headers": request["headers"], "body": request["body"]})
    handler.headers, handler.querystring, handler.response_headers = request["headers"], {}, {}
    handler.region, handler.current_account = request["context"]["client_region"], ACCOUNT
    return handler


@wraps(QUERY_ROWS)
def _query(self: Any, hash_key: Any, *args: Any, **kwargs: Any) -> Any:
    """moto sorts the whole table for each query; without an index the rows of the partition are enough."""
    index_name = kwargs.get("index_name") or args[6]
    if index_name is None:
        self = _beside(self, {hash_key: self.items.get(hash_key, {})})
    return QUERY_ROWS(self, hash_key, *args, **kwargs)


def _copy_of_table(self: Any, _: Any) -> Any:
    """moto copies the table for each row of a transaction, to go back to. Rows are replaced (`_update_a_copy`) and
    never altered in place: a copy may hold the same ones."""
    return _beside(self, {partition: dict(rows) for partition, rows in self.items.items()})


def _beside(table: Any, rows: Any) -> Any:
    other: Any = object.__new__(type(table))
    other.__dict__ = {**table.__dict__, "items": type(table.items)(table.items.default_factory, rows)}
    return other


@wraps(UPDATE_ROW)
def _update_a_copy(self: Any, table_name: str, key: Any, *args: Any, **kwargs: Any) -> Any:
    table = self.get_table(table_name)
    partition, name = self.get_keys_value(table, key)
    row = table.get_item(partition, name)
    if row is not None:
        table.items[partition][name] = copy.deepcopy(row)
    return UPDATE_ROW(self, table_name, key, *args, **kwargs)


def _member(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """moto tries several names, each found out anew, for each member that an answer may have. Under which names a
    dictionary may hold a member follows from the member alone."""
    if type(value) is not dict or self._value_picker.response_transformers:
        return WRITE_MEMBER(self, serialized, value, shape, key)
    for name in _names(shape, key, self._value_picker):
        if name in value:
            if value[name] is not None:
                self._serialize(serialized, value[name], shape, key)
            return None
    return None


def _names(shape: Any, key: str, picker: Any) -> tuple[str, ...]:
    known = _NAMES.get((shape, key))
    if known is None:
        context = serialize.AttributePickerContext(obj={}, key=key, shape=shape)
        known = _NAMES[shape, key] = tuple(dict.fromkeys(picker.get_possible_keys(context)))
    return known


_NAMES: dict[tuple[object, str], tuple[str, ...]] = {}

"""moto and botocore with less work for the same answers: most of a test's time was spent in what is undone here.

Each function below replaces one of moto's (pinned in pyproject.toml) or botocore's by its quicker equal. Nothing that
a request or an answer says is changed, and moto's own functions still do what they did, on fewer rows.
"""

import copy
import re
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import Any

from botocore import httpsession
from botocore import session as sdk
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.hooks import BaseEventHooks, EventAliaser, HierarchicalEmitter, NodeList
from botocore.regions import EndpointRulesetResolver
from botocore.useragent import UserAgentString
from moto import backends
from moto.backend_index import backend_url_patterns
from moto.core import models, responses, serialize
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.core.models import botocore_stubber
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import normalize_request
from moto.core.responses import BaseResponse
from moto.core.utils import unix_time_millis
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.events.responses import EventsHandler
from moto.kms.responses import KmsResponse
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sqs import models as queues
from moto.sqs.responses import SQSResponse
from responses import CallbackResponse
from werkzeug.exceptions import HTTPException

ACCOUNT = "123456789012"
"""Whose table moto answers for where nobody says so."""
HANDLERS: dict[str, Callable[[], Any]] = {
    "dynamodb": DynamoHandler,
    "sqs": SQSResponse,
    "events": EventsHandler,
    "kms": KmsResponse,
    "secretsmanager": SecretsManagerResponse,
}
ALIAS: Callable[..., str] = vars(EventAliaser)["_alias_event_name"]
HASH: Callable[[Any], int] = DynamoType.__hash__
QUERY_ROWS: Callable[..., Any] = Table.query
UPDATE_ROW: Callable[..., Any] = DynamoDBBackend.update_item
SEND: Callable[..., Any] = Endpoint.make_request
START: Callable[..., None] = models.MockAWS._enable_patching
PROCESS: Callable[..., Any] = BotocoreStubber.process_request
ADDRESSES: Callable[[Any], dict[str, Any]] = vars(BaseBackend)["urls"].fget
OF_ENDPOINT: Callable[..., Any] = vars(EndpointRulesetResolver)["_resolve_param_from_context"]
REGIONS: Callable[..., list[str]] = AccountSpecificBackend._generate_regions.__wrapped__
OF_QUEUES: dict[str, Any] = {
    name: vars(queues.Queue)[name]
    for name in ("messages", "approximate_number_of_messages_delayed", "approximate_number_of_messages_not_visible")
}
WRITE_MEMBER: Callable[..., None] = serialize.ResponseSerializer._serialize_structure_member


def install() -> None:
    """Once for the process: the replacements know nothing of any test's account."""
    _replace(Endpoint, make_request=_ask_without_http)
    _replace(Table, query=_query, __deepcopy__=_copy_of_table)
    # Equal texts have equal hashes: no need to find out first what a text stands for.
    _replace(DynamoType, __hash__=lambda value: hash(value.value) if value.type == "S" else HASH(value))
    _replace(DynamoDBBackend, update_item=_update_a_copy)
    _replace(serialize.ResponseSerializer, _serialize_structure_member=_member)
    _replace(models, CallbackResponse=cache(CallbackResponse))
    _replace(models.MockAWS, _enable_patching=_start)
    _replace(BotocoreStubber, process_request=_process)
    _replace(EndpointRulesetResolver, _resolve_param_from_context=_of_endpoint)
    _replace(AccountSpecificBackend, _generate_regions=lambda self, service: _regions_of(service))
    for module, name in (
        (responses, "method_names_from_class"),
        (responses, "camelcase_to_underscores"),
        (queues, "camelcase_to_underscores"),
    ):
        _replace(module, **{name: cache(getattr(module, name))})
    _replace(responses, gen_amzn_requestid_long=lambda headers: headers.update({"x-amzn-requestid": "test"}) or "test")
    # Descriptions of services are large; sessions (moto wants a new one for each test) share those that were read.
    _replace(sdk, create_loader=cache(sdk.create_loader))
    _replace(queues.Queue, **dict(zip(OF_QUEUES, map(property, (_visible, _delayed, _not_visible)), strict=True)))
    _replace(EventAliaser, _alias_event_name=lambda _, name: _alias(name))  # each client finds out anew
    # Each client copies its session's hooks, and looks at the signatures of its own.
    _replace(NodeList, __copy__=lambda nodes: NodeList(*[each.copy() for each in nodes]))
    _replace(BaseEventHooks, _verify_accept_kwargs=_nothing)
    # Nobody reads a signature, and TLS is never spoken.
    _replace(SigV4Auth, canonical_request=_nothing, string_to_sign=_nothing, signature=lambda *_: "0" * 64)
    _replace(httpsession, create_urllib3_context=cache(httpsession.create_urllib3_context))
    _replace(UserAgentString, to_string=lambda _: "tests")  # put together anew for each request; nobody reads it


def _replace(owner: object, **by: Any) -> None:
    for name, quicker in by.items():
        setattr(owner, name, quicker)


def _nothing(*_: object) -> str:
    return ""


@cache
def _alias(name: str) -> str:
    return ALIAS(EventAliaser(HierarchicalEmitter()), name)


@wraps(START)
def _start(self: Any, reset: bool = True) -> None:
    """A thousand addresses that moto answers at are the same for each test: they are put together for the first."""
    if not _ADDRESSES:
        START(self, reset)
        _ADDRESSES.update({method: tuple(known) for method, known in _answered().items()})
        return
    models.botocore_stubber.enabled = True
    if reset:
        self.reset()
    models.responses_mock.start()
    _answered().update({method: list(known) for method, known in _ADDRESSES.items()})


def _answered() -> Any:
    """By method; a new one after each reset."""
    registry: Any = models.responses_mock.get_registry()
    return registry._registered


_ADDRESSES: dict[str, tuple[Any, ...]] = {}


@cache
def _regions_of(service: str) -> list[str]:
    """moto keeps them for a backend, which is new for each test."""
    return REGIONS(None, service)


@wraps(PROCESS)
def _process(self: Any, request: Any) -> Any:
    """moto puts together anew for each request what could be asked at which address of a service."""
    answer = _answering(request.url.partition("?")[0])
    if answer is None:
        return PROCESS(self, request)
    asked = normalize_request(request)
    try:
        return answer(asked, asked.raw_url, asked.headers)
    except HTTPException as error:
        return error.code, error.get_headers(), error.get_body()


@lru_cache(maxsize=5000)
def _answering(address: str) -> Any:
    """What answers at an address without its query; None for what moto looks at more closely."""
    for service, pattern in backend_url_patterns:
        known: Any = backends.get_backend(service) if pattern.match(address) else None  # type: ignore[call-overload]
        if isinstance(known, BackendDict):
            for each, answer in ADDRESSES(object.__new__(known.backend)).items():
                if re.match(each, address):
                    return answer
    return None


@wraps(OF_ENDPOINT)
def _of_endpoint(self: Any, param_name: str, operation_model: Any, call_args: Any) -> Any:
    """botocore looks into four dictionaries for each parameter of an endpoint, and few operations have any."""
    if param_name in _told_of_endpoints(self, operation_model):
        return OF_ENDPOINT(self, param_name, operation_model, call_args)
    return None


def _told_of_endpoints(resolver: Any, operation: Any) -> frozenset[str]:
    """Parameters that an operation, its arguments or its client may say something of."""
    known: dict[str, frozenset[str]] = resolver.__dict__.setdefault("told", {})
    if operation.name not in known:
        known[operation.name] = frozenset(
            {
                *resolver._get_static_context_params(operation),
                *resolver._get_dynamic_context_params(operation),
                *operation.operation_context_parameters,
                *resolver._get_client_context_params(),
            }
        )
    return known[operation.name]


@wraps(SEND)
def _ask_without_http(self: Any, operation_model: Any, request_dict: Any) -> Any:
    """A request goes to moto's code for its service without being signed, sent, matched and taken apart as HTTP.

    It is still written and checked by botocore, and the answer still read by it. What a test registers at `before-send`
    of these services is not asked: `before-call` and `after-call` are.
    """
    handler = HANDLERS.get(operation_model.service_model.service_name)
    if handler is None or not botocore_stubber.enabled:
        return SEND(self, operation_model, request_dict)
    answered: Any = BaseResponse.call_action(_asked(handler(), operation_model, request_dict))
    status, headers, body = answered
    http = AWSResponse(request_dict["url"], status, headers, MockRawResponse(body))
    answer = {"headers": http.headers, "status_code": status, "body": body.encode()}
    parser = self._response_parser_factory.create_parser(operation_model.service_model.resolved_protocol)
    parsed = parser.parse(answer, operation_model.output_shape)
    if status >= 300:
        self._add_modeled_error_fields(answer, parsed, operation_model, parser)
    return http, parsed


def _asked(handler: Any, operation_model: Any, request: Any) -> Any:
    """Some of moto's code reads what was parsed, some the body itself, and SQS's where it was sent, too."""
    parser: Any = PROTOCOL_PARSERS["json"](operation_model, map_type=handler.PROTOCOL_PARSER_MAP_TYPE)
    handler.params = parser.parse({"headers": request["headers"], "body": request["body"]})
    handler.body = handler.params if isinstance(handler, DynamoHandler) else request["body"].decode()
    handler.uri, handler.path, handler.uri_match = request["url"], request["url_path"], {}
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


def _visible(queue: Any) -> list[Any]:
    """moto asks for the time at each message, and counts all of them for each that is sent."""
    now = unix_time_millis()
    return [each for each in queue._messages if each.visible_at < now and each.delayed_until <= now]


def _delayed(queue: Any) -> int:
    now = unix_time_millis()
    return sum(now < each.delayed_until for each in queue._messages)


def _not_visible(queue: Any) -> int:
    now = unix_time_millis()
    return sum(now <= each.visible_at for each in queue._messages)


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

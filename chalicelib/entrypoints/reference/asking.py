"""How a call is made from a shell and from Python: examples that run as they stand, after what `BEGIN` sets once."""

import json
from pprint import pformat
from typing import Any
from urllib.parse import urlencode

from chalicelib.entrypoints.reference.reading import Operation

SHELL = """\
# Where `make up` runs, its file says both; else say them: export HUB=https://… KEY=xk_…
said() { python3 -c "import json; print(json.load(open('.local/hub.json'))['$1'])"; }
HUB=${HUB:-$(said api_url)} KEY=${KEY:-$(said admin_key)}
"""
PYTHON = """\
import json, os, urllib.request
from pathlib import Path

# Where `make up` runs, its file says both; else set HUB and KEY in the environment.
FILE = Path(".local/hub.json")
said = json.loads(FILE.read_text()) if FILE.exists() else {}
HUB = os.environ.get("HUB") or said["api_url"]
KEY = os.environ.get("KEY") or said["admin_key"]


def ask(method, path, body=None, **headers):
    headers |= {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(HUB + path, sent, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")
"""
"""Raises urllib.error.HTTPError for a refusal, whose body says what is wrong."""
UNSAID = ("cursor", "limit")
"""Parameters that a first call does without."""


def address(operation: Operation) -> str:
    """Path and query with the document's examples: of what may be asked for, the first, for a search takes one."""
    path, query = operation.path, {}
    for each in operation.parameters:
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", str(each["example"]))
        elif each["in"] == "query" and each["name"] not in UNSAID:
            query[each["name"]] = each["example"]
    first = dict(list(query.items())[:1])
    return path + (f"?{urlencode(first)}" if first else "")


def curl(operation: Operation) -> str:
    """With `$HUB` and `$KEY`; a body stands below it as it is sent."""
    asked = [f'curl -sS --fail-with-body "$HUB{address(operation)}"', '-H "Authorization: Bearer $KEY"']
    if operation.method != "GET":
        asked.insert(1, f"-X {operation.method}")
    if key := _key(operation):
        asked.append(f"-H 'Idempotency-Key: {key}'")
    if operation.body is None:
        return _lines(asked)
    body = json.dumps(operation.body["example"], indent=2, ensure_ascii=False)
    asked += ["-H 'Content-Type: application/json'", "--data-binary @- <<'BODY'"]
    return f"{_lines(asked)}\n{body}\nBODY"


def python(operation: Operation) -> str:
    """By the function `ask`."""
    given, body = [json.dumps(operation.method), json.dumps(address(operation))], ""
    if operation.body is not None:
        body = f"body = {pformat(operation.body['example'], width=80, sort_dicts=False)}\n"
        given.append("body")
    if key := _key(operation):
        given.append(f"**{json.dumps({'Idempotency-Key': key})}")
    return f"{body}print(ask({', '.join(given)}))"


def _key(operation: Operation) -> str:
    found: list[dict[str, Any]] = [each for each in operation.parameters if each["name"] == "Idempotency-Key"]
    return str(found[0]["example"]) if found else ""


def _lines(asked: list[str]) -> str:
    return " \\\n  ".join(asked)

"""Calls to vendors go out to the public internet, and nowhere else."""

import socket
from typing import Any

import pytest

from chalicelib.aws import http
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Rejected, TryAgain


def resolving_to(address: str) -> Any:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "127.0.0.1", "192.168.1.1", "::1", "fd00::1"])
def test_a_public_name_that_leads_inside_is_refused(
    aws: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to(address))
    with pytest.raises(Rejected, match="vendor_address_inside"):
        http.call("POST", "https://api.vendor.example/x", {})


def test_a_name_that_does_not_resolve_is_asked_again(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(TryAgain):
        http.call("POST", "https://api.vendor.example/x", {})

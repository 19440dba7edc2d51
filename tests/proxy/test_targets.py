"""Names, addresses and ``--connect-to``."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import UsageError
from gateway.proxy import ConnectTo
from gateway.proxy.targets import Refused, Resolver, address_of, is_here, is_private, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.example:443:127.0.0.1:8443", ("a.example", 443, "127.0.0.1", 8443)),
        ("A.Example.:443:[::1]:8443", ("a.example", 443, "::1", 8443)),
        ("bücher.example:80:b.example:81", ("xn--bcher-kva.example", 80, "b.example", 81)),
    ],
)
def test_connect_to_is_read(text, expected):
    to = ConnectTo.parse(text)
    assert expected == (to.host, to.port, to.address, to.address_port)


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a:443", "a:443:b", "a:443:b:", ":443:b:1", "a::b:1", "a:443::1", "a:0:b:1",
        "a:65536:b:1", "a:x:b:1", "a:443:b:1:2", "127.0.0.1:443:b:1", "[::1]:443:b:1", "a:٤٤٣:b:1",
    ],
)  # fmt: skip
def test_other_forms_are_explained(text):
    with pytest.raises(UsageError, match="HOST:PORT:ADDR:PORT"):
        ConnectTo.parse(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("API.OpenAI.com", "api.openai.com"),
        ("api.openai.com.", "api.openai.com"),
        ("api.openai.com:443", "api.openai.com"),
        ("[::1]:443", "::1"),
        ("::1", "::1"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("ａpi.openai.com", "api.openai.com"),
        (" a ", "a"),
        ("a..b", "a..b"),
    ],
)
def test_hosts_have_one_spelling(host, expected):
    assert expected == normalise(host)


@pytest.mark.parametrize(
    ("host", "here", "private"),
    [
        ("127.0.0.1", True, True), ("127.9.9.9", True, True), ("::1", True, True),
        ("[::1]", True, True), ("::ffff:127.0.0.1", True, True), ("0.0.0.0", True, True),
        ("::", True, True), ("10.1.2.3", False, True), ("172.31.0.1", False, True),
        ("192.168.0.1", False, True), ("169.254.169.254", False, True), ("fe80::1", False, True),
        ("fe80::1%eth0", False, True), ("fd00::1", False, True), ("::ffff:10.0.0.1", False, True),
        ("8.8.8.8", False, False), ("2606:4700::1", False, False),
        ("198.18.0.5", False, False), ("100.64.0.1", False, False), ("172.32.0.1", False, False),
    ],
)  # fmt: skip
def test_addresses_are_told_apart(host, here, private):
    address = address_of(host)
    assert address
    assert (here, private) == (is_here(address), is_private(address))


def _resolve(resolver, host, port):
    async def run():
        loop = asyncio.get_running_loop()
        with resolver.installed(loop):
            return [sockaddr for *_, sockaddr in await loop.getaddrinfo(host, port)]

    return asyncio.run(run())


def test_connect_to_moves_one_host_and_port_only():
    resolver = Resolver(lambda host: False, [ConnectTo.parse("a.example:443:127.0.0.1:8443")])
    assert {("127.0.0.1", 8443)} == set(_resolve(resolver, "A.example", 443))
    assert {("127.0.0.1", 81)} == set(_resolve(resolver, "127.0.0.1", 81))
    with pytest.raises(OSError):
        _resolve(resolver, "a.example.invalid", 443)


def test_a_covered_host_may_not_be_private_unless_the_user_says_so():
    with pytest.raises(Refused, match="private address"):
        _resolve(Resolver(lambda host: True, []), "localhost", 443)
    allowed = Resolver(lambda host: True, [ConnectTo.parse("localhost:443:127.0.0.1:1")])
    assert {("127.0.0.1", 1)} == set(_resolve(allowed, "localhost", 443))


def test_connect_to_cannot_lead_back_to_the_proxy():
    resolver = Resolver(lambda host: False, [ConnectTo.parse("a.example:443:127.0.0.1:8877")])
    resolver.own_port = 8877
    with pytest.raises(Refused, match="own proxy"):
        _resolve(resolver, "a.example", 443)


def test_the_loop_resolves_as_before_afterwards():
    async def run():
        loop = asyncio.get_running_loop()
        before = loop.getaddrinfo
        with Resolver(lambda host: False, []).installed(loop):
            assert before != loop.getaddrinfo
        assert before == loop.getaddrinfo

    asyncio.run(run())

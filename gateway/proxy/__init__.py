"""The local HTTPS proxy: mitmproxy inside, our decision before every byte that leaves.

Importing this package loads nothing heavy; :class:`ProxyServer` brings mitmproxy with it when it
is first asked for. Read ``inspection.py`` for the road of one request and ``gate.py`` for the
rule that nothing leaves without a verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.proxy.targets import ConnectTo

if TYPE_CHECKING:
    from gateway.proxy.server import ProxyServer

__all__ = ["ConnectTo", "ProxyServer"]


def __getattr__(name: str) -> Any:
    if name == "ProxyServer":
        from gateway.proxy.server import ProxyServer

        return ProxyServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

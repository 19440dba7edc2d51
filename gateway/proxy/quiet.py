"""mitmproxy's own log lines name addresses, headers and bytes: none of them gets out."""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)
_NOISY = ("mitmproxy", "hpack", "h2", "wsproto")


class _Digest(logging.Handler):
    """Says that something went wrong inside, and where, and nothing else."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "error"
        _log.error("%s in %s line %d", kind, record.name, record.lineno)


def silence() -> None:
    """Keep the loggers of mitmproxy and its protocol libraries to themselves."""
    for name in _NOISY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
        if not any(isinstance(handler, _Digest) for handler in logger.handlers):
            logger.addHandler(_Digest())

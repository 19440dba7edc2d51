"""What a page has of the browser: requests on a road, and an error when one is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import httpx

from support.clouds import Cloud

SECONDS = 60


class Refused(Exception):
    """What the page shows when a request is refused: the status and the answer's text."""


@contextlib.contextmanager
def browser(cloud: Cloud, **headers: str) -> Iterator[httpx.Client]:
    """A client on a road; ``x_y`` names the header ``x-y``, sent with every request."""
    with httpx.Client(
        proxy=cloud.proxy,
        verify=cloud.ssl_context(),
        trust_env=False,
        timeout=SECONDS,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    ) as client:
        yield client


def fine(answer: httpx.Response) -> httpx.Response:
    """The answer, if its status says that all went well.

    Raises:
        Refused: it does not.
    """
    if answer.status_code >= 400:
        raise Refused(f"{answer.status_code} {answer.text}")
    return answer


def found(answer: httpx.Response) -> Any:
    """The JSON of an answer that went well.

    Raises:
        Refused: it did not, or it holds no JSON.
    """
    try:
        return fine(answer).json()
    except ValueError as error:
        raise Refused(f"{answer.status_code} {answer.text}") from error

"""The demonstration's cases: who sends what, by which way, and what must not arrive."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.cli._demo import plants
from gateway.cli._demo.cloud import Cloud
from gateway.cli._demo.looking import arrived, read_picture, readable, seen

HOSTS = (
    "api.openai.com",
    "graph.microsoft.com",
    "developer.kdocs.cn",
    "www.googleapis.com",
)

_CHAT = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the cases work with: the cloud, the way to it, and folders of their own."""

    cloud: Cloud
    proxy: str
    trust: Path
    folder: Path
    environment: dict[str, str] = field(repr=False)
    values_file: Path
    watch: Callable[[Path, Path], None]


@dataclass(frozen=True, slots=True)
class Result:
    """One finished case; the texts are short readings for people, the pictures PNG files."""

    title: str
    way: str
    planted: tuple[str, ...] = field(repr=False)
    arrived: tuple[str, ...] = field(repr=False)
    sent: str = field(repr=False)
    received: str = field(repr=False)
    told: str = field(default="", repr=False)
    expected: str = "redacted"
    pictures: tuple[bytes, bytes] | None = field(default=None, repr=False)

    @property
    def verdict(self) -> str:
        """One word for the table."""
        if self.arrived:
            return "LEAKED"
        return "redacted" if self.received else "blocked"

    @property
    def as_expected(self) -> bool:
        """Whether redaction and blocking went as this case means to show."""
        return self.verdict == self.expected


@dataclass(frozen=True, slots=True)
class Case:
    """One upload."""

    title: str
    way: str
    run: Callable[[Scene, Case], Result]
    planted: tuple[str, ...] = field(default=(), repr=False)


def cases() -> tuple[Case, ...]:
    """All cases, in the order of the table."""
    p = plants
    return (
        Case("Chat, English", "openai SDK", _chat_english, ("Emily Carter", p.EMAIL, p.PHONE, p.SSN, p.CARD, p.KEY)),
        Case("Chat, Chinese", "JSON over requests", _chat_chinese, ("张伟", p.RESIDENT_ID, p.MOBILE, p.BANK_CARD)),
        Case("Contract .docx", "openai SDK, files", _file_openai, ("Emily Carter", "Project Falcon", "张伟", p.EMAIL, p.PHONE, p.RESIDENT_ID)),
        Case("Customer list .xlsx", "multipart form to KDocs", _multipart_kdocs, ("张伟", "李晓梅", p.MOBILE, "13700001234", p.RESIDENT_ID, "440524188001010014")),
        Case("Invoice .pdf", "raw PUT to OneDrive", _put_onedrive, ("Emily Carter", "张伟", p.EMAIL, p.CARD, p.RESIDENT_ID, p.MOBILE)),
        Case("Archive .zip (slides, CSV, code)", "upload to Google Drive", _zip_drive, ("Project Falcon", "Emily Carter", "李晓梅", p.EMAIL, p.MOBILE, "li.xiaomei@lanhai-demo.cn", p.KEY, "Tr0ub4dor")),
        Case("Screenshot .png", "raw PUT to OneDrive", _screenshot, ("Emily Carter", p.EMAIL, p.PHONE, p.CARD)),
        Case("Picture nobody can read", "raw PUT to OneDrive", _picture, ()),
        Case("Watched folder", "outbox to synced folder", _watched, ("Emily Carter", "Project Falcon", "张伟", "李晓梅", p.EMAIL, p.PHONE, p.RESIDENT_ID, p.MOBILE)),
        Case("Folder tree", "gateway redact", _tree, ("Emily Carter", "张伟", "李晓梅", "Project Falcon", p.EMAIL, p.PHONE, p.CARD, p.MOBILE, p.RESIDENT_ID, p.KEY)),
    )  # fmt: skip


def _openai(scene: Scene) -> Any:
    import httpx
    import openai

    client = httpx.Client(proxy=scene.proxy, verify=_context(scene), timeout=60)
    # A placeholder for the account's own key, which goes in a header and is not touched.
    return openai.OpenAI(api_key="demo-account", base_url=_CHAT, http_client=client, max_retries=0)


def _context(scene: Scene) -> Any:
    import ssl

    return ssl.create_default_context(cafile=str(scene.trust))


def _requests(scene: Scene, method: str, url: str, **arguments: Any) -> Any:
    import requests

    proxies = {"https": scene.proxy}
    return requests.request(
        method, url, proxies=proxies, verify=str(scene.trust), timeout=60, **arguments
    )


def _result(scene: Scene, case: Case, sent: bytes, before: int, answer: Any = None) -> Result:
    told = "" if answer is None or answer.ok else _sentence(answer)
    arrivals = scene.cloud.arrivals[before:]
    bodies = b"\n".join(a.head + b"\n" + a.body for a in arrivals)
    received = "\n".join(readable(_payload(a.body)) for a in arrivals)
    return Result(
        case.title,
        case.way,
        case.planted,
        arrived(case.planted, bodies),
        readable(sent),
        received,
        told,
    )


def _payload(body: bytes) -> bytes:
    """The file in a multipart body, for showing; other bodies as they are."""
    if not body.startswith(b"--"):
        return body
    boundary = body.split(b"\r\n", 1)[0]
    parts = [part for part in body.split(boundary) if b"filename" in part]
    return parts[0].partition(b"\r\n\r\n")[2] if parts else body


def _chat_english(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    text = plants.text_email()
    _openai(scene).chat.completions.create(
        model="stand-in", messages=[{"role": "user", "content": text}]
    )
    return _result(scene, case, text.encode(), before)


def _chat_chinese(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    text = plants.text_chinese()
    body = {"model": "stand-in", "messages": [{"role": "user", "content": text}]}
    answer = _requests(scene, "POST", f"{_CHAT}/chat/completions", json=body)
    return _result(scene, case, text.encode(), before, answer)


def _file_openai(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    data = plants.docx()
    _openai(scene).files.create(file=("Service agreement.docx", data), purpose="assistants")
    return _result(scene, case, data, before)


def _multipart_kdocs(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    data = plants.xlsx()
    url = "https://developer.kdocs.cn/api/v1/openapi/personal/files?parent=root"
    answer = _requests(scene, "POST", url, files={"file": ("客户.xlsx", data)})
    return _result(scene, case, data, before, answer)


def _put_onedrive(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    data = plants.pdf()
    url = "https://graph.microsoft.com/v1.0/me/drive/root:/invoice.pdf:/content"
    headers = {"Content-Type": "application/pdf"}
    answer = _requests(scene, "PUT", url, data=data, headers=headers)
    return _result(scene, case, data, before, answer)


def _zip_drive(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    members = {"slides.pptx": plants.pptx(), "客户.csv": plants.csv(), "settings.py": plants.code()}
    data = plants.archive(members)
    url = "https://www.googleapis.com/upload/drive/v3/files?uploadType=media"
    headers = {"Content-Type": "application/zip"}
    answer = _requests(scene, "POST", url, data=data, headers=headers)
    return _result(scene, case, data, before, answer)


def _screenshot(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    data = plants.screenshot()
    url = "https://graph.microsoft.com/v1.0/me/drive/root:/chat.png:/content"
    answer = _requests(scene, "PUT", url, data=data, headers={"Content-Type": "image/png"})
    result = _result(scene, case, data, before, answer)
    stored = [arrival.body for arrival in scene.cloud.arrivals[before:]]
    if not stored:
        return result
    words = read_picture(stored[0])
    return replace(
        result,
        arrived=result.arrived + seen(case.planted, words),
        sent="\n".join(plants.CHAT),
        received=words,
        pictures=(data, stored[0]),
    )


def _picture(scene: Scene, case: Case) -> Result:
    before = len(scene.cloud.arrivals)
    url = "https://graph.microsoft.com/v1.0/me/drive/root:/scan.png:/content"
    answer = _requests(scene, "PUT", url, data=plants.picture())
    return replace(_result(scene, case, plants.picture(), before, answer), expected="blocked")


def _sentence(answer: Any) -> str:
    """What the sender is told: the gateway's sentence stands in each service's own shape."""
    found = re.search(r"Blocked by [^\"<]*", answer.text)
    return found[0] if found else f"HTTP {answer.status_code}"


def _watched(scene: Scene, case: Case) -> Result:
    outbox, synced = scene.folder / "outbox", scene.folder / "synced"
    outbox.mkdir()
    synced.mkdir()
    documents = {"合同.docx": plants.docx(), "客户.csv": plants.csv()}
    for name, data in documents.items():
        (outbox / name).write_bytes(data)
    scene.watch(outbox, synced)
    return _of_files(case, documents, synced)


def _tree(scene: Scene, case: Case) -> Result:
    tree, out = scene.folder / "tree", scene.folder / "tree-redacted"
    documents = {
        "contracts/agreement.docx": plants.docx(),
        "invoices/invoice.pdf": plants.pdf(),
        "talks/slides.pptx": plants.pptx(),
        "code/settings.py": plants.code(),
    }
    for name, data in documents.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(data)
    command = [sys.executable, "-m", "gateway", "redact", str(tree), "--out-dir", str(out)]
    command += ["--values", str(scene.values_file)]
    subprocess.run(command, env=scene.environment, check=True, capture_output=True)  # noqa: S603 - our own command
    return _of_files(case, documents, out)


def _of_files(case: Case, documents: dict[str, bytes], folder: Path) -> Result:
    made = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(made) != len(documents):
        raise RuntimeError(f"{len(made)} of {len(documents)} files came out")
    seen = arrived(case.planted, b"") + tuple(
        value
        for value in case.planted
        if any(
            arrived((value,), path.name.encode() + b"\n") or arrived((value,), path.read_bytes())
            for path in made
        )
    )
    return Result(
        case.title,
        case.way,
        case.planted,
        seen,
        "\n".join(readable(data, 300) for data in documents.values()),
        "\n".join(readable(path.read_bytes(), 300) for path in made),
    )

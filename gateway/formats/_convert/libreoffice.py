"""Running LibreOffice on a file that nobody trusts.

It runs without a network, in a profile made for this one file, with macros and links switched
off, under the memory limit of the worker that starts it, and it is ended with all its children
when its time is up. Where the system offers no way to take the network away, there is no
conversion.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from gateway.errors import Unreadable
from gateway.formats._ledger import Ledger

SECONDS = 30
_ADVICE = "old Office file: save it as .docx, .xlsx or .pptx"
# Its own user and network, mount table and process numbers; all dies with its first process.
_UNSHARE = ("--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child")
# The user's own folder is hidden: a document may link to files in it.
_SCRIPT = 'for d in $HIDDEN; do mount -t tmpfs none "$d" 2>/dev/null; done; exec "$@"'

_ITEM = (
    '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse">'
    "<value>{}</value></prop></item>"
)
_OFF = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Calc/Content/Update", "Link", "1"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Common/Load", "UpdateDocMode", "0"),
    ("Office.Common/Misc", "UseSystemFileDialog", "false"),
    ("Setup/Office", "ooSetupInstCompleted", "true"),
)


@cache
def _office() -> str:
    """The program, or nothing if it is not there or cannot be shut in."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    unshare = shutil.which("unshare")
    if not (sys.platform.startswith("linux") and office and unshare):
        return ""
    try:
        subprocess.run([unshare, *_UNSHARE, "true"], check=True, capture_output=True, timeout=10)  # noqa: S603 - a fixed command
    except (OSError, subprocess.SubprocessError):
        return ""
    return office


def can_convert() -> bool:
    """Whether LibreOffice is there and can be shut in."""
    return bool(_office())


def convert(data: bytes, ending: str, wanted: str, ledger: Ledger) -> bytes:
    """The file as another kind.

    Args:
        data: the file.
        ending: its own ending, without the dot.
        wanted: the ending that is wanted.
        ledger: the budget for what comes out.

    Raises:
        Unreadable: LibreOffice is not there, fails, or takes too long.
        LimitExceeded: more comes out than may.
    """
    if not can_convert():
        raise Unreadable(_ADVICE)
    with tempfile.TemporaryDirectory(prefix="gateway-") as folder:
        home = Path(folder)
        source = home / f"document.{ending}"
        source.write_bytes(data)
        _write_profile(home / "profile" / "user")
        result = home / "out" / f"document.{wanted}"
        _run(home, source, wanted)
        if not result.is_file():
            raise Unreadable(_ADVICE)
        ledger.spend_unpacked(result.stat().st_size, max(len(data), 1))
        return result.read_bytes()


def _write_profile(folder: Path) -> None:
    folder.mkdir(parents=True)
    items = "".join(_ITEM.format(*entry) for entry in _OFF)
    (folder / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items'
        f' xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        encoding="utf-8",
    )


def _run(home: Path, source: Path, wanted: str) -> None:
    unshare = shutil.which("unshare") or "unshare"
    office = [
        _office(),
        f"-env:UserInstallation={(home / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--convert-to",
        wanted,
        "--outdir",
        str(home / "out"),
        str(source),
    ]
    command = [unshare, *_UNSHARE, "sh", "-c", _SCRIPT, "sh", *office]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "HIDDEN": _hidden(home),
        "SAL_USE_VCLPLUGIN": "svp",
    }
    process = subprocess.Popen(  # noqa: S603 - a fixed command; the file's name is ours
        command,
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"{_ADVICE} (converting it took over {SECONDS} seconds)") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _hidden(work: Path) -> str:
    """Folders to be hidden: the user's own, unless what is needed stands in it."""
    own = Path.home()
    needed = (work, Path(_office()).resolve())
    if any(path.is_relative_to(own) for path in needed) or " " in str(own):
        return ""
    return str(own)

"""Running LibreOffice on a file that nobody trusts.

It runs in namespaces of its own: without a network, without the folders of the user, without the
system's other processes and sockets, with a profile made for this one file, macros and links
switched off. The file goes in and comes out through pipes; what lies between is in memory and
ends with it, as do all its processes when its time is up, even if nobody waits for them any more.
Where the system offers no way to shut it in like that, there is no conversion.

Source: unshare(1), user_namespaces(7), mount_namespaces(7).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

from gateway.errors import Unreadable
from gateway.formats._ledger import Ledger

SECONDS = 30
_ADVICE = "old Office file: save it as .docx, .xlsx or .pptx"
# Its own user and network, mount table and process numbers; all dies with its first process.
_UNSHARE = ("--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child")
_ROOM = "/run"  # everything happens here; what the system keeps there cannot be seen
# Shared by programs and users; what is removable; sockets that lead out.
_ALWAYS_HIDDEN = ("/tmp", "/var/tmp", "/dev/shm", "/media", "/mnt", "/srv")  # noqa: S108 - not used
# Of arguments: folders to hide, "--", the command. The file comes on standard input. The second
# namespace has no power over the mounts of the first.
_SCRIPT = f"""
ulimit -c 0
while [ "$1" != -- ]; do mount -t tmpfs -o size=64m none "$1" || exit 3; shift; done
shift
mount -t tmpfs -o size=768m,mode=700 none {_ROOM} || exit 3
mount -t proc none /proc 2>/dev/null || mount -t tmpfs none /proc || exit 3
mkdir -p {_ROOM}/profile/user {_ROOM}/out && cd {_ROOM} || exit 3
printf %s "$PROFILE" > profile/user/registrymodifications.xcu
unset PROFILE
cat > document
unshare --user -- timeout -s KILL {SECONDS} "$@" >/dev/null 2>&1 </dev/null
cat out/* 2>/dev/null
"""

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
    if not (sys.platform.startswith("linux") and office and shutil.which("unshare")):
        return ""
    try:
        return office if _shut_in(["cp", "document", "out/"], b"?", office) == b"?" else ""
    except (OSError, subprocess.SubprocessError):
        return ""


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
    office = _office()
    if not office:
        raise Unreadable(_ADVICE)
    source = f"document.{ending}"
    options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", wanted]
    command = [office, f"-env:UserInstallation=file://{_ROOM}/profile", *options]
    rename = ["sh", "-c", f'mv document {source}; exec "$@"', "sh"]
    try:
        new = _shut_in([*rename, *command, "--outdir", "out", source], data, office)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"{_ADVICE} (converting it took over {SECONDS} seconds)") from None
    except OSError:
        raise Unreadable(_ADVICE) from None
    if not new:
        raise Unreadable(_ADVICE)
    ledger.spend_unpacked(len(new), max(len(data), 1))
    return new


def _profile() -> str:
    items = "".join(_ITEM.format(*entry) for entry in _OFF)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items'
        f' xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    )


def _shut_in(command: list[str], data: bytes, office: str) -> bytes:
    """What a command leaves in ``out`` when it is run shut in, with the data in ``document``.

    Raises:
        OSError: it cannot be started.
        subprocess.TimeoutExpired: it took too long.
    """
    script = ["sh", "-c", _SCRIPT, "sh", *_hidden(office), "--", *command]
    process = subprocess.Popen(  # noqa: S603 - a fixed command; the file's name is ours
        [shutil.which("unshare") or "unshare", *_UNSHARE, *script],
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": _ROOM,
            "TMPDIR": _ROOM,
            "LANG": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
            "PROFILE": _profile(),
        },
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.communicate(data, SECONDS)[0]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _hidden(office: str) -> list[str]:
    """Folders to be hidden: the user's own and shared ones, unless LibreOffice stands there."""
    try:
        folders = [Path.home(), *map(Path, _ALWAYS_HIDDEN)]
    except RuntimeError:  # a user without a home
        folders = list(map(Path, _ALWAYS_HIDDEN))
    program = Path(office).resolve()
    return [
        str(folder)
        for folder in folders
        if folder.is_dir() and folder != Path("/") and not program.is_relative_to(folder)
    ]

"""``gateway services``: the vendors' own settings, ready to be used; what becomes of each step."""

import plistlib
import re
import shlex
from pathlib import Path

import pytest

from gateway.cli.main import run
from gateway.errors import ExitCode
from gateway.services import Catalog
from gateway.services.optout import System, optouts


@pytest.fixture
def optout(capsys):
    """Runs the command; gives exit code, stdout and stderr."""

    def command(*arguments):
        code = run(["services", "optout", *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return command


def test_all_vendors_are_listed(optout):
    code, out, _ = optout()
    assert ExitCode.DONE == code
    assert set(optouts()) == {line.partition(":")[0] for line in out.splitlines()}
    assert "microsoft-365: Microsoft 365 apps" in out


def test_microsoft_365_has_settings_for_both_systems_and_the_admin_centre():
    ways = {way.system for way in optouts()["microsoft-365"].ways}
    assert ways >= {System.WINDOWS, System.MACOS, System.ADMIN}


def test_the_windows_settings_alone_are_a_registry_file(optout):
    code, out, err = optout("microsoft-365", "--for", "windows")
    assert ExitCode.DONE == code
    assert "microsoft-365.reg" in err
    first, *rest = [line for line in out.splitlines() if line and not line.startswith(";")]
    assert "Windows Registry Editor Version 5.00" == first
    key = r"\[HKEY_CURRENT_USER\\Software\\Policies\\Microsoft\\office[\w\\.]+\]"
    assert [] == [
        line for line in rest if not re.fullmatch(rf'{key}|"\w+"=dword:[0-9a-f]{{8}}', line)
    ]
    assert '"usercontentdisabled"=dword:00000002' in rest
    assert '"disconnectedstate"=dword:00000002' not in rest


def test_the_macos_settings_alone_are_commands(optout):
    _, out, _ = optout("microsoft-365", "--for", "macos")
    commands = [shlex.split(line) for line in out.splitlines() if not line.startswith("#")]
    assert {("defaults", "write", "com.microsoft.office")} == {tuple(one[:3]) for one in commands}
    assert {"-bool", "-string"} == {one[4] for one in commands}
    assert plistlib.dumps({one[3]: one[5] for one in commands})


def test_everything_is_printed_with_its_source(optout):
    _, out, _ = optout("microsoft-365")
    assert "Source: Microsoft Learn" in out
    assert [way.how for way in optouts()["microsoft-365"].ways] == re.findall(
        r"^== \w+: (.+)$", out, re.MULTILINE
    )


def test_an_unknown_vendor_or_place_is_named_with_those_that_are_known(optout):
    code, _, err = optout("nosuch")
    assert (ExitCode.USAGE, True) == (code, "microsoft-365" in err)
    code, _, err = optout("slack", "--for", "windows")
    assert (ExitCode.USAGE, True) == (code, "one of: admin" in err)


def test_the_policy_page_names_the_command():
    text = (Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8")
    assert "gateway services optout" in text


def test_connected_experiences_have_a_service_of_their_own():
    assert Catalog.load().covers("augloop.office.com")


def test_a_service_is_shown_with_what_becomes_of_each_step(capsys):
    assert ExitCode.DONE == run(["services", "show", "webdav"])
    shown = capsys.readouterr().out
    assert "chunk: storage, held until the upload is whole (part)" in shown
    assert "put: storage, inspected" in shown
    assert "checked against: webdav4" in shown

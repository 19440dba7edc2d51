"""The file of signing keys: private, whole, and never shown."""

import os
import stat
import sys

import pytest

from gateway.errors import GatewayError, UsageError
from gateway.system.signing_keys import SigningKeyFile

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

posix = pytest.mark.skipif(sys.platform == "win32", reason="mode bits mean little on Windows")


@pytest.fixture
def file(tmp_path):
    return SigningKeyFile(tmp_path / "home" / "signing-keys.yaml")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "signing-keys.yaml"


def test_no_file_means_no_keys(file):
    assert () == file.stored()
    assert 0 == len(file.current())


def test_a_key_is_kept_replaced_and_removed(file):
    assert not file.add("AKIAONE", SECRET)
    assert not file.add("myaccount", "c2VjcmV0IG9mIGF6dXJl")
    assert file.add("AKIAONE", SECRET[::-1])
    assert ["myaccount", "AKIAONE"] == [one.key_id for one in file.stored()]
    assert SECRET[::-1] == file.current().secret("AKIAONE")
    assert file.remove("AKIAONE")
    assert not file.remove("AKIAONE")
    assert ["myaccount"] == list(file.current())


@posix
def test_the_file_and_its_folder_are_the_users_alone(file, path):
    file.add("AKIAONE", SECRET)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
    assert ["signing-keys.yaml"] == os.listdir(path.parent)


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_gives_no_keys(file, path, mode):
    file.add("AKIAONE", SECRET)
    assert 1 == len(file.current())
    path.chmod(mode)
    assert 0 == len(file.current())
    with pytest.raises(GatewayError, match="by others") as error:
        file.stored()
    assert "chmod 600" in error.value.remedy
    with pytest.raises(GatewayError):
        file.add("AKIATWO", SECRET)
    path.chmod(0o600)
    assert 1 == len(file.current())


@posix
def test_a_link_is_not_followed(file, path, tmp_path):
    file.add("AKIAONE", SECRET)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GatewayError):
        file.stored()


@pytest.mark.parametrize("text", ["[", "keys: 1", "keys: [1]", "keys:\n- id: a\n", "- a\n", "\x00"])
def test_a_damaged_file_is_an_error_without_its_content(file, path, text):
    file.add("AKIAONE", SECRET)
    path.write_text(f"{text}\n# {SECRET}\n")
    with pytest.raises(GatewayError, match="damaged") as error:
        file.stored()
    assert SECRET not in f"{error.value!r} {error.value.__cause__!r}"


def test_a_running_program_sees_changes(file, path):
    other = SigningKeyFile(path)
    assert 0 == len(file.current())
    other.add("AKIAONE", SECRET)
    assert "AKIAONE" in file.current()
    other.remove("AKIAONE")
    assert "AKIAONE" not in file.current()


@pytest.mark.parametrize("key_id", ["", "a", "a b", "-a", "a\nb", "x" * 200, "ключ"])
def test_an_id_is_a_plain_word(file, key_id):
    with pytest.raises(UsageError):
        file.add(key_id, SECRET)


@pytest.mark.parametrize("secret", ["", "short", "with a space in it", "line\nbreak", "x" * 5000])
def test_a_secret_is_one_line_without_spaces(file, secret):
    with pytest.raises(UsageError) as error:
        file.add("AKIAONE", secret)
    assert not secret or secret not in str(error.value)


def test_nothing_shows_a_secret(file):
    file.add("AKIAONE", SECRET)
    assert SECRET not in f"{file.stored()!r} {file.current()!r} {file!r}"

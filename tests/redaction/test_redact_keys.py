"""The key is made once, whole, for its owner only; a key that others saw is refused."""

import os
import stat
import subprocess
import sys

import pytest

from gateway.errors import GatewayError
from gateway.redaction import load_key

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits protect files on POSIX only")


def test_a_new_key_has_32_bytes_and_stays(tmp_path):
    path = tmp_path / "home" / "key"
    key = load_key(path)
    assert 32 == len(key)
    assert key == load_key(path)
    assert [path] == list(path.parent.iterdir())


def test_two_machines_have_two_keys(tmp_path):
    assert load_key(tmp_path / "a" / "key") != load_key(tmp_path / "b" / "key")


@posix
def test_a_new_key_and_its_folder_are_for_the_owner_only(tmp_path):
    before = os.umask(0)
    try:
        load_key(tmp_path / "home" / "key")
    finally:
        os.umask(before)
    assert 0o700 == stat.S_IMODE((tmp_path / "home").stat().st_mode)
    assert 0o600 == stat.S_IMODE((tmp_path / "home" / "key").stat().st_mode)


@posix
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o666, 0o601])
def test_a_key_that_others_can_touch_is_refused_with_a_remedy(tmp_path, mode):
    path = tmp_path / "key"
    load_key(path)
    path.chmod(mode)
    with pytest.raises(GatewayError, match="others may read or change") as caught:
        load_key(path)
    assert "chmod 600" in caught.value.remedy


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused_and_left_alone(tmp_path, length):
    path = tmp_path / "key"
    path.write_bytes(b"x" * length)
    path.chmod(0o600)
    with pytest.raises(GatewayError, match="does not hold 32 bytes"):
        load_key(path)
    assert length == path.stat().st_size


def test_a_folder_in_the_place_of_the_key_is_refused(tmp_path):
    (tmp_path / "key").mkdir()
    with pytest.raises(GatewayError):
        load_key(tmp_path / "key")


@posix
def test_a_link_in_the_place_of_the_key_is_refused(tmp_path):
    load_key(tmp_path / "real")
    (tmp_path / "key").symlink_to(tmp_path / "real")
    with pytest.raises(GatewayError):
        load_key(tmp_path / "key")


@posix
def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(GatewayError) as caught:
        load_key(tmp_path / "file" / "key")
    assert caught.value.remedy


def test_processes_that_start_at_once_agree_on_the_key(tmp_path):
    program = (
        "import sys; from pathlib import Path; from gateway.redaction import load_key\n"
        "sys.stdin.readline(); print(load_key(Path(sys.argv[1])).hex())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "home" / "key")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate()[0].strip() for process in processes}
    assert 1 == len(keys)
    assert 64 == len(keys.pop())

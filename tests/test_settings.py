from pathlib import Path

import pytest

from gateway.errors import UsageError
from gateway.settings import Settings


def test_one_variable_moves_every_folder():
    settings = Settings.from_environ({"GATEWAY_HOME": "/somewhere"})
    assert {Path("/somewhere")} == {
        settings.audit_log.parent,
        settings.ca_dir.parent,
        settings.key_file.parent,
        settings.services_dir.parent,
    }


def test_limits_are_read_from_the_environment():
    assert Settings.from_environ({"GATEWAY_DEPTH": "3"}).limits.depth == 3


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "٣"])
def test_a_limit_that_is_no_positive_number_is_refused_by_its_name(text):
    with pytest.raises(UsageError, match="GATEWAY_WALL_SECONDS"):
        Settings.from_environ({"GATEWAY_WALL_SECONDS": text})


def test_a_port_beyond_the_last_one_is_refused():
    with pytest.raises(UsageError, match="65535"):
        Settings.from_environ({"GATEWAY_PROXY_PORT": "99999"})

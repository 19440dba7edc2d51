"""What all tests share: a home of their own, and no silent skips in continuous integration."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples at every run, so that a change is judged by what it changed; GATEWAY_FUZZ=1
# draws new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None)
settings.load_profile("fuzz" if os.environ.get("GATEWAY_FUZZ") else "steady")

SHARED = Path(__file__).parents[1].parent / "shared"

# A skip for one of these reasons is right anywhere; all others fail in continuous integration.
_RIGHT_ANYWHERE = ("other platform:", "full run only:")


@pytest.fixture(autouse=True)
def gateway_home(tmp_path_factory, monkeypatch) -> Path:
    """Each test has its own GATEWAY_HOME, so none touches the user's."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GATEWAY_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test material beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("needs the folder ../shared")
    return SHARED


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call) -> Generator[None]:
    outcome = yield
    report = outcome.get_result()
    if not report.skipped or hasattr(report, "wasxfail") or not isinstance(report.longrepr, tuple):
        return
    reason = str(report.longrepr[2]).removeprefix("Skipped: ")
    if os.environ.get("GATEWAY_TESTS_REQUIRE_ALL") and not reason.startswith(_RIGHT_ANYWHERE):
        report.outcome = "failed"
        report.longrepr = f"must run here, but was skipped: {reason}"

"""``gateway policy``: check, test and show policies."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli._output import message, result
from gateway.errors import ExitCode

app = typer.Typer(help="Check, test and show policies.", no_args_is_help=True)

PolicyArgument = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A name or a YAML file.")]


@app.command()
def check(policy: PolicyArgument = "default") -> None:
    """Say whether a policy can be used; a mistake is named with its line."""
    from gateway.app import read_policy
    from gateway.policy import warnings
    from gateway.settings import Settings

    loaded = read_policy(policy, Settings.from_environ())
    for warning in warnings(loaded):
        message(f"warning: {warning}")
    result(f"{loaded.name}: {len(loaded.rules)} rules, no mistakes")


@app.command()
def test(policy: PolicyArgument = "default") -> None:
    """Run the examples in a policy's tests: block through the pipeline."""
    from gateway.app import policy_judge, read_policy
    from gateway.policy import run_tests
    from gateway.settings import Settings

    settings = Settings.from_environ()
    loaded = read_policy(policy, settings)
    results = run_tests(loaded, policy_judge(loaded, settings))
    for tried in results:
        result(f"{'ok  ' if tried.ok else 'FAIL'} {tried.name}")
        for problem in tried.problems:
            result(f"     {problem}")
    failed = sum(not tried.ok for tried in results)
    result(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(ExitCode.POLICY)


@app.command()
def show(policy: PolicyArgument = "default") -> None:
    """Print a policy as a table of its rules."""
    from gateway.app import read_policy
    from gateway.policy import describe
    from gateway.settings import Settings

    result(describe(read_policy(policy, Settings.from_environ())))

"""``python -m gateway`` and the ``gateway`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from gateway.cli.main import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130  # while the command was still being imported
    sys.exit(code)


if __name__ == "__main__":
    main()

"""The program ``nir``: ``python -m nirkit`` is the same."""

from __future__ import annotations

import signal
import sys

from . import _core


def main() -> int:
    """Runs the program with the arguments of this process."""
    # The program ends at once, as every other does, and not with a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _core.program(["nir", *sys.argv[1:]])


if __name__ == "__main__":
    raise SystemExit(main())

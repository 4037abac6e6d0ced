"""A number of threads."""

from __future__ import annotations

import operator
import sys

from .errors import ChoiceError


def thread_count(threads: int) -> int:
    """Returns a number of threads, from 1."""
    count = operator.index(threads)
    if not 1 <= count <= sys.maxsize:
        raise ChoiceError(f"`threads` is {count}", help="give a number from 1")
    return count

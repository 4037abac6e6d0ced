"""Checks what the constructors of nodes are given, before a node is made of it."""

from __future__ import annotations

import difflib
import functools
import inspect
from dataclasses import fields
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

import numpy as np

from ..errors import NodeTypeError

#: What is wrong with an argument, or ``None``.
_Check = Callable[[Any], Optional[str]]

#: Kinds of element types that are real numbers.
_REAL = "biuf"
#: Longest text of an argument that a message quotes.
_QUOTED = 40


def check_arguments(kind: type) -> None:
    """Makes the constructor of a kind of node check its arguments.

    What each argument may be follows from the annotation of its field.
    """
    made = kind.__init__  # type: ignore[misc]
    parameters = list(inspect.signature(made).parameters.values())[1:]
    places = [one.name for one in parameters if one.kind is not one.KEYWORD_ONLY]
    needed = [one.name for one in parameters if one.default is one.empty and one.kind is not one.KEYWORD_ONLY]
    known = [one.name for one in parameters]
    checks = {field.name: _check_of(field.type) for field in fields(kind)}

    @functools.wraps(made)
    def __init__(self: Any, *given: Any, **named: Any) -> None:
        name = type(self).__name__
        misnamed = _misnamed(name, places, known, needed, given, named)
        if misnamed:
            raise NodeTypeError(reasons=misnamed)
        reasons: List[Tuple[str, Optional[str]]] = []
        for parameter, value in (*zip(places, given), *named.items()):
            check = checks.get(parameter)
            expected = check(value) if check is not None else None
            if expected:
                reasons.append((f"{name}: `{parameter}` is {_shown(value)}; {expected} is expected", None))
        if reasons:
            raise NodeTypeError(reasons=reasons)
        made(self, *given, **named)

    kind.__init__ = __init__  # type: ignore[misc]


def _misnamed(
    kind: str, places: List[str], known: List[str], needed: List[str], given: Tuple[Any, ...], named: Dict[str, Any]
) -> List[Tuple[str, Optional[str]]]:
    """Returns everything that is wrong with the names and the number of arguments."""
    reasons: List[Tuple[str, Optional[str]]] = []
    behind = places[: len(given)]
    missing = [f"`{name}`" for name in needed if name not in behind and name not in named]
    if len(given) <= len(places) and not missing and all(name in known and name not in behind for name in named):
        return reasons
    form = f"write {kind}({', '.join(name if name in needed else f'{name}=...' for name in places)})"
    if len(given) > len(places):
        reasons.append((f"{kind}: {len(given)} arguments are given by their place, at most {len(places)} are taken", form))
    for name in named:
        if name in behind:
            reasons.append((f"{kind}: `{name}` is given twice, by its place and by its name", form))
        elif name not in known:
            meant = difflib.get_close_matches(name, known, 1)
            help = f"did you mean `{meant[0]}`?" if meant else f"the parameters are {', '.join(known)}"
            reasons.append((f"{kind} has no parameter `{name}`", help))
    if missing:
        reasons.append((f"{kind}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing", form))
    return reasons


def _array(value: Any) -> Optional[str]:
    expected = "an array of real numbers (or a number, or a list of numbers)"
    dtype = getattr(value, "dtype", None)
    if isinstance(dtype, np.dtype):
        return None if _is_real(dtype) else expected
    if dtype is not None and hasattr(value, "shape"):
        # An array of another package, whose types are its own.
        return None
    if value is None or isinstance(value, (str, bytes, Mapping)):
        return expected
    try:
        return None if _is_real(np.asarray(value).dtype) else expected
    except Exception:  # whatever numpy says about what is no array, such as rows of different lengths
        return expected


def _is_real(dtype: np.dtype) -> bool:
    """Returns whether elements are real numbers; types that numpy does not know, such as bfloat16, are taken."""
    return dtype.kind in _REAL or (dtype.kind == "V" and dtype.names is None and dtype.isbuiltin == 2)


def _counts(value: Any) -> Optional[str]:
    expected = "a whole number, or one for each axis,"
    if value is None or isinstance(value, (str, bytes, Mapping)):
        return expected
    dtype = getattr(value, "dtype", None)
    if dtype is not None and not isinstance(dtype, np.dtype):
        return None
    try:
        numbers = np.asarray(value)
    except Exception:  # as above
        return expected
    if numbers.dtype.kind in "iu" or numbers.size == 0:
        return None
    is_whole = numbers.dtype.kind == "f" and bool(np.all(numbers == np.floor(numbers)))
    return None if is_whole else expected


def _optional(check: _Check) -> _Check:
    def checked(value: Any) -> Optional[str]:
        expected = None if value is None else check(value)
        return f"{expected.rstrip(',')}, or None," if expected else None

    return checked


def _padding(value: Any) -> Optional[str]:
    # A text is held against the names of paddings by the node.
    return None if isinstance(value, str) or _counts(value) is None else 'a whole number, one for each axis, "same" or "valid"'


def _shape(value: Any) -> Optional[str]:
    expected = "a shape (whole numbers), a dictionary of shapes by port, or None"
    shapes = value.values() if isinstance(value, Mapping) else [value]
    return expected if any(one is not None and _counts(one) for one in shapes) else None


def _metadata(value: Any) -> Optional[str]:
    return None if value is None or isinstance(value, Mapping) else "a dictionary"


def _nodes(value: Any) -> Optional[str]:
    expected = "a dictionary of nodes by name"
    if not isinstance(value, Mapping):
        return expected
    is_node = (isinstance(name, str) and hasattr(node, "input_type") for name, node in value.items())
    return None if all(is_node) else expected


def _edges(value: Any) -> Optional[str]:
    expected = "a list of pairs of names"
    # An iterator would be at its end after this.
    if isinstance(value, (str, bytes, Mapping)) or not hasattr(value, "__len__"):
        return expected
    try:
        pairs = [(source, target) for source, target in value]
    except (TypeError, ValueError):
        return expected
    is_name = (isinstance(name, (str, bytes)) for pair in pairs for name in pair)
    return None if all(is_name) else expected


#: What an argument may be, by the annotation of its field.
_CHECKS: Dict[str, _Check] = {
    "np.ndarray": _array,
    "Optional[np.ndarray]": _optional(_array),
    "int": _counts,
    "Optional[int]": _optional(_counts),
    "Optional[Tuple[int, int]]": _optional(_counts),
    "Union[int, Tuple[int, int]]": _counts,
    "Union[int, str]": _padding,
    "Union[int, Tuple[int, int], str]": _padding,
    "Types": _shape,
    "Dict[str, Any]": _metadata,
    "Nodes": _nodes,
    "Edges": _edges,
}


def _check_of(annotation: Any) -> Optional[_Check]:
    """Returns the check of a field; annotations are texts in these modules."""
    return _CHECKS.get(annotation)


def _shown(value: Any) -> str:
    """Returns an argument in few words: what it is, and its value if that is short."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    text = repr(value)
    text = text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
    return f"{text} ({type(value).__name__})"

"""Graphs and data from and to files."""

from __future__ import annotations

import os
import warnings
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from . import _core
from .data_ir import NIRGraphData
from .errors import NodeError, NodeTypeError, ReadError, ReadWarning, WriteError
from .ir import NIRGraph, NIRNode, _KINDS
from .ir.graph import pairs
from .show.escape import escaped

#: A path (``str`` or ``os.PathLike``), or an open binary file.
File = Any


def read(
    filename: File, type_check: bool = True, *, limits: Optional[Mapping[str, int]] = None
) -> NIRGraph:
    """Reads a graph.

    Args:
        filename: path of a ``.nir`` or ``.nirt`` file, or an open binary file.
        type_check: whether to infer the shapes of all nodes and check that they fit.
        limits: what the file may demand, by name: ``file_bytes``, ``dataset_bytes``,
            ``total_bytes``, ``objects``, ``depth``, ``expansion``.

    Raises:
        ReadError: the file cannot be read.
        NodeError, GraphError: what it holds is no sound graph.
    """
    return _build_root(_read_tree(filename, limits), type_check)


def _read_tree(filename: File, limits: Optional[Mapping[str, int]]) -> Dict[str, Any]:
    """The root node of a file as nested dictionaries."""
    if _is_open_file(filename):
        return _core.read_bytes(_content(filename), dict(limits or {}))
    return _core.read(os.fspath(filename), dict(limits or {}))


def _build_root(tree: Dict[str, Any], type_check: bool) -> NIRGraph:
    node = _build(tree, "/")
    if isinstance(node, NIRGraph) and type_check:
        node.infer_types()
        node.check_types()
    return node  # type: ignore[return-value]


def _build(entries: Dict[str, Any], place: str) -> NIRNode:
    """A node from what a file holds for it; nothing is copied."""
    name = entries.pop("type")
    kind = _KINDS.get(name)
    if kind is None:
        raise NodeError(
            f"{place}: there is no kind of node {name!r}",
            help="`nirkit.check(path)` and the program `nir` look at the rest of the file",
        )
    extra = entries.pop("extra", None)
    if kind is NIRGraph:
        inner = entries["nodes"]
        for key in inner:
            inner[key] = _build(inner[key], f"{place}{key}/")
        entries["type_check"] = False
    try:
        node = kind._restore(entries)
    except NodeError as error:
        # How a constructor is called is no help for a file.
        told = not isinstance(error, NodeTypeError)
        reasons = [(f"{place.rstrip('/')}: {message}", help if told else None) for message, help in error.reasons]
        raise NodeError(reasons=reasons) from error
    if extra:
        node.extra = extra  # type: ignore[attr-defined]
        fields = ", ".join(extra)
        warnings.warn(
            escaped(f"{place.rstrip('/') or '/'}: a {name} has no field {fields}; kept as `extra`"),
            ReadWarning,
            stacklevel=4,
        )
    return node


def try_byte_to_str(value: Any) -> Any:
    """Bytes as text, anything else as it is."""
    return value.decode("utf8") if isinstance(value, bytes) else value


def hdf2dict(node: Any) -> Dict[str, Any]:
    """What a group of an open h5py file holds, as nested dictionaries.

    Args:
        node: an ``h5py.Group`` (or ``h5py.File``). Groups become dictionaries, datasets arrays,
            single strings ``str``.
    """
    return {
        try_byte_to_str(name): hdf2dict(item) if _is_group(item) else try_byte_to_str(item[()])
        for name, item in node.items()
    }


def read_node(node: Any) -> NIRNode:
    """A node, or a whole graph, from a group of an open h5py file (``file["node"]``).

    Raises:
        NodeError: the group holds no sound node.
    """
    return _build(_entries_of_group(node), "/")


def _entries_of_group(group: Any) -> Dict[str, Any]:
    """What a group holds for a node, as :func:`_build` takes it."""
    entries = hdf2dict(group)
    if "nodes" in entries:
        entries["nodes"] = {name: _entries_of_group(item) for name, item in group["nodes"].items()}
    if "edges" in entries:
        edges = entries["edges"]
        entries["edges"] = [(try_byte_to_str(a), try_byte_to_str(b)) for a, b in edges]
    return entries


def _is_group(item: Any) -> bool:
    """Whether an object of h5py is a group; h5py itself is not needed to tell."""
    return hasattr(item, "items")


def read_version(filename: File) -> str:
    """The version of the program that wrote a file."""
    if _is_open_file(filename):
        version = _core.read_version_bytes(_content(filename))
    else:
        version = _core.read_version(os.fspath(filename))
    if version is None:
        raise ReadError(f"{filename}: the file does not say which version wrote it")
    return version


def write(
    filename: File,
    graph: NIRNode,
    compression: Union[str, int, None] = "gzip",
    compression_opts: Any = None,
) -> None:
    """Writes a graph. The file appears complete under its name, or not at all.

    Args:
        filename: a path (text if it ends in ``.nirt``, else HDF5), or an open binary file.
        graph: the graph, or a single node.
        compression: ``"gzip"``, ``"lzf"``, ``None``, or a level of gzip from 0 to 9.
        compression_opts: the level of gzip from 0 to 9; 4 if not given.

    Raises:
        WriteError: the file cannot be written; one that was there before is untouched.
    """
    name, level = _compression(compression, compression_opts)
    tree = entries_of(graph)
    if _is_open_file(filename):
        _replace(filename, _core.to_bytes(tree, name, level))
    else:
        _core.write(os.fspath(filename), tree, name, level)


def entries_of(node: Any) -> Dict[str, Any]:
    """What a file holds for a node, as nested dictionaries. Nodes that are not nirkit's own say it
    themselves."""
    if type(node).__module__.partition(".")[0] == __package__:
        entries = node._entries() if not isinstance(node, NIRGraph) else _graph_entries(node)
    else:
        entries = dict(node.to_dict())
    if "edges" in entries:
        entries["edges"] = pairs(entries["edges"])
    return entries


def _graph_entries(graph: NIRGraph) -> Dict[str, Any]:
    return {
        **NIRNode._entries(graph),
        "nodes": {name: entries_of(node) for name, node in graph.nodes.items()},
    }


def read_data(path: File) -> NIRGraphData:
    """Reads recordings or stimuli. What NIRData does not have is left out with a `ReadWarning`.

    Raises:
        ReadError: the file cannot be read, or holds no NIRData.
    """
    if _is_open_file(path):
        tree = _core.read_data_bytes(_content(path))
    else:
        tree = _core.read_data(os.fspath(path))
    for place in tree["unread"]:
        what = escaped(f"not read: {place}, which NIRData does not have")
        warnings.warn(what, ReadWarning, stacklevel=2)
    return NIRGraphData._restore(tree)


def write_data(
    filename: File,
    graph_data: NIRGraphData,
    compression: Union[str, int, None] = "gzip",
    compression_opts: Any = None,
) -> None:
    """Writes recordings or stimuli; the arguments are those of `write`."""
    name, level = _compression(compression, compression_opts)
    tree = graph_data._entries()
    if _is_open_file(filename):
        _replace(filename, _core.data_to_bytes(tree, name, level))
    else:
        _core.write_data(os.fspath(filename), tree, name, level)


def _is_open_file(file: Any) -> bool:
    return hasattr(file, "read") or hasattr(file, "write")


def _content(file: Any) -> bytes:
    """Everything in an open file, wherever its position is."""
    if file.seekable():
        file.seek(0)
    content = file.read()
    if not isinstance(content, bytes):
        raise ReadError("the file is open as text", help='open it with mode "rb"')
    return content


def _replace(file: Any, content: bytes) -> None:
    """Puts bytes in the place of everything in an open file."""
    if file.seekable():
        file.seek(0)
        file.truncate()
    file.write(content)
    file.flush()


def _compression(compression: Any, options: Any) -> Tuple[Optional[str], int]:
    """Name and level, from the arguments in which h5py takes them."""
    if compression is True:
        compression = "gzip"
    if compression is None or compression is False:
        return None, 0
    if isinstance(compression, int) and 0 <= compression <= 9:
        return "gzip", compression
    if compression == "gzip":
        level = 4 if options is None else options
        if not isinstance(level, int) or not 0 <= level <= 9:
            raise WriteError(f"gzip has levels from 0 to 9, not {options!r}")
        return "gzip", level
    if compression == "lzf":
        return "lzf", 0
    raise WriteError(
        f"there is no compression {compression!r}", help="give 'gzip', 'lzf' or None"
    )

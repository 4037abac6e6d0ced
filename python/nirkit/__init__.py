"""Read, check, repair and run graphs of the Neuromorphic Intermediate Representation.

``import nirkit as nir`` does everything that the reference package ``nir`` does, and more: `check`
says what is wrong with a graph and what platforms would do with it, `run` runs it, `prepare` makes a
model that is called many times.
"""

from . import data_ir, errors, ir
from ._core import REFERENCE_VERSION as version
from ._core import VERSION as __version__
from .data_ir import *  # noqa: F403
from .errors import *  # noqa: F403
from .ir import *  # noqa: F403
from .interop import from_nir, install_as_nir, to_nir, uninstall_as_nir
from .ir import typing
from .serialization import read, read_data, read_version, write, write_data

__all__ = [
    *ir.__all__,
    *data_ir.__all__,
    *errors.__all__,
    "__version__",
    "from_nir",
    "install_as_nir",
    "read",
    "read_data",
    "read_version",
    "to_nir",
    "typing",
    "uninstall_as_nir",
    "version",
    "write",
    "write_data",
]

"""The native half of nirkit. Written by scripts/make_stubs.sh."""

from _typeshed import Incomplete, SupportsGetItem
from os import PathLike
from typing import Any, Final, SupportsFloat, SupportsIndex, final

__all__ = ["REFERENCE_VERSION", "VERSION", "Compared", "Document", "EventReader", "EventSamples", "Model", "SweepStore", "_panic", "adapt", "check", "codegen", "compare", "configure", "conform_verify", "conform_write", "data_to_bytes", "declarations", "diff", "escaped", "evaluate", "evaluation_page", "events_info", "explain", "lower", "open_events", "open_samples", "panels", "platforms", "prepare", "program", "read", "read_bytes", "read_data", "read_data_bytes", "read_version", "read_version_bytes", "repair", "rescale", "rewrite", "runs_page", "sweep_keys", "sweep_page", "sweep_run", "sweep_table", "sweep_task", "sweep_tasks", "to_bytes", "write", "write_data", "write_design"]

REFERENCE_VERSION: Final[str]
"""
Version of the package `nir` whose file format is followed.
"""

VERSION: Final[str]
"""
Version of nirkit.
"""

@final
class Compared:
    """
    The runs of a comparison.
    """
    def panels(self, /) -> dict:
        """
        What a figure of the comparison shows, section by section. Each side runs again for the voltages at the first difference.
        """

@final
class Document:
    """
    The content of a file. It does not change.
    """
    @staticmethod
    def from_bytes(content: SupportsGetItem[int, SupportsIndex]) -> Document:
        """
        The document in the bytes of a `.nir` file of one's own.
        """
    @staticmethod
    def of(tree: dict) -> Document:
        """
        The document of a root node, given as nested dictionaries.
        """
    @staticmethod
    def open(path: str | PathLike[str], limits: dict | None = None) -> Document:
        """
        The document of a `.nir` or `.nirt` file.
        """
    def page(self, /, title: str, platforms: SupportsGetItem[int, str] | None, options: dict) -> str:
        """
        The graph as a page: one HTML file with findings, parameters, and the verdicts of these platforms, or of all.
        """
    def picture(self, /) -> str | None:
        """
        The graph drawn as SVG; nothing where the drawing would have more than 300 boxes, which nobody could read in a notebook.
        """
    def text(self, /, inline: SupportsIndex) -> str:
        """
        The text form. Tensors of more than `inline` elements are shown by the hash of their content.
        """
    def to_bytes(self, /) -> bytes:
        """
        The bytes of a `.nir` file.
        """
    def tree(self, /) -> dict:
        """
        The root node as nested dictionaries.
        """

@final
class EventReader:
    """
    A recording that is being read.
    """
    def about(self, /) -> str:
        """
        What the recording says about itself, as JSON.
        """
    def findings(self, /) -> list[tuple[str, str, int, str, bool]]:
        """
        What was noticed so far, the gravest first.
        """
    def read(self, /, most: SupportsIndex) -> Any | None:
        """
        The bytes of the next events as rows of an array, `most` at most; none at the end.
        """

@final
class EventSamples:
    """
    A file with many samples.
    """
    def __len__(self, /) -> int: ...
    def labels(self, /) -> list[int] | None:
        """
        The class of each sample, if the file says it.
        """
    def reader(self, /, sample: SupportsIndex) -> EventReader:
        """
        Begins to read a sample.
        """
    def unread(self, /) -> list[str]:
        """
        Paths of groups and datasets that nothing is taken from.
        """

@final
class Model:
    """
    A graph ready to run. It does not change, and can be used from several threads at once.
    """
    @property
    def choices(self, /) -> list[tuple[str, str, str]]:
        """
        Every choice: its name, its value, and where it comes from.
        """
    @property
    def dt(self, /) -> float | None:
        """
        Length of a frame in seconds, if something says it.
        """
    @property
    def inputs(self, /) -> dict[str, list[int]]:
        """
        Names and shapes of the Inputs.
        """
    @property
    def is_continuous(self, /) -> bool:
        """
        Whether there are no steps.
        """
    @property
    def notes(self, /) -> list[str]:
        """
        What has to be said about the choices.
        """
    def recordable(self, /) -> list[tuple[str, str]]:
        """
        Everything that can be recorded, as pairs of a node and an observable.
        """
    def run(self, /, parts: SupportsGetItem[int, tuple[str | None, str, Any]], batch: bool, frames: str, duration: SupportsFloat | SupportsIndex | None, record: SupportsGetItem[int, tuple[str, str | None]] | None, every: SupportsFloat | SupportsIndex | None, times: SupportsGetItem[int, SupportsFloat | SupportsIndex] | None, check_rounding: bool, threads: SupportsIndex, progress: Any | None) -> dict:
        """
        Runs a stimulus; see `nirkit.verb.run` for the arguments and the result.
        """
    def shape(self, /, node: str) -> list[int]:
        """
        Shape of what leaves a node, without time and batch.
        """
    @property
    def title(self, /) -> str:
        """
        `clocked`, `exact`, or name and version of a platform.
        """
    @property
    def way(self, /) -> tuple[int, int]:
        """
        Which of the ways in which a platform can run the graph is taken, counted from 1, and how many there are.
        """

@final
class SweepStore:
    """
    A folder of rows that is open for this process.
    """
    def __new__(cls, /, folder: str | PathLike[str], shard: str) -> SweepStore: ...
    def add(self, /, row: str) -> str:
        """
        Adds a row; how its task ended.
        """
    def begin(self, /, tasks: SupportsGetItem[int, tuple[str, str]]) -> None:
        """
        Writes what a plan asks for beside the rows: its tasks with their keys.
        """
    def cut(self, /) -> int:
        """
        Rows that an earlier process did not finish.
        """
    def has(self, /, key: str, retry_failed: bool) -> bool:
        """
        Whether a row is there.
        """

def _panic(message: str) -> None:
    """
    Panics, so that a test can see what becomes of it.
    """

def adapt(document: Document, platform: str, like: str | None, parts: SupportsGetItem[int, tuple[str | None, str, Any]], frames: str, batch: bool, options: dict) -> tuple[Document, str]:
    """
    Makes a graph for a platform; the graph, and what holds for it as JSON. See `nirkit.verb.adapt`.
    """

def check(document: Document, platforms: SupportsGetItem[int, str], options: dict) -> dict:
    """
    Findings about a graph, and a report for each platform that is asked for.
    """

def codegen(document: Document, target: str, output: str | PathLike[str], platform: str, name: str, steps: SupportsIndex, parts: SupportsGetItem[int, tuple[str | None, str, Any]], labels: SupportsGetItem[int, SupportsIndex] | None, readout: str | None, state_bits: SupportsIndex | None, ports: str, lanes: SupportsIndex, flash: SupportsIndex | None, ram: SupportsIndex | None, options: dict) -> str:
    """
    Writes code into a folder; what is said of it as JSON. See `nirkit.verb.codegen`.
    """

def compare(document: Document, parts: SupportsGetItem[int, tuple[str | None, str, Any]], platforms: SupportsGetItem[int, str], options: dict, frames: str, duration: SupportsFloat | SupportsIndex | None, tau: SupportsFloat | SupportsIndex | None, causes: bool) -> tuple[str, list[tuple[str, str, str]], list[str], list[tuple[str, list[str]]], Compared]:
    """
    Compares platforms with each other or with the ideal; the report as JSON, the choices, what has to be said, the platforms
    that take no part, and the runs.
    """

def configure(path: str | PathLike[str], platform: str, frame: SupportsGetItem[int, SupportsIndex] | None, options: dict) -> Model:
    """
    Prepares what a chip is given, from a document that was written for it. `frame` is the shape of what enters in a
    step, for documents that do not say it.
    """

def conform_verify(folder: str | PathLike[str], name: str) -> tuple[str, str, str]:
    """
    Judges the answers in a folder of cases, under a name: the score as JSON, as text and as a page.
    """

def conform_write(folder: str | PathLike[str], prefix: str) -> list[str]:
    """
    Writes the cases whose names begin with a prefix into a folder that does not exist yet; returns their names.
    """

def data_to_bytes(tree: dict, compression: str | None, level: SupportsIndex) -> bytes:
    """
    The bytes of a file of recordings or stimuli.
    """

def declarations() -> dict[str, list[str]]:
    """
    What a file holds for each kind of node: the names of its fields.
    """

def diff(a: Document, b: Document, tolerance: SupportsFloat | SupportsIndex) -> list[tuple[str, str, str, bool, int]]:
    """
    What differs between two documents: place, path in a file, what, whether it matters, and how many numbers are within the tolerance.
    """

def escaped(text: str) -> str:
    """
    A text in which nothing acts on a terminal: control characters and directions of writing are
    written as `\\u{1b}`.
    """

def evaluate(document: Document, parts: SupportsGetItem[int, tuple[str | None, str, Any]], labels: SupportsGetItem[int, SupportsIndex] | None, labels_file: str | PathLike[str] | None, platforms: SupportsGetItem[int, str], options: dict, frames: str, readout: str | None, duration: SupportsFloat | SupportsIndex | None, threads: SupportsIndex, progress: Any | None) -> list:
    """
    Classifies a labelled set under each of several meanings of a graph; see `nirkit.verb.evaluate`.
    """

def evaluation_page(document: Document, title: str, parts: SupportsGetItem[int, tuple[str | None, str, Any]], labels: SupportsGetItem[int, SupportsIndex] | None, labels_file: str | PathLike[str] | None, platforms: SupportsGetItem[int, str], options: dict, frames: str, readout: str | None, duration: SupportsFloat | SupportsIndex | None, threads: SupportsIndex) -> str:
    """
    Draws a graph as a page with the classes that platforms find for a labelled set.
    """

def events_info(path: str | PathLike[str], options: dict, samples: tuple[SupportsIndex, SupportsIndex] | None = None) -> str:
    """
    What is in a recording, or in a file with many samples, as JSON.
    """

def explain(code: str) -> tuple[str, str, str]:
    """
    Title and text of the page of a code.
    """

def lower(document: Document, platform: str, options: dict, parts: SupportsGetItem[int, tuple[str | None, str, Any]], frames: str, duration: SupportsFloat | SupportsIndex | None) -> tuple[dict, dict | None, list[tuple[str, str, str]], list[str], str | None]:
    """
    Lowers a graph, and tells what a stimulus costs if one is given.
    """

def open_events(path: str | PathLike[str], options: dict) -> EventReader:
    """
    Opens a recording.
    """

def open_samples(path: str | PathLike[str], options: dict) -> EventSamples | None:
    """
    Opens a file with many samples; none where the file is one recording.
    """

def panels(model: Model, document: Document | None, parts: SupportsGetItem[int, tuple[str | None, str, Any]], batch: bool, arrays: SupportsGetItem[int, tuple[str, str, Any]], spikes: SupportsGetItem[int, tuple[str, Incomplete, Incomplete]], lengths: tuple[SupportsIndex | None, SupportsFloat | SupportsIndex | None, SupportsGetItem[int, SupportsFloat | SupportsIndex], tuple[SupportsIndex, SupportsIndex]]) -> dict:
    """
    What a figure of a recording shows; the stimulus has all samples.
    """

def platforms() -> list[str]:
    """
    Titles of the platforms that there are.
    """

def prepare(document: Document, engine: str, options: dict) -> Model:
    """
    Prepares a graph for an engine.

    `options` may hold `dt`, `dt_of_stimulus`, `reset`, `spike` and, by name and in words, what else
    the engine lets one choose.
    """

def program(arguments: SupportsGetItem[int, str]) -> int:
    """
    Runs the program `nir` with these arguments, of which the first is its name, and returns its exit code.
    """

def read(path: str | PathLike[str], limits: dict | None = None) -> dict:
    """
    The root node of a `.nir` or `.nirt` file.
    """

def read_bytes(content: SupportsGetItem[int, SupportsIndex], limits: dict | None = None) -> dict:
    """
    The root node in the bytes of a `.nir` file.
    """

def read_data(path: str | PathLike[str]) -> dict:
    """
    Recordings or stimuli from a file.
    """

def read_data_bytes(content: SupportsGetItem[int, SupportsIndex]) -> dict:
    """
    Recordings or stimuli from the bytes of a file.
    """

def read_version(path: str | PathLike[str]) -> str | None:
    """
    The version that a file names.
    """

def read_version_bytes(content: SupportsGetItem[int, SupportsIndex]) -> str | None:
    """
    The version that the bytes of a file name.
    """

def repair(document: Document) -> tuple[Document, list[tuple[str, str, str]]]:
    """
    Mends what can be mended.
    """

def rescale(document: Document, units: tuple[str, str] | None = None, factor: SupportsFloat | SupportsIndex | None = None) -> tuple[Document, list[tuple[str, str, str]]]:
    """
    Brings all times of a graph from one unit (`s`, `ms`) to another, or multiplies them by a factor.
    """

def rewrite(document: Document, names: SupportsGetItem[int, str], platform: str | None = None, dt: SupportsFloat | SupportsIndex | None = None) -> tuple[Document, list[tuple[str, str, str]], list[str]]:
    """
    Rewrites that keep what a graph means: the usual ones, those of these names, or those that give the form which a
    platform takes. The last is what has to be said.
    """

def runs_page(document: Document, title: str, parts: SupportsGetItem[int, tuple[str | None, str, Any]], platforms: SupportsGetItem[int, str], options: dict, frames: str, duration: SupportsFloat | SupportsIndex | None, causes: bool) -> str:
    """
    Draws a graph as a page with runs of platforms side by side.
    """

def sweep_keys(folder: str | PathLike[str]) -> set[str]:
    """
    The keys of the rows in a folder.
    """

def sweep_page(folder: str | PathLike[str], title: str) -> str:
    """
    Draws the sweep in a folder as a page.
    """

def sweep_run(json: str | None, path: str | PathLike[str] | None, folder: str | PathLike[str], shard: str, threads: SupportsIndex, retry_failed: bool, progress: Any | None) -> dict:
    """
    Runs the tasks of a plan that are not done, with threads of this process. How far it is, as a dictionary.
    """

def sweep_table(folders: SupportsGetItem[int, str | PathLike[str]], output: str | PathLike[str] | None) -> tuple[str, str]:
    """
    The table of the rows in folders, as JSON and as CSV; written into a folder if one is given.
    """

def sweep_task(task: str) -> str:
    """
    Runs a task; its row as JSON.
    """

def sweep_tasks(json: str | None, path: str | PathLike[str] | None) -> list[tuple[str, str]]:
    """
    The tasks of a plan, each as JSON with its key.
    """

def to_bytes(tree: dict, compression: str | None, level: SupportsIndex) -> bytes:
    """
    The bytes of a `.nir` file that holds a root node.
    """

def write(path: str | PathLike[str], tree: dict, compression: str | None, level: SupportsIndex) -> None:
    """
    Writes a root node to a `.nir` or `.nirt` file.
    """

def write_data(path: str | PathLike[str], tree: dict, compression: str | None, level: SupportsIndex) -> None:
    """
    Writes recordings or stimuli to a file.
    """

def write_design(document: Document, platform: str, options: dict, path: str | PathLike[str]) -> None:
    """
    Writes what a chip's own tools read, HDF5 under a name that ends in `.net`; an error if the chip refuses the graph.
    """

"""What the checks against the chips' own tools share: an environment of their own, and runs of `nir`.

The environment lies in target/chip-tools and is made on the first use. It takes some gigabytes, for
PyTorch is in it.
"""

import importlib.abc
import importlib.machinery
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import types
import venv

ENVIRONMENT = pathlib.Path(__file__).resolve().parent.parent / "target" / "chip-tools"


def enter(packages, without_dependencies=()):
    """Goes on in the environment, with these packages in it.

    Dependencies of `without_dependencies` are not installed: samna among them is a stub that
    fetches a driver of the chips from another place as soon as it is imported.
    """
    python = ENVIRONMENT / "bin" / "python"
    if pathlib.Path(sys.prefix) != ENVIRONMENT:
        if not python.exists():
            print(f"making {ENVIRONMENT}")
            venv.create(ENVIRONMENT, with_pip=True)
        os.execv(python, [python, *sys.argv])
    missing = [package for package in packages if not installed(package)]
    if missing:
        pip(*missing)
    missing = [package for package in without_dependencies if not installed(package)]
    if missing:
        pip("--no-deps", *missing)


def installed(requirement):
    name, _, version = requirement.partition("==")
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return not version or found == version


def pip(*arguments):
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *arguments], check=True)


def versions(*packages):
    return ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)


class Name(type):
    """A class whose every attribute is a class, for annotations that name parts of a driver."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(name, (), {})


class Stub(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that can be imported and do nothing: the drivers of the chips, which no check needs."""

    def __init__(self, *names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = lambda name: Name.__getattr__(Name, name)
        return module

    def exec_module(self, module):
        pass


def without_drivers():
    sys.meta_path.insert(0, Stub("samna", "samnagui"))


def nir(program, *arguments, fine=(0,)):
    """What nir prints; stops with it if the exit status is another than those that are fine."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in fine:
        sys.exit(f"nir {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def runs(shared, platform):
    """Every recorded run of a platform that was not refused: (case, graph or configuration, inputs,
    options), with one array of shape (T, ...) for each input. Of a trained network, ten samples."""
    import numpy as np

    for case in sorted((shared / "goldens" / "simulators").iterdir()):
        about = json.loads((case / "case.json").read_text())
        for run in about["runs"].values():
            if run["platform"].partition("@")[0] != platform or run["refused"]:
                continue
            config = case / "config.json"
            subject = config if config.exists() else case / "graph.nir"
            yield case.name, subject, [np.load(case / "input.npy")], run["options"]
    for model in sorted((shared / "models").glob("*/model.json")):
        about = json.loads(model.read_text())
        for run in about["runs"].values():
            if run["platform"].partition("@")[0] != platform or run["refused"]:
                continue
            samples = np.load(model.parent / about["test_x"])[:10]
            yield model.parent.name, model.parent / "graph.nir", list(samples), run["options"]

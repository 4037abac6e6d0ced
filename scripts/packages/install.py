#!/usr/bin/env python3
"""Makes an environment for each simulator package.

    scripts/packages/install.py [--envs FOLDER] [PACKAGE ...]

Without a name all packages are installed. An environment that exists is left as it is.
Environments that share a layer (PyTorch, JAX) see it through a `.pth` file, behind their own
packages.
"""

import argparse
import pathlib
import subprocess

from catalogue import PACKAGES, Layer, Package, find
from places import DEFAULT_ENVS, python_of


def pip(python: pathlib.Path, *arguments: str) -> None:
    """Runs pip of this environment; its warnings about what is missing are not shown."""
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *arguments,
    ]
    subprocess.run(command, check=True)


def make(folder: pathlib.Path, interpreter: str) -> pathlib.Path:
    """An empty environment, and the path of its interpreter."""
    subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
    return python_of(folder)


def site_packages(python: pathlib.Path) -> pathlib.Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return pathlib.Path(
        subprocess.run(
            [str(python), "-c", code], check=True, capture_output=True, text=True
        ).stdout.strip()
    )


def finished(folder: pathlib.Path) -> pathlib.Path:
    """A file that is written when an environment is whole."""
    return folder / "installed"


def install_layer(layer: Layer, envs: pathlib.Path, interpreter: str) -> pathlib.Path:
    folder = envs / layer.folder
    if not finished(folder).exists():
        pip(make(folder, interpreter), *layer.requirements)
        finished(folder).write_text("\n".join(layer.requirements) + "\n")
    return site_packages(python_of(folder))


def install(package: Package, envs: pathlib.Path) -> None:
    folder = envs / package.key
    if finished(folder).exists():
        return
    shared = install_layer(package.layer, envs, package.python) if package.layer else None
    python = make(folder, package.python)
    if shared:
        (site_packages(python) / "layer.pth").write_text(f"{shared}\n")
    if package.requirements:
        pip(python, *package.requirements)
    pip(python, "--no-deps", *package.alone)
    finished(folder).write_text("\n".join((*package.alone, *package.requirements)) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="a name, or name-version")
    parser.add_argument("--envs", type=pathlib.Path, default=DEFAULT_ENVS)
    arguments = parser.parse_args()
    chosen = [find(name) for name in arguments.packages] or PACKAGES
    for package in chosen:
        install(package, arguments.envs)
        print(f"{package.key}: {arguments.envs / package.key}", flush=True)


if __name__ == "__main__":
    main()

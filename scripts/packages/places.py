"""Where the environments are, and which interpreter the tools themselves run in."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT_ENVS = ROOT / "target" / "packages"
SCRIPTS = pathlib.Path(__file__).resolve().parent
BASE = "tools"
BASE_REQUIREMENTS = ("numpy==2.4.6", "h5py==3.16.0")


def python_of(folder: pathlib.Path) -> pathlib.Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def use_base(envs: pathlib.Path) -> None:
    """Goes on in an environment that has numpy and h5py, made when first needed."""
    folder = (envs / BASE).resolve()
    if pathlib.Path(sys.prefix).resolve() == folder:
        return
    if not (folder / "installed").exists():
        subprocess.run(["python3.11", "-m", "venv", str(folder)], check=True)
        install = [
            str(python_of(folder)),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*install, *BASE_REQUIREMENTS], check=True)
        (folder / "installed").touch()
    os.execv(python_of(folder), [str(python_of(folder)), *sys.argv])

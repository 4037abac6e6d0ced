"""Run the reference's own test suite with nirkit in its place.

    python scripts/check_reference_suite.py [--folder FOLDER] WHEEL

Makes an environment of its own, takes the source distribution of `nir` from PyPI, and runs its folder
`tests` twice: with the reference itself, and with nirkit under the name `nir` and the reference not
installed. Exit status 1 when a test passes with the reference and not with nirkit. Nothing of the
suite is kept in this repository.
"""

import argparse
import pathlib
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as xml

VERSION = "1.0.8"

#: Graphs of the paper, where somebody has put them beside the repository.
PAPER = pathlib.Path(__file__).resolve().parents[2] / "shared" / "reference" / "paper"

#: Stands at the root of the suite: `import nir` then means nirkit.
CONFTEST = "import nirkit\nnirkit.install_as_nir()\n"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def environment(folder, *packages):
    """An environment with these packages; its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        run(sys.executable, "-m", "venv", folder)
    run(python, "-m", "pip", "install", "--quiet", "--force-reinstall", *packages)
    return python


def suite(folder, python):
    """The unpacked source distribution."""
    archive = folder / f"nir-{VERSION}.tar.gz"
    if not archive.exists():
        options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
        run(python, "-m", "pip", "install", "--quiet", "setuptools>=77", "setuptools-scm")
        run(python, "-m", "pip", "download", *options, "--dest", folder, f"nir=={VERSION}")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / f"nir-{VERSION}"


def outcomes(python, source, folder, name, conftest):
    """Whether each test passed; `None` for those that were skipped."""
    bench = folder / name
    bench.mkdir(exist_ok=True)
    # The tests alone: beside them stands the reference, which would be imported first.
    run("cp", "-r", source / "tests", bench)
    (bench / "conftest.py").write_text(conftest)
    if PAPER.exists() and not (bench / "paper").exists():
        # A test reads graphs of the paper, which the source distribution lacks.
        (bench / "paper").symlink_to(PAPER)
    report = bench / "report.xml"
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    command += ["--rootdir", bench, bench / "tests"]
    with open(bench / "log.txt", "w") as log:
        subprocess.run([str(part) for part in command], cwd=bench, stdout=log, stderr=log)
    found = {}
    for case in xml.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        passed = None if "skipped" in kinds else not kinds & {"failure", "error"}
        found[f"{case.get('classname')}.{case.get('name')}"] = passed
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("wheel", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("target/reference-suite"))
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with_reference = environment(folder / "reference", f"nir=={VERSION}", "pytest")
    with_nirkit = environment(folder / "nirkit", arguments.wheel, "pytest")
    source = suite(folder, with_reference)
    expected = outcomes(with_reference, source, folder, "run-reference", "")
    found = outcomes(with_nirkit, source, folder, "run-nirkit", CONFTEST)
    lost = [name for name, passed in expected.items() if passed and not found.get(name)]
    gained = [name for name, passed in expected.items() if passed is False and found.get(name)]
    skipped = sum(passed is None for passed in expected.values())
    for name in lost:
        print(f"passes with nir {VERSION} and not with nirkit: {name}")
    passed = sum(bool(passed) for passed in expected.values())
    print(
        f"{passed} tests pass with nir {VERSION}, {passed - len(lost)} of them with nirkit; "
        f"{len(gained)} more pass with nirkit; {skipped} are skipped"
    )
    sys.exit(bool(lost) or not passed)


if __name__ == "__main__":
    main()

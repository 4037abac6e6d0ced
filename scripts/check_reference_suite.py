"""Run the test suites of others with nirkit in the place of `nir`.

    python scripts/check_reference_suite.py [--folder FOLDER] WHEEL
    python scripts/check_reference_suite.py [--folder FOLDER] --suite nirtorch --python ENV/bin/python

Takes the source distribution of `nir` (or `nirtorch`) from PyPI and runs its folder `tests` twice: with
`nir` itself, and with nirkit under this name. For `nir`, both environments are made here, and the second
one has no `nir`; for `nirtorch`, an environment is given that has nirkit, nirtorch, torch and pytest.
Exit status 1 when a test passes with `nir` and not with nirkit. Nothing of the suites is kept in this
repository.
"""

import argparse
import pathlib
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as xml

VERSIONS = {"nir": "1.0.8", "nirtorch": "2.6"}

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


def unpacked(suite, folder, python):
    """The source distribution of a package."""
    name = f"{suite}-{VERSIONS[suite]}"
    archive = folder / f"{name}.tar.gz"
    if not archive.exists():
        options = ["--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder]
        run(python, "-m", "pip", "download", *options, f"{suite}=={VERSIONS[suite]}")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / name


def outcomes(python, source, bench, conftest):
    """Whether each test passed; `None` for those that were skipped."""
    bench.mkdir(exist_ok=True)
    # The tests alone: beside them stands the package, which would be imported first.
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
    parser.add_argument("wheel", type=pathlib.Path, nargs="?")
    parser.add_argument("--suite", choices=VERSIONS, default="nir")
    parser.add_argument("--python", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("target/reference-suite"))
    arguments = parser.parse_args()
    folder, suite = arguments.folder.resolve(), arguments.suite
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.python:
        # Not resolved: a link to the system's Python is what makes it that of the environment.
        with_reference = with_nirkit = arguments.python.absolute()
    elif suite == "nir" and arguments.wheel:
        with_reference = environment(folder / "reference", f"nir=={VERSIONS['nir']}", "pytest")
        with_nirkit = environment(folder / "nirkit", arguments.wheel, "pytest")
    else:
        parser.error("give the wheel of nirkit, or an environment with --python")
    source = unpacked(suite, folder, with_reference)
    expected = outcomes(with_reference, source, folder / f"{suite}-with-nir", "")
    found = outcomes(with_nirkit, source, folder / f"{suite}-with-nirkit", CONFTEST)
    lost = [name for name, passed in expected.items() if passed and not found.get(name)]
    gained = [name for name, passed in expected.items() if passed is False and found.get(name)]
    skipped = sum(passed is None for passed in expected.values())
    for name in lost:
        print(f"passes with nir and not with nirkit: {name}")
    passed = sum(bool(passed) for passed in expected.values())
    print(
        f"{suite} {VERSIONS[suite]}: {passed} tests pass with nir, {passed - len(lost)} of them with "
        f"nirkit; {len(gained)} more pass with nirkit; {skipped} are skipped"
    )
    sys.exit(bool(lost) or not passed)


if __name__ == "__main__":
    main()

"""Runs a command under limits of memory and time, and says what is wrong with its ending.

Memory is what the kernel reports at the end as the largest resident set (`ru_maxrss` of `wait4`), held against 1 GiB. The
address space is bounded more generously, so that a program that would take all memory ends before the machine suffers: what is
mapped and never touched costs nothing. Time is that of the processors, user and system together, so that other work on the
machine makes no findings; a program that waits for ever is ended after four times as long by the clock.
"""

import os
import resource
import signal
import subprocess
from collections import namedtuple

SECONDS = 10
RESIDENT = 1 << 30
ADDRESSES = 4 << 30
# No mutant of an input of some kilobytes writes more; a file of this size ends the program with SIGXFSZ, or an error.
WRITTEN = 1 << 30

Ending = namedtuple("Ending", "name fault seconds mebibytes stdout stderr")


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Stays over exec, and ends whoever waits.
    signal.alarm(4 * SECONDS)


def files(folder):
    """Every file and folder below a folder, by its name from there."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def run(command, folder, outputs):
    """Runs a command in a folder. `outputs` are the names there under which it may leave something."""
    before = files(folder)
    streams = folder.parent / "streams"
    streams.mkdir(exist_ok=True)
    with open(streams / "stdout", "w+b") as stdout, open(streams / "stderr", "w+b") as stderr:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, preexec_fn=limits,
            env={"PATH": "/usr/bin:/bin", "TMPDIR": str(folder), "HOME": str(folder), "LANG": "C.UTF-8"},
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said = []
        for stream in (stdout, stderr):
            stream.seek(0)
            said.append(stream.read(1 << 20))
    left = sorted(name for name in files(folder) - before if not is_asked_for(name, outputs))
    seconds, mebibytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    name, fault = judged(process.returncode, seconds, used.ru_maxrss * 1024, *said, left)
    return Ending(name, fault, seconds, mebibytes, *said)


def is_asked_for(name, outputs):
    """Whether a name is that of an output, of its store of tensors or of a way's own, or stands in an output without being hidden."""
    first, *rest = name.split("/")
    if any(part.startswith(".") for part in (first, *rest)):
        return False
    stems = [output.rsplit(".", 1)[0] for output in outputs]
    return first in outputs or any(first.startswith(f"{stem}.") for stem in stems)


def judged(code, seconds, resident, stdout, stderr, left):
    """The ending in a word, and what is wrong with it."""
    if code < 0:
        name = signal.Signals(-code).name
        if -code in (signal.SIGXCPU, signal.SIGALRM) or (-code == signal.SIGKILL and seconds >= SECONDS):
            name = "no end"
        elif b"memory allocation" in stderr:
            name = "out of memory"
        return name, name
    name = f"exit {code}"
    if b"panicked" in stderr or b"panicked at" in stdout:
        return "panic", "panic"
    if code > 2:
        return name, name
    if seconds > SECONDS:
        return "no end", f"{seconds:.1f} s"
    if resident > RESIDENT:
        return "memory", f"{resident >> 20} MiB resident"
    if code and not (stderr.strip() or stdout.strip()):
        return "no word", f"{name} without a word"
    if left:
        return "files left", "left " + ", ".join(left[:5])
    return name, None

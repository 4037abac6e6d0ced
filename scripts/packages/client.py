"""A process that runs one package, asked over a pipe, ended when it does not answer."""

import json
import os
import pathlib
import select
import signal
import subprocess
import time

from catalogue import Package
from places import SCRIPTS, python_of

PATIENCE = 10


def processor_time(group: int) -> float:
    """Seconds that the processes of a group have computed; none where the system does not tell."""
    ticks = 0
    for place in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Worker:
    """One process of a package. It is started when first asked, and anew after it was ended."""

    def __init__(self, package: Package, envs: pathlib.Path, hash_seed: int, timeout: float):
        self.package = package
        self.folder = envs / package.key
        self.hash_seed = hash_seed
        self.timeout = timeout
        self._process: subprocess.Popen | None = None
        self._pending = b""

    def versions(self) -> dict[str, str]:
        return self._exchange(
            {"do": "versions", "names": list(self.package.shown)}, self.timeout + 120
        )

    def ask(self, request: dict) -> dict:
        """The worker's answer; an error of its own kind when it hangs or dies."""
        if self._process is None:
            self.versions()  # the import of the package is not counted
        return self._exchange({"do": "run", **request}, self.timeout)

    def _exchange(self, request: dict, seconds: float) -> dict:
        process = self._process or self._start()
        assert process.stdin
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = self._line(process, seconds)
        except BrokenPipeError:
            line = b""
        if line is None:
            self.end()
            return {
                "refused": True,
                "stage": "hang",
                "error": f"TimeoutError: no answer in {seconds:g} s",
                "files": [],
            }
        if not line:
            self.end()
            return {
                "refused": True,
                "stage": "died",
                "error": "the process ended without an answer",
                "files": [],
            }
        return json.loads(line)

    def _start(self) -> subprocess.Popen:
        environment = os.environ | {
            "PYTHONHASHSEED": str(self.hash_seed),
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "JAX_PLATFORMS": "cpu",
            "PYTHONWARNINGS": "ignore",
        }
        command = [
            str(python_of(self.folder)),
            str(SCRIPTS / "worker.py"),
            self.package.runner,
            str(self.folder),
        ]
        log = open(self.folder / f"worker-{self.hash_seed}.log", "wb")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment,
            start_new_session=True,
        )
        self._pending = b""
        return self._process

    def _line(self, process: subprocess.Popen, seconds: float) -> bytes | None:
        """The next line; empty when the process has ended, None when the time is over.

        The time is that of the processor, so that a busy machine makes nothing hang; processes that
        only wait for as long are ended too.
        """
        assert process.stdout
        started, deadline = processor_time(process.pid), time.monotonic() + PATIENCE * seconds
        busy, last = time.monotonic(), started
        while b"\n" not in self._pending:
            now, computed = time.monotonic(), processor_time(process.pid)
            if abs(computed - last) > 0.02 * (now - busy) + 0.02:
                busy, last = now, computed
            if now > deadline or computed - started > seconds or now - busy > seconds:
                return None
            if not select.select([process.stdout], [], [], 0.5)[0]:
                continue
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                return b""
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        return line

    def end(self) -> None:
        if self._process:
            # Lava starts a process for each part of a network.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Pair:
    """Two processes that hash names differently: what differs between them depends on chance."""

    def __init__(self, package: Package, envs: pathlib.Path, timeout: float = 20):
        self.package = package
        self.workers = [Worker(package, envs, seed, timeout) for seed in (1, 2)]

    def versions(self) -> dict[str, str]:
        return self.workers[0].versions()

    def end(self) -> None:
        for worker in self.workers:
            worker.end()

    def __enter__(self) -> "Pair":
        return self

    def __exit__(self, *_exception) -> None:
        self.end()

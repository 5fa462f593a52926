"""Running `tenure` and what it makes, with a time limit and without a terminal."""

import json
import os
import resource
import signal
import subprocess
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SLACK = 10
# What is tested is the compiler, and `run` without an engine is the JIT; tests/cache.py has a place of its own.
os.environ["XDG_CACHE_HOME"] = "/dev/null"
CRASHES = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE, 70}


@dataclass
class Outcome:
    code: int
    out: str
    err: str
    timed_out: bool = False

    @property
    def crashed(self):
        return self.code in CRASHES


def run(command, stdin="", timeout=60, environment=None, memory_mb=None, data_mb=None):
    """Runs to the end or to the time limit, in seconds of processor time; on the clock it may take
    SLACK times as long, because what else the machine does is not the program's fault. Output that is
    not UTF-8 keeps its bytes as surrogates. `memory_mb` bounds all addresses, `data_mb` those that are
    written to (a heap reserves many more)."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (timeout, timeout + 1))
        if memory_mb:
            resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        if data_mb:
            resource.setrlimit(resource.RLIMIT_DATA, (data_mb << 20, data_mb << 20))

    env = dict(os.environ, NO_COLOR="1", LC_ALL="C.UTF-8")
    env["TENURE_OPTIONS"] = "check=1"  # the compiler looks at what each pass made
    env.update(environment or {})
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=env,
        preexec_fn=limit,
        start_new_session=True,
    )
    timed_out = False
    try:
        out, err = process.communicate(stdin.encode(), timeout=timeout * SLACK)
    except subprocess.TimeoutExpired:
        timed_out = True
        os.killpg(process.pid, signal.SIGKILL)  # the group that start_new_session made for it
        out, err = process.communicate()
    decode = lambda data: data.decode("utf-8", "surrogateescape")
    timed_out = timed_out or process.returncode == -signal.SIGXCPU
    return Outcome(process.returncode, decode(out), decode(err), timed_out)


def diagnostics(tenure, path, timeout=60, command="check", options=()):
    """Checks a program. Gives the outcome and its diagnostics (None if they cannot be read)."""
    outcome = run([tenure, command, "--diagnostics=json", *options, path], timeout=timeout)
    try:
        return outcome, json.loads(outcome.err)
    except ValueError:
        return outcome, None

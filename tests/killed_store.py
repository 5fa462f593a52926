#!/usr/bin/env python3
"""The store of examples/tape/store keeps what it said it kept, however it ends.

It is killed while it writes, again and again with the same log, and must know every change that it has acknowledged
when it is started again. A log whose end was cut off at any byte is recovered; one that is damaged in its middle is
refused.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

SOURCE = os.path.join(tool.ROOT, "examples", "tape", "store", "store.tape")
ROUNDS = 12


def started(store, log):
    return subprocess.Popen([store, log], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def written_until_killed(store, log, chance, known):
    """Sets keys until it kills the store; `known` follows what was acknowledged. Returns the change in flight."""
    process = started(store, log)
    left = chance.randrange(1, 60)
    for number in range(100000):
        key, value = f"k{chance.randrange(8)}", f"v{number} of {chance.randrange(1000)}"
        try:
            process.stdin.write(f"set {key} {value}\n")
            process.stdin.flush()
            if number == left:
                process.send_signal(signal.SIGKILL)
            answer = process.stdout.readline()
            while answer.startswith("recovered"):
                answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if answer != "ok\n":
            process.kill()
            process.communicate()
            return key, value
        known[key] = value
    return None


def values(store, log, keys):
    """What a new start knows of the keys."""
    asked = "".join(f"get {key}\n" for key in keys)
    done = subprocess.run([store, log], input=asked, capture_output=True, text=True, timeout=60)
    lines = [line for line in done.stdout.split("\n") if line and not line.startswith("recovered")]
    return done.returncode, dict(zip(keys, lines))


def killed(store, log):
    chance = random.Random(7)
    known = {}
    for turn in range(ROUNDS):
        in_flight = written_until_killed(store, log, chance, known)
        code, found = values(store, log, sorted(known))
        if code != 0:
            return f"round {turn}: exit code {code}"
        for key, value in sorted(known.items()):
            # What was not acknowledged may be there or not.
            if found.get(key) not in (value, in_flight[1] if in_flight and in_flight[0] == key else value):
                return f"round {turn}: {key} is {found.get(key)!r}, was acknowledged as {value!r}"
        known = dict(found)
    return None


def cut_off(store, log):
    with open(log, "rb") as file:
        whole = file.read()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(last, len(whole)):
        with open(log, "wb") as file:
            file.write(whole[:end])
        code, _ = values(store, log, ["k0"])
        if code != 0 or os.path.getsize(log) != last:
            return f"cut at {end} of {len(whole)}: exit code {code}, {os.path.getsize(log)} bytes are left, not {last}"
    return None


def damaged(store, log):
    with open(log, "wb") as file:
        file.write(b"1 set a b\n2 set c d\n")
    done = subprocess.run([store, log], input="", capture_output=True, text=True, timeout=60)
    if done.returncode == 1 and "damaged" in done.stderr:
        return None
    return f"a damaged log gives exit code {done.returncode} and {done.stderr!r}"


def compacted(store, log):
    with open(log, "wb"):
        pass
    asked = "".join(f"set k{i % 3} {i}\n" for i in range(50)) + "delete k1\ncompact\nset k0 after\n"
    subprocess.run([store, log], input=asked, capture_output=True, text=True, timeout=60)
    code, found = values(store, log, ["k0", "k1", "k2"])
    with open(log, encoding="utf-8") as file:
        lines = file.read().count("\n")
    wanted = {"k0": "after", "k1": "no k1", "k2": "47"}
    return None if (code, found, lines) == (0, wanted, 3) else f"exit code {code}, {found}, {lines} lines"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tenure-store-") as folder:
        store, log = os.path.join(folder, "store"), os.path.join(folder, "store.log")
        built = tool.run([tenure, "build", "-O2", SOURCE, "-o", store])
        if built.code != 0:
            print(f"FAIL build: {built.err[:200]!r}")
            return 1
        for check in (killed, cut_off, damaged, compacted):
            problem = check(store, log)
            failed += problem is not None
            name = check.__name__.replace("_", " ")
            print(f"FAIL {name}: {problem}" if problem else f"ok {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

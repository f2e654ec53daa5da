"""The complete verification of a draw among 1,000,000 candidates: CPU seconds and memory of `verify_draw.py`.

    python bench/draw_verify.py [--candidates 1000000] [--rounds 3] [--python /usr/bin/python3]

Goal: at most 5 s of CPU and 300 MB. The evidence is made first; only the verifier, a process of its own, is measured.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.trading.draws import paper
from trading.draws import evidence, verify_draw
from trading.draws.candidates import Candidate

SECONDS = 5.0
MEGABYTES = 300.0


PROBE = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    status = open("/proc/self/status").read()
    print(status.split("VmHWM:")[1].split()[0], file=sys.stderr)
"""


def measured(python: str, folder: Path) -> tuple[float, float]:
    """Return CPU seconds and peak megabytes of one verification."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [python, "-I", "-S", "-c", PROBE, verify_draw.__file__, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(done.stderr.split()[-1]) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", default=sys.executable, help="the Python that verifies")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        listed = [Candidate(f"91510000{number:010d}", ("ALL",)) for number in range(given.candidates)]
        evidence.write(evidence.folder(paper.evidence_of(paper.Paper(listed=listed))), Path(folder) / "e")
        del listed
        runs = [measured(given.python, Path(folder) / "e") for _ in range(given.rounds)]
    seconds = statistics.median(run[0] for run in runs)
    megabytes = max(run[1] for run in runs)
    print(f"verifying a draw among {given.candidates:,}: {seconds:.2f} s CPU, {megabytes:.0f} MB at most")
    print(f"  x {seconds / SECONDS:.2f} of the limit of {SECONDS:.0f} s")
    print(f"  x {megabytes / MEGABYTES:.2f} of the limit of {MEGABYTES:.0f} MB")
    held = seconds <= SECONDS and megabytes <= MEGABYTES
    print("HELD" if held else "MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

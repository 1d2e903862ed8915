"""What one fork wrote to, the next one has copies of before it writes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pages are counted on Linux")

PAGES = 400
FORKING = f"""
import json, mmap, os, resource
from preamp.synth.written_pages import copy_ahead, written_pages

memory = bytearray(mmap.PAGESIZE * 4 * {PAGES})
memory[:] = b"1" * len(memory)

def faults_of_fork(written):
    reading, writing = os.pipe()
    if os.fork() == 0:
        copy_ahead(written)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for place in range(0, len(memory), 4 * mmap.PAGESIZE):
            memory[place] = 50
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
        with open(writing, "w") as answer:
            json.dump([faults, written_pages()], answer)
        os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        return json.load(answer)

first, written = faults_of_fork("")
assert memory[0] == 49
second, _ = faults_of_fork(written)
elsewhere, _ = faults_of_fork(json.dumps([[mmap.PAGESIZE, mmap.PAGESIZE]]))
print(json.dumps([first, second, elsewhere]))
"""


def test_what_was_written_to_is_copied_before_it_is_again() -> None:
    child = subprocess.run(
        [sys.executable, "-c", FORKING], capture_output=True, text=True, check=True
    )
    first, second, elsewhere = json.loads(child.stdout)
    assert first >= PAGES
    assert second < PAGES / 10
    # what is in nobody's memory is passed over
    assert elsewhere >= PAGES

"""In a child process: what takes too much of everything, for test_children.py."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from xl_flexextra.files import in_child


def answer(asked: str) -> object:
    """Do as asked."""
    if asked == "memory":
        taken = []
        while True:
            taken.append(b"x" * (4 << 20))
    while asked == "time":
        pass
    if asked == "nothing":
        time.sleep(600)
    if asked == "another":
        subprocess.run([sys.executable, "-c", ""], check=True)
    return os.getpid()


if __name__ == "__main__":
    in_child.serve(lambda: None, answer)

"""TensorFlow's notes are dropped, its errors are not."""

import os
import subprocess
import sys

FAKE = """
import os
os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called\\n")
os.write(2, b"I0000 00:00:1.2 3 port.cc:153] oneDNN custom operations are on.\\n")
os.write(2, b"E0000 00:00:1.2 3 cuda.cc:1] no driver\\n")
{end}
"""


def imported(folder, end=""):
    """What a process that imports a package called tensorflow says on stderr."""
    (folder / "tensorflow.py").write_text(FAKE.format(end=end))
    code = """
from tfbs.quiet_import import quiet_tensorflow
import importlib.util, os
quiet_tensorflow()
quiet_tensorflow()
importlib.util.find_spec("tensorflow")
try:
    import tensorflow
finally:
    os.write(2, b"I0000 afterwards\\n")
"""
    path = os.pathsep.join([str(folder), *(p for p in sys.path if p)])
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )


def test_notes_of_the_import_are_dropped_and_errors_kept(tmp_path):
    done = imported(tmp_path)
    assert done.stderr.splitlines() == [
        "E0000 00:00:1.2 3 cuda.cc:1] no driver",
        "I0000 afterwards",
    ]
    assert done.returncode == 0


def test_an_import_that_fails_says_why(tmp_path):
    done = imported(tmp_path, end='raise ImportError("no such library")')
    assert done.stderr.startswith("E0000") and "ImportError: no such library" in done.stderr
    assert done.returncode == 1

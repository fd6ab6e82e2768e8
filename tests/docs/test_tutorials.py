"""Every tutorial does what it says: its blocks are run in order, its outputs compared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.blocks import Block, masked, missing_line, read_blocks

PAGES = sorted((Path(__file__).parents[2] / "docs" / "tutorials").glob("*.md"))
BETWEEN = "== end of block =="
SECONDS = 3600


def script(blocks: list[Block]) -> str:
    """One session of bash with all that is run, as a reader types it."""
    lines = ["set -e -o pipefail"]
    for block in blocks:
        if block.language == "python":
            lines.append(f"python - <<'END_OF_PYTHON'\n{block.text}END_OF_PYTHON")
        else:
            lines.append(block.text)
        lines.append(f"echo '{BETWEEN}'")
    return "\n".join(lines)


def environment(folder: Path) -> dict[str, str]:
    """The tested program first on the path, and nothing of the reader's home."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "HOME": str(folder), "TFBS_DATA_DIR": str(folder / "tfds")}
    return {**os.environ, **own, "TF_CPP_MIN_LOG_LEVEL": "3", "MLFLOW_DISABLE_TELEMETRY": "true"}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_tutorial_runs_and_prints_what_it_says(page, tmp_path):
    blocks = read_blocks(page)
    run = [b for b in blocks if b.language in ("bash", "python") and not b.why_not]
    folder = tmp_path / "work"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-c", script(run)], cwd=folder, env=environment(tmp_path),
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    printed = done.stdout.split(BETWEEN)
    if done.returncode:
        failed = run[len(printed) - 1]
        pytest.fail(f"{page.name}:{failed.line}: exit {done.returncode}: {done.stderr[-3000:]}")
    for index, block in enumerate(blocks[:-1]):
        following = blocks[index + 1]
        if block in run and following.language in ("", "text"):
            missing = missing_line(following.text, printed[run.index(block)])
            assert missing is None, (
                f"{page.name}:{following.line}: not printed: {missing}\n"
                + "\n".join(masked(printed[run.index(block)]))
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_are_run_or_say_why_not(page):
    blocks = read_blocks(page)
    assert any(block.language in ("bash", "python") and not block.why_not for block in blocks)
    for block in blocks:
        assert block.language in ("bash", "python", "text", "yaml", ""), f"{page}:{block.line}"
        if block.language == "bash" and not block.why_not:
            checked = subprocess.run(["bash", "-n"], input=block.text, text=True)
            assert checked.returncode == 0, f"{page.name}:{block.line}"
        if block.language == "python" and not block.why_not:
            compile(block.text, f"{page.name}:{block.line}", "exec")


def test_outputs_are_compared_without_their_numbers():
    printed = "run 0123abcd4567: AUROC   0.98\nmodel  auroc\n-----------\ncnn   0.912\nend\n"
    assert missing_line("run ffff00001111: AUROC 0.5\n…\ncnn 1\n", printed) is None
    assert missing_line("cnn 1\nmodel auroc\n", printed) == "model auroc"
    assert missing_line("model auprc\n", printed) == "model auprc"

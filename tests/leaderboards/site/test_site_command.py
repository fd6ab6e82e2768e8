"""`tfbs leaderboard render` and `serve` on a board of files."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tfbs.__main__ import main
from tfbs.leaderboards.site.server import site_server


@pytest.fixture
def board(tmp_path) -> Path:
    """A board whose only entry cannot be read, which the site is to say."""
    folder = tmp_path / "board"
    (folder / "entries" / "mock-1" / "broken").mkdir(parents=True)
    return folder


def test_render_writes_a_site_and_prints_its_first_page(board, tmp_path, capsys):
    target = tmp_path / "site"
    assert main(["leaderboard", "render", "--board", str(board), "--to", str(target)]) == 0
    assert capsys.readouterr().out.strip() == str(target / "index.html")
    page = (target / "mock-1" / "index.html").read_text()
    assert "mock-1/broken: " in page and "No entry is ranked here yet." in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--board", "{tmp}/nowhere"], "nowhere: no such folder"),
        (["--board", "{tmp}"], "has no entries of a shipped suite"),
        (["--board", "{tmp}/board", "--to", "{tmp}"], "holds other files than an earlier site"),
        (["--board", "{tmp}/board", "--to", "{tmp}/file"], "is not a folder"),
    ],
)
def test_render_refuses_in_one_line(board, tmp_path, capsys, arguments, said):
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.rglob("*"))
    target = [] if "--to" in arguments else ["--to", str(tmp_path / "site")]
    filled = [word.format(tmp=tmp_path) for word in arguments]
    assert main(["leaderboard", "render", *filled, *target]) == 2
    error = capsys.readouterr().err.strip()
    assert said in error and "\n" not in error
    assert sorted(tmp_path.rglob("*")) == before


def test_a_port_that_is_taken_is_said_to_be(board, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["leaderboard", "serve", "--board", str(board), "--port", str(port)]) == 2
    assert f"--port {port}: is taken" in capsys.readouterr().err


def _heed_ctrl_c():
    """Undoes what a shell does to whatever it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_serve_prints_its_address_gives_out_pages_and_leaves_nothing(board, tmp_path, end):
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "tfbs", "leaderboard", "serve", "--port", "0", "--board"]
    with subprocess.Popen(
        [*command, str(board)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=_heed_ctrl_c,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path / "tmp")},
    ) as process:  # fmt: skip
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}mock-1/") as answer:  # noqa: S310  (ours)
            assert b"No entry is ranked here yet." in answer.read()
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert list((tmp_path / "tmp").iterdir())
        process.send_signal(end)
        try:
            assert process.wait(60) == 0
        finally:
            process.kill()
        assert "Traceback" not in process.stderr.read()
    assert not list((tmp_path / "tmp").iterdir())


def test_a_folder_is_not_listed_and_nothing_outside_is_given(tmp_path):
    import threading

    (tmp_path / "site" / "entries").mkdir(parents=True)
    (tmp_path / "secret").write_text("x")
    with site_server(tmp_path / "site", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for path in ("entries/", "../secret", "%2e%2e/secret"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/{path}")
        server.shutdown()

"""`daguerre window`: the command that starts the window; the window's own tests are in tests/dialogs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import ROOT, daguerre, write_damaged

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, and a screen that is always there")

STANDING_IN = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background has it ignored
sys.path.insert(0, {root!r})
from core import window
window.COMMAND[:] = [sys.executable, "-c", {script!r}]
window._what_is_missing = lambda photo: None
sys.argv[1:] = {arguments!r}
from core.__main__ import main
sys.exit(main())
"""


def with_a_window_that(script: str, *arguments: str) -> subprocess.Popen[str]:
    """The command with another program in the window's place, which gets the window's arguments."""
    program = STANDING_IN.format(root=str(ROOT), script=script, arguments=["window", *arguments])
    return subprocess.Popen([sys.executable, "-c", program], stdout=-1, stderr=-1, text=True, start_new_session=True)


@pytest.mark.parametrize("code", [0, 1, 2])
def test_its_exit_code_is_the_commands(code: int) -> None:
    window = with_a_window_that(f"import sys; sys.exit({code})")
    assert window.communicate(timeout=60) == ("", "") and window.returncode == code


def test_the_photo_is_named_from_the_root(tmp_path: Path) -> None:
    window = with_a_window_that("import sys; print(sys.argv[1:])", "a b.png")
    assert window.communicate(timeout=60)[0] == f"{[str(Path.cwd() / 'a b.png')]}\n"
    window = with_a_window_that("import sys; print(sys.argv[1:])")
    assert window.communicate(timeout=60)[0] == "[]\n"


def test_a_window_that_breaks_down_is_one_sentence() -> None:
    window = with_a_window_that("import os; os.abort()")
    told = window.communicate(timeout=60)[1]
    assert window.returncode == 1
    assert told == "daguerre: The window stopped by itself; install.py --doctor says whether something is missing.\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_when_the_command_is_stopped_the_window_goes_with_it(how: signal.Signals, tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        f"pathlib.Path({str(tmp_path / 'id')!r}).write_text(str(os.getpid()) + '.'); time.sleep(60)"
    )
    command = with_a_window_that(script)
    try:
        while not (tmp_path / "id").exists() or not (tmp_path / "id").read_text().endswith("."):
            time.sleep(0.02)
        command.send_signal(how)
        command.communicate(timeout=60)
        assert command.returncode == 1
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "id").read_text().rstrip(".")), 0)
    finally:
        if command.poll() is None:
            command.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_it_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    write_damaged(tmp_path / "anna.png")
    told = daguerre("window", tmp_path / "anna.png")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "daguerre: There is no screen for the window; the other commands need none.\n"


def test_a_photo_that_is_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    told = daguerre("window", tmp_path / "gone.png")
    assert told.returncode == 1 and told.stderr == f"daguerre: {tmp_path / 'gone.png'} does not exist.\n"


def test_without_pyqt6_it_is_one_sentence(tmp_path: Path) -> None:
    """An installation from before the window, or a damaged one."""
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'PyQt6' else find(name, *more)\n"
        "sys.argv[1:] = ['window']\n"
        "from core.__main__ import main\n"
        "sys.exit(main())\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "daguerre: The window is not installed: run install.py once more.\n"

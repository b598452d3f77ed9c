"""What the window of fake_window.py is to do, and what it has heard. The engine is that of soft_engine.py."""

import json
import os
from pathlib import Path

DATA = Path(os.environ["DAGUERRE_DATA"])
LAST = DATA / "last-values.json"
"""Where the settings are that menu entries without a window take."""
RECORD = DATA / "installation.json"
PYTHON = json.loads(RECORD.read_text(encoding="utf-8"))["python"]


def plan(*steps):
    """From now on the window does this; see fake_window.py."""
    program = DATA / "python-with-a-window"
    fake, soft = (Path(__file__).with_name(name) for name in ("fake_window.py", "soft_engine.py"))
    program.write_text(
        f"""#!/bin/sh
case "$*" in
  *"-m qt_dialogs session"*) exec "{PYTHON}" -I -X utf8 "{fake}" ;;
  *"-m core engine"*) exec "{PYTHON}" -I -X utf8 "{soft}" engine ;;
esac
exec "{PYTHON}" "$@"
""",
        encoding="utf-8",
    )
    program.chmod(0o755)
    RECORD.write_text(json.dumps({"python": str(program), "version": "test"}), encoding="utf-8")
    (DATA / "plan.json").write_text(json.dumps(steps), encoding="utf-8")
    (DATA / "heard.json").unlink(missing_ok=True)


def heard():
    return json.loads((DATA / "heard.json").read_text(encoding="utf-8"))


def done(mask, repair=None, enhanced=False, colours=False, hints=None, **message):
    said = {"type": "done", "text": "", "facts": {}, **message}
    return {"say": said, "mask": mask, "repair": repair, "enhanced": enhanced, "colours": colours, "hints": hints}


CANCELLED = {"say": {"type": "cancelled"}}

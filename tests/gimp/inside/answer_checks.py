"""Answers that name files which are not what they should be: told in one sentence, and nothing is lost or left."""

import ast
import json
import re
from pathlib import Path

from gi.repository import Gimp

import job
import scene
from core import tools
from failure import sentence
from runs import one_engine
from window_plans import CANCELLED, DATA, PYTHON, RECORD, done, heard, plan

INTERACTIVE, SUCCESS, CANCEL = Gimp.RunMode.INTERACTIVE, Gimp.PDBStatusType.SUCCESS, Gimp.PDBStatusType.CANCEL
BOX = [30, 40, 20, 10]
DEFAULTS = tools.defaults(tools.RESTORE)
ALL = {**DEFAULTS, "steps": "detect,repair,enhance,colorize"}
RUNS = {
    "mask": DEFAULTS,
    "fill": {**DEFAULTS, "output": "masked", "mask-as": "layer"},
    "photo": {**DEFAULTS, "output": "in-place"},
    "enhanced": ALL,
    "colours": ALL,
}
"""Settings that ask for a result."""
FEW = ("missing", "short of a byte", "smaller", "signed")
"""All are read by the same lines: these are enough where a result is not read first."""


def _faults():
    tree = ast.parse(Path(__file__).with_name("fake_engine.py").read_text(encoding="utf-8"))
    table = next(node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "FAULTS")
    return [key.value for key in table.value.keys]


def _install():
    """From now on the engine is that of fake_engine.py."""
    program = DATA / "python-with-a-fault"
    fake = Path(__file__).with_name("fake_engine.py")
    program.write_text(f'#!/bin/sh\nexec "{PYTHON}" -I -X utf8 "{fake}"\n', encoding="utf-8")
    program.chmod(0o755)
    RECORD.write_text(json.dumps({"python": str(program), "version": "test"}), encoding="utf-8")


def _told(image, photo, settings):
    """The sentence of a run that fails."""
    try:
        job.Job(tools.RESTORE, image, [photo]).run(settings)
    except Exception as error:
        return sentence(error)
    raise AssertionError("it should have failed")


def _broken(result, faults):
    """Each fault of one result is told, names the file, and leaves the image as it was and no folder."""
    image = scene.image_of()
    photo = scene.photo_in(image)
    image.clean_all()
    before = scene.state(image), scene.samples(photo)
    _install()
    with one_engine():
        for fault in faults:
            (DATA / "fault.json").write_text(json.dumps({"result": result, "fault": fault}), encoding="utf-8")
            told = _told(image, photo, RUNS[result])
            assert told.startswith(f"The result {result}-made.npy "), (fault, told)
            assert re.search(r"; the image is as it was\. What went wrong is in \S+\.$", told), (fault, told)
            assert (scene.state(image), scene.samples(photo)) == before and not image.is_dirty(), fault
            assert photo.get_mask() is None and image.get_base_type() == Gimp.ImageBaseType.RGB
            assert not list((DATA / "jobs").glob("job-*")), fault


def check_broken_mask():
    _broken("mask", _faults())


def check_broken_fill():
    _broken("fill", _faults())


def check_broken_photo():
    _broken("photo", FEW)


def check_broken_enhancement():
    _broken("enhanced", FEW)


def check_broken_colours():
    _broken("colours", FEW)


def _answer(kind, **files):
    return {"say": {"type": kind, "text": "", "facts": {}, "settings": DEFAULTS, "files": files}}


def check_window_is_told_and_what_was_painted_is_not_lost():
    image = scene.image_of()
    photo = scene.photo_in(image)
    plan(
        _answer("done", fill="nothing.npy"),
        _answer("done", mask="nothing.npy"),
        _answer("done", mask="photo.npy"),
        _answer("cancelled", mask="nothing.npy"),
        done([BOX], "fill"),
    )
    status, _, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and layer is not None
    assert scene.marked(mask).count(255) == BOX[2] * BOX[3]
    assert scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"]
    assert [message["type"] for message in heard()] == ["open", *["refused"] * 4, "placed"]
    told = [message["text"] for message in heard() if message["type"] == "refused"]
    assert "did not give what was asked for" in told[0]
    assert told[1].startswith("The result nothing.npy is missing") and "is missing" in told[3]
    assert told[2].startswith("The result photo.npy is not what was asked for")
    assert not list((DATA / "jobs").glob("job-*"))


def check_window_that_gives_what_cannot_be_understood():
    image = scene.image_of()
    photo = scene.photo_in(image)
    before = scene.state(image), scene.samples(photo)
    for raw in ("garbage", '{"type": "sing", "id": 1}'):
        plan({"raw": raw})
        status, told, *_ = scene.call("restore", image, photo, run_mode=INTERACTIVE)
        assert status == Gimp.PDBStatusType.EXECUTION_ERROR
        assert "cannot be understood; the image is as it was, and what was painted is offered next time." in told
        assert (scene.state(image), scene.samples(photo)) == before
        assert not list((DATA / "jobs").glob("job-*"))
    plan(CANCELLED)
    assert scene.call("restore", image, photo, run_mode=INTERACTIVE)[0] == CANCEL

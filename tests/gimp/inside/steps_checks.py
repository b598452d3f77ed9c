"""Enhance as a step of Restore, and beside other results. Real engine, with the models of soft_engine.py."""

import json

from gi.repository import Gimp

import job
import links
import scene
from core import tools
from window_plans import LAST, done, plan

CALM = "calm"
"""The model that finds nothing to do."""
SUCCESS = Gimp.PDBStatusType.SUCCESS
INTERACTIVE = Gimp.RunMode.INTERACTIVE
BOX = [30, 40, 20, 10]

plan()


def check_restore_with_every_step():
    image = scene.image_of(Gimp.Precision.U16_NON_LINEAR)
    photo = scene.photo_in(image)
    before = scene.samples(photo)
    summary, made, mask = scene.done("restore", image, photo, steps="detect,repair,enhance", repair_model="ns")
    assert summary.endswith("Noise, blur and fading were reduced.")
    assert scene.tree(image) == ["Damage mask (scan)", "Enhanced (scan)", "Repaired (scan)", "scan"]
    assert scene.samples(photo) == before and made.get_name() == "Enhanced (scan)"
    top, enhanced, repaired, _ = image.get_layers()
    assert [layer.get_visible() for layer in image.get_layers()] == [False, True, True, True]
    assert (top.get_id(), enhanced.get_id()) == (mask.get_id(), made.get_id())
    assert [layer.get_id() for layer in image.get_selected_layers()] == [made.get_id()]
    cover = scene.alpha(repaired)
    assert any(cover) and not all(cover) and not enhanced.has_alpha()
    for layer in (enhanced, repaired):
        record = json.loads(bytes(layer.get_parasite("daguerre-run").get_data()))
        assert record["model"] == "classical, ns, default" and record["settings"]["steps"] == "detect,repair,enhance"
        assert links.photo_of(image, layer).get_id() == photo.get_id()
    wanted = scene.samples(enhanced)
    for layer in (top, enhanced, repaired):
        image.remove_layer(layer)
    _, layer, mask = scene.done(
        "restore", image, photo, steps="detect,repair,enhance", repair_model="ns", output="in-place"
    )
    assert layer is None and scene.samples(photo) == wanted
    assert scene.tree(image) == ["Damage mask (scan)", "scan"] and not mask.get_visible()


def check_repaired_photo_that_needs_no_more():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, made, _ = scene.done(
        "restore", image, photo, steps="detect,repair,enhance", repair_model="ns", enhance_model=CALM
    )
    assert made.get_name() == "Repaired (scan)"
    assert scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"]


def check_mask_stays_visible_where_nothing_is_repaired():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, made, mask = scene.done("restore", image, photo, steps="detect,enhance")
    assert scene.tree(image) == ["Damage mask (scan)", "Enhanced (scan)", "scan"]
    assert mask.get_visible() and made.get_name() == "Enhanced (scan)"
    assert [layer.get_id() for layer in image.get_selected_layers()] == [mask.get_id()]
    image.remove_layer(made)
    _, layer, again = scene.done("enhance", image, mask)
    assert scene.tree(image) == ["Damage mask (scan)", "Enhanced (scan)", "scan"]
    assert again is None and mask.get_visible() and layer.get_name() == "Enhanced (scan)"
    image.remove_layer(layer)
    before = scene.samples(photo)
    _, layer, again = scene.done("restore", image, photo, steps="detect,enhance", output="in-place")
    assert layer is None and again.get_visible() and scene.samples(photo) != before


def check_restore_by_a_mask_that_is_there():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, _, mask = scene.done("detect", image, photo)
    _, made, none = scene.done("restore", image, photo, steps="repair,enhance", repair_model="ns")
    assert none is None and not mask.get_visible() and made.get_name() == "Enhanced (scan)"
    assert scene.tree(image) == ["Damage mask (scan)", "Enhanced (scan)", "Repaired (scan)", "scan"]


def check_selection_that_is_the_mask_limits_too():
    image = scene.image_of(Gimp.Precision.U16_NON_LINEAR)
    photo = scene.photo_in(image)
    scene.select_rectangle(image, *BOX)
    before = scene.samples(photo)
    scene.done("restore", image, photo, steps="repair,enhance", repair_model="ns", output="in-place")
    scene.only_inside(image, scene.changed(before, scene.samples(photo), scene.pixel_bytes(photo)))


def check_restore_in_place_enhances_where_that_was_asked_last():
    image = scene.image_of(Gimp.Precision.FLOAT_NON_LINEAR)
    photo = scene.photo_in(image)
    last = {**tools.defaults(tools.RESTORE), "steps": "detect,repair,enhance", "detect-model": "classical"}
    last["repair-model"] = "ns"
    LAST.write_text(json.dumps({"restore": last}), encoding="utf-8")
    scene.select_softly(image)
    before = scene.samples(photo)
    status, summary, layer, mask = scene.call("restore-in-place", image, photo)
    assert status == SUCCESS and layer is None and not mask.get_visible() and summary.endswith("were reduced.")
    scene.only_inside(image, scene.changed(before, scene.samples(photo), scene.pixel_bytes(photo)))


def check_what_is_new_shows():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, first, _ = scene.done("enhance", image, photo)
    _, second, _ = scene.done("enhance", image, first, strength=0.5)  # a result stands for its photo
    assert scene.tree(image) == ["Enhanced (scan)", "Enhanced (scan) #1", "scan"]
    assert not first.get_visible() and second.get_visible()
    _, _, channel = scene.done("detect", image, photo, mask_as="channel")
    assert second.get_visible() and channel is not None
    _, _, mask = scene.done("detect", image, second)
    assert mask.get_visible() and not second.get_visible()
    second.set_visible(True)
    _, repaired, _ = scene.done("repair", image, photo, model="ns")
    assert repaired.get_visible() and not second.get_visible()
    second.set_visible(True)
    scene.done("restore", image, photo, steps="enhance", enhance_model=CALM)
    assert second.get_visible()
    scene.done("restore", image, photo, steps="enhance", output="in-place")
    assert not second.get_visible() and repaired.get_visible()


def check_older_repairs_are_named():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.done("restore", image, photo, repair_model="ns")
    settings = tools.defaults(tools.ENHANCE)
    outcome = job.Job(tools.ENHANCE, image, [photo]).run(settings)
    assert outcome.notes == [
        "“Repaired (scan)” lies over the enhanced photo and is not enhanced itself. Hide it, or merge it with the "
        "photo and enhance both."
    ]
    image.get_layers()[1].set_visible(False)
    assert job.Job(tools.ENHANCE, image, [photo]).run(settings).notes == []


def check_window_restores_with_enhance():
    every = {**tools.defaults(tools.RESTORE), "steps": "detect,repair,enhance"}
    for facts, names in (
        ({}, ["Damage mask (scan)", "Enhanced (scan)", "Repaired (scan)", "scan"]),
        ({"enhanced": True}, ["Damage mask (scan)", "Enhanced (scan)", "Repaired (scan)", "scan"]),
        ({"enhanced": False}, ["Damage mask (scan)", "Repaired (scan)", "scan"]),
    ):
        image = scene.image_of()
        photo = scene.photo_in(image)
        plan(done([BOX], "fill", True, settings=every, facts=facts))
        status, _, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
        assert status == SUCCESS and scene.tree(image) == names and layer.get_name() == names[1]
        assert not mask.get_visible()
        image.delete()


def check_window_enhances_and_leaves_the_damage():
    every = {**tools.defaults(tools.RESTORE), "steps": "detect,repair,enhance"}
    facts = {"enhance_model": "default", "enhanced": True}
    for output, repair, names in (
        ("layer", None, ["Damage mask (scan)", "Enhanced (scan)", "scan"]),
        ("in-place", "photo", ["Damage mask (scan)", "scan"]),
    ):
        image = scene.image_of()
        photo = scene.photo_in(image)
        plan(done([BOX], repair, True, settings={**every, "output": output}, facts=facts))
        status, _, _, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
        assert status == SUCCESS and scene.tree(image) == names and mask.get_visible()
        image.delete()


def check_window_enhances_alone_and_keeps_a_painted_mask():
    alone = {**tools.defaults(tools.RESTORE), "steps": "enhance"}
    for boxes, names in (
        (None, ["Enhanced (scan)", "scan"]),
        ([], ["Enhanced (scan)", "scan"]),
        ([BOX], ["Damage mask (scan)", "Enhanced (scan)", "scan"]),
    ):
        image = scene.image_of()
        photo = scene.photo_in(image)
        plan(done(boxes, None, True, settings=alone))
        status, *_ = scene.call("restore", image, photo, run_mode=INTERACTIVE)
        assert status == SUCCESS and scene.tree(image) == names
        assert all(layer.get_visible() for layer in image.get_layers())
        image.delete()

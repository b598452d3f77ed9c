"""What is refused, each in one sentence and with the image left as it was."""

import json
import os
from pathlib import Path

from gi.repository import Gegl, Gimp

import scene

RECORD = Path(os.environ["DAGUERRE_DATA"]) / "installation.json"


def check_indexed_image():
    image = scene.image_of()
    photo = scene.photo_in(image)
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 16, False, False, "")
    assert "Image > Mode > RGB" in scene.refused("detect", image, photo)


def check_no_layer_and_several_layers():
    image = scene.image_of()
    first, second = scene.photo_in(image), scene.layer_in(image)
    assert "No layer" in scene.refused("detect", image, [])
    assert "More than one layer" in scene.refused("restore", image, [first, second])


def check_channel():
    image = scene.image_of()
    scene.photo_in(image)
    channel = Gimp.Channel.new(image, "red", 240, 180, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    assert "A channel is selected" in scene.refused("detect", image, channel)


def check_quick_mask():
    """It is a channel of GIMP's own name, and selected while it is on, so that people paint on it."""
    image = scene.image_of()
    photo = scene.photo_in(image)
    quick = Gimp.Channel.new(image, "Qmask", 240, 180, 50, Gegl.Color.new("red"))
    image.insert_channel(quick, None, 0)
    image.set_selected_channels([quick])
    for tool in ("detect", "repair", "restore", "enhance", "colorize"):
        told = scene.refused(tool, image, image.get_selected_drawables())
        assert told == "A channel is selected, not a layer. Click the layer's picture, then start again."
    assert [channel.get_name() for channel in image.get_channels()] == ["Qmask"]
    assert [item.get_id() for item in image.get_selected_drawables()] == [quick.get_id()]
    image.set_selected_layers([photo])
    scene.done("detect", image, photo)
    assert scene.tree(image) == ["Damage mask (scan)", "scan"]


def check_floating_selection():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.select_rectangle(image, 10, 10, 50, 50)
    Gimp.Selection.float(image, [photo], 0, 0)
    floating = image.get_floating_sel()
    assert "Anchor it" in scene.refused("restore", image, floating)


def check_selection_beside_the_layer():
    image = scene.image_of(size=(400, 300))
    photo = scene.photo_in(image, size=(scene.WIDTH, scene.HEIGHT))
    scene.select_rectangle(image, 300, 200, 50, 50)
    assert "selection lies outside" in scene.refused("restore", image, photo)


def check_in_place_where_the_layer_or_its_group_is_locked():
    image = scene.image_of()
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    photo = scene.photo_in(image, parent=group)
    group.set_lock_content(True)
    assert "is locked" in scene.refused("restore", image, photo, output="in-place")
    group.set_lock_content(False)
    photo.set_lock_content(True)
    assert "is locked" in scene.refused("restore", image, photo, output="in-place")
    group.set_lock_content(True)
    scene.done("restore", image, photo)
    assert scene.tree(image) == [["album", ["Damage mask (scan)", "Repaired (scan)", "scan"]]]


def check_in_place_on_a_group():
    image = scene.image_of()
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    scene.photo_in(image, parent=group)
    assert "The group “album”" in scene.refused("restore", image, group, output="in-place")


def check_in_place_on_layers_that_are_drawn_anew():
    if not hasattr(Gimp, "VectorLayer"):
        return
    image = scene.image_of()
    path = Gimp.Path.new(image, "line")
    path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, [10, 10, 10, 10, 10, 10, 90, 90, 90, 90, 90, 90], False)
    image.insert_path(path, None, 0)
    drawn = Gimp.VectorLayer.new(image, path)
    image.insert_layer(drawn, None, 0)
    assert "The vector layer" in scene.refused("restore", image, drawn, output="in-place")


def check_repair_without_any_mask():
    image = scene.image_of()
    photo = scene.photo_in(image)
    assert "no damage mask for “scan”" in scene.refused("repair", image, photo)


def check_mask_of_another_image_and_the_photo_itself():
    image, other = scene.image_of(), scene.image_of()
    photo, foreign = scene.photo_in(image), scene.layer_in(other)
    assert "another image" in scene.refused("repair", image, photo, mask=foreign)
    assert "the same layer" in scene.refused("repair", image, photo, mask=photo)


def check_mask_layer_without_its_photo():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, _, mask = scene.done("detect", image, photo)
    image.remove_layer(photo)
    assert "not in this image" in scene.refused("repair", image, mask)


def check_settings_that_mean_nothing():
    image = scene.image_of()
    photo = scene.photo_in(image)
    assert "steps must be" in scene.refused("restore", image, photo, steps="repair,paint")
    sentence = scene.refused("detect", image, photo, model="no-such-model")
    assert "no-such-model" in sentence


def check_installation_that_is_missing_or_broken():
    image = scene.image_of()
    photo = scene.photo_in(image)
    record = RECORD.read_text(encoding="utf-8")
    try:
        RECORD.unlink()
        assert scene.refused("detect", image, photo) == (
            "Daguerre's engine is not installed: run install.py from the Daguerre folder once."
        )
        for broken in (
            "{",
            "[]",
            "{}",
            json.dumps({"python": "/no/such/python", "version": "0"}),
            json.dumps({"python": "/bin/false", "version": "0"}),
        ):
            RECORD.write_text(broken, encoding="utf-8")
            assert scene.refused("detect", image, photo) == (
                "Daguerre's engine does not start. Run python3 install.py --doctor: it says what is missing."
            )
        _stranger('{"type": "hello", "protocol": 1, "tools": "0", "version": "9"}')
        assert scene.refused("detect", image, photo) == "Daguerre was updated: run install.py once more."
        _stranger("good morning")
        assert scene.refused("detect", image, photo) == (
            "The engine's answer cannot be understood: run install.py once more."
        )
    finally:
        RECORD.write_text(record, encoding="utf-8")
    assert not list((RECORD.parent / "jobs").glob("job-*"))


def _stranger(says):
    """An installation whose engine says only this."""
    program = RECORD.parent / "stranger"
    program.write_text(f"#!/bin/sh\necho '{says}'\nexec cat > /dev/null\n", encoding="utf-8")
    program.chmod(0o755)
    RECORD.write_text(json.dumps({"python": str(program), "version": "9"}), encoding="utf-8")

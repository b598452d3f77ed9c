"""Results with a layer mask, damage as the photo's layer mask, and what every result says about how it was made."""

import json
import os
import re
import tempfile
from pathlib import Path

from gi.repository import Gegl, Gimp, Gio

import job
import layer_masks
import links
import placing
import scene
from core import VERSION, tools
from window_plans import CANCELLED, done, heard, plan

FOLDER = Path(tempfile.mkdtemp(dir=Path(os.environ["DAGUERRE_DATA"]).parent))
INTERACTIVE, SUCCESS = Gimp.RunMode.INTERACTIVE, Gimp.PDBStatusType.SUCCESS
BOX = [30, 40, 20, 10]
ROUNDING = 1
"""Steps of 8 bit that a mask and an alpha of the same values may differ by once the image is composed."""


def _record(item):
    return json.loads(bytes(item.get_parasite("daguerre-run").get_data()))


def _saved_and_opened(image):
    file = Gio.File.new_for_path(str(FOLDER / "scan.xcf"))
    assert Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None)
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)


def _soft_mask(photo):
    """A layer mask that hides the left of the photo and half of the middle."""
    mask = photo.create_mask(Gimp.AddMaskType.WHITE)
    buffer = mask.get_buffer()
    for x, value in ((0, 0), (100, 128)):
        buffer.set(Gegl.Rectangle.new(x, 0, 60, scene.HEIGHT), "Y u8", bytes((value,)) * 60 * scene.HEIGHT)
    buffer.flush()
    assert photo.add_mask(mask)
    return mask


def _shown(image):
    """What the image shows, 8 bit; the colour of what is transparent does not count."""
    seen = Gimp.Layer.new_from_visible(image, image, "seen")
    shown = bytearray(scene.samples(seen, "R~G~B~A u8"))
    seen.delete()
    for place in range(3):
        shown[place::4] = bytes(
            value if alpha else 0 for value, alpha in zip(shown[place::4], shown[3::4], strict=True)
        )
    return bytes(shown)


def _painted(mask, values):
    """Give a layer mask these values, 8 bit."""
    buffer = mask.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, mask.get_width(), mask.get_height()), "Y u8", values)
    buffer.flush()
    mask.update(0, 0, mask.get_width(), mask.get_height())


def _marks(image, photo):
    """What the detector marks."""
    _, _, mask = scene.done("detect", image, photo)
    marks = scene.marked(mask)
    image.remove_layer(mask)
    assert any(marks)
    return marks


def check_every_result_says_how_it_was_made():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, layer, mask = scene.done("restore", image, photo, repair_model="ns", repair_grain=0.25)
    settings = {**tools.defaults(tools.RESTORE), "detect-model": "classical", "repair-model": "ns"}
    settings["repair-grain"] = 0.25
    said = {"tool": "restore", "settings": settings, "model": "classical, ns", "weights": {}, "version": VERSION}
    link = {"item": photo.get_id(), "tattoo": photo.get_tattoo(), "name": "scan"}
    assert _record(layer) == {**said, "result": "fill", "photo": link}
    assert _record(mask) == {**said, "photo": link}
    for item in (layer, mask):
        parasite = item.get_parasite("daguerre-run")
        assert parasite.is_persistent() and parasite.is_undoable()
    _, _, channel = scene.done("detect", image, photo, mask_as="channel", sensitivity=0.75)
    assert _record(channel)["tool"] == "detect" and _record(channel)["settings"]["sensitivity"] == 0.75
    scene.done("repair", image, photo, model="cnn", output="in-place")
    changed = _record(photo)
    assert (changed["tool"], changed["model"], changed["version"]) == ("repair", "cnn", VERSION)
    (number,) = changed["weights"]["repair"].values()
    assert list(changed["weights"]["repair"]) == ["cnn"] and re.fullmatch("[0-9a-f]{64}", number)
    assert changed["settings"]["output"] == "in-place"
    opened = _saved_and_opened(image)
    ours, theirs = (where.get_layers() + where.get_channels() for where in (image, opened))
    for item, again in zip(ours, theirs, strict=True):
        assert _record(again) == _record(item)


def check_masked_repair_looks_like_the_layer():
    for precision, grey, alpha, hidden in (
        ("U8_NON_LINEAR", False, False, False),
        ("U8_NON_LINEAR", True, True, True),
        ("U16_LINEAR", False, True, False),
        ("U32_NON_LINEAR", False, False, True),
        ("HALF_NON_LINEAR", True, False, False),
        ("FLOAT_LINEAR", False, False, True),
        ("DOUBLE_PERCEPTUAL", False, True, False),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision), grey)
        photo = scene.photo_in(image, alpha=alpha)
        if hidden:
            _soft_mask(photo)
        seen = _shown(image)
        _, plain, mask = scene.done("restore", image, photo, repair_feather=3.0)
        cover, wanted = scene.alpha(plain), _shown(image)
        assert (plain.get_mask() is not None) == hidden
        image.remove_layer(plain)
        image.remove_layer(mask)
        _, layer, mask = scene.done("restore", image, photo, repair_feather=3.0, output="masked")
        assert scene.tree(image) == ["Repaired (scan)", "scan"] and not image.get_channels()
        assert seen != wanted
        assert scene.apart(_shown(image), wanted) <= ROUNDING, precision
        ours = layer.get_mask()
        assert mask.get_id() == ours.get_id()
        assert [item.get_id() for item in image.get_selected_layers()] == [layer.get_id()]
        assert layer.get_apply_mask() and not layer.get_edit_mask() and not layer.get_show_mask()
        opaque, shows = scene.alpha(layer), scene.samples(ours, "Y u8")
        if not hidden:
            assert scene.apart(shows, cover) <= ROUNDING, precision
        assert set(opaque) == {0, 255} and all(full for full, soft in zip(opaque, cover, strict=True) if soft)
        assert _record(layer)["settings"]["output"] == "masked"
        assert links.photo_of(image, layer).get_id() == photo.get_id()
        _painted(ours, bytes(len(shows)))
        assert scene.apart(_shown(image), seen) == 0, (precision, hidden, scene.apart(_shown(image), seen))
        image.delete()


def check_masked_repair_is_corrected_by_painting():
    image = scene.image_of()
    photo = scene.photo_in(image)
    unrepaired = _shown(image)
    scene.select_rectangle(image, 145, 35, 20, 20)
    _, layer, _ = scene.done("repair", image, photo, output="masked")
    assert scene.tree(image) == ["Repaired (scan)", "scan"]
    Gimp.Selection.none(image)
    seen, mask = _shown(image), layer.get_mask()
    before = scene.samples(mask)
    _painted(mask, bytes(len(before)))
    assert _shown(image) == unrepaired
    _painted(mask, before)
    assert _shown(image) == seen != unrepaired
    scene.done("detect", image, mask)  # its layer is meant, and that stands for the photo
    assert scene.tree(image) == ["Repaired (scan)", "Damage mask (scan)", "scan"]


def check_masked_in_locked_groups():
    image = scene.image_of()
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    photo = scene.photo_in(image, parent=group, size=(scene.WIDTH, scene.HEIGHT))
    _soft_mask(photo)
    group.set_lock_content(True)
    for output in ("masked", "layer"):
        _, layer, _ = scene.done("restore", image, photo, output=output)
        assert layer.get_mask() is not None and layer.get_parent().get_id() == group.get_id()


def check_masked_where_nothing_is_to_be_repaired():
    image = scene.image_of()
    photo = scene.layer_in(image)
    photo.fill(Gimp.FillType.WHITE)
    summary, layer, mask = scene.done("restore", image, photo, output="masked")
    assert summary and layer is None and mask.get_visible() and photo.get_mask() is None


def check_ways_to_place_results():
    every, masks = ["layer", "masked", "in-place", "new-image"], ["layer", "channel", "selection", "layer-mask"]
    wanted = {
        "detect": {"mask-as": masks},
        **{name: {"output": every} for name in ("repair", "enhance", "colorize")},
        "restore": {"mask-as": [*masks, "none"], "output": every},
    }
    for name, tool in tools.TOOLS.items():
        offered = {p.name: [choice.name for choice in p.choices] for p in tool.parameters if p.placing}
        assert offered == wanted[name], name
        config = Gimp.get_pdb().lookup_procedure("plug-in-daguerre-" + name).create_config()
        for parameter, choices in offered.items():
            for choice in choices:
                config.set_property(parameter, choice)
                assert config.get_property(parameter) == choice


def check_masked_shows_what_is_selected_of_a_changed_photo():
    """Soft edges are in the layer already: its mask shows them whole."""
    plan()  # the engine with models that need no network
    for precision, tool, alpha in (
        ("U8_NON_LINEAR", "colorize", False),
        ("U16_NON_LINEAR", "enhance", True),
        ("FLOAT_LINEAR", "colorize", True),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision))
        photo = scene.photo_in(image, alpha=alpha)
        more = scene.PLAIN if tool == "colorize" else {}
        for selected in (False, True):
            if selected:
                scene.select_softly(image)
            _, plain, _ = scene.done(tool, image, photo, **more)
            wanted, chosen = _shown(image), scene.samples(image.get_selection(), "Y u8")
            image.remove_layer(plain)
            _, layer, _ = scene.done(tool, image, photo, output="masked", **more)
            assert scene.apart(_shown(image), wanted) <= ROUNDING, (precision, selected)
            shows = scene.samples(layer.get_mask(), "Y u8")
            if selected:
                assert shows == bytes(255 * bool(soft) for soft in chosen) and 0 < shows.count(255) < len(shows)
            else:
                assert set(shows) == {255}
            assert not layer.get_edit_mask() and layer.get_apply_mask()
            image.remove_layer(layer)
        image.delete()


def check_no_mask_where_none_is_asked_for():
    image = scene.image_of()
    photo = scene.photo_in(image)
    for output, names in (("layer", ["Repaired (scan)", "scan"]), ("masked", ["Repaired (scan)", "scan"])):
        _, layer, mask = scene.done("restore", image, photo, mask_as="none", output=output)
        assert scene.tree(image) == names and not image.get_channels() and Gimp.Selection.is_empty(image)
        assert mask is None and (layer.get_mask() is not None) == (output == "masked")
        image.remove_layer(layer)
    before = scene.samples(photo)
    scene.done("restore", image, photo, mask_as="none", output="in-place")
    assert scene.tree(image) == ["scan"] and scene.samples(photo) != before


def check_mask_that_was_opened_stays_as_it_was_where_none_is_asked_for():
    image, photo = _with_marks()
    (mask, _) = image.get_layers()
    before = scene.samples(mask)
    plan(done([BOX], "fill", settings={**tools.defaults(tools.RESTORE), "mask-as": "none"}))
    assert scene.call("restore", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"]
    assert scene.samples(mask) == before and not mask.get_visible()
    plan(done([BOX], "fill", settings=tools.defaults(tools.RESTORE)))
    scene.call("restore", image, photo, run_mode=INTERACTIVE)  # the next check starts with the defaults


def check_damage_as_the_layer_mask_hides_nothing():
    for precision, grey in (("U8_NON_LINEAR", False), ("U16_LINEAR", True), ("FLOAT_PERCEPTUAL", False)):
        image = scene.image_of(getattr(Gimp.Precision, precision), grey, size=(300, 200))
        photo = scene.photo_in(image, size=(scene.WIDTH, scene.HEIGHT), at=(-20, 40))
        marks, seen = _marks(image, photo), scene.visible(image)
        _, layer, mask = scene.done("detect", image, photo, mask_as="layer-mask", sensitivity=0.5)
        assert layer is None and mask.is_layer_mask() and photo.get_mask().get_id() == mask.get_id()
        assert scene.samples(mask, "Y u8") == marks, precision
        assert scene.visible(image) == seen and not photo.get_apply_mask() and not photo.get_edit_mask()
        assert scene.tree(image) == ["scan"] and not image.get_channels()
        assert [item.get_id() for item in image.get_selected_layers()] == [photo.get_id()]
        assert _record(mask)["settings"]["mask-as"] == "layer-mask"
        opened = _saved_and_opened(image)
        (again,) = opened.get_layers()
        assert _record(again.get_mask()) == _record(mask) and not again.get_apply_mask()
        covers = []
        for where, scan in ((image, photo), (opened, again)):
            _, repaired, none = scene.done("repair", where, scan, grow=0.0, feather=0.0)
            assert none is None and repaired.get_mask() is None and scene.tree(where) == ["Repaired (scan)", "scan"]
            covers.append(bytes(255 * bool(value) for value in scene.alpha(repaired)))
        assert covers == [marks, marks], precision
        opened.delete()
        image.delete()


def check_restore_with_the_damage_as_the_layer_mask():
    image = scene.image_of()
    photo = scene.photo_in(image)
    seen = scene.visible(image)
    _, layer, mask = scene.done("restore", image, photo, mask_as="layer-mask", output="masked")
    assert scene.tree(image) == ["Repaired (scan)", "scan"]
    assert mask.get_id() == photo.get_mask().get_id() != layer.get_mask().get_id()
    assert scene.visible(image) != seen and [item.get_id() for item in image.get_selected_layers()] == [layer.get_id()]
    twin = scene.image_of()
    before = scene.samples(scan := scene.photo_in(twin))
    scene.done("restore", twin, scan, mask_as="layer-mask", output="in-place")
    assert scan.get_mask() is not None and scene.samples(scan) != before and _record(scan)["tool"] == "restore"


def check_damage_as_the_layer_mask_of_a_group():
    image = scene.image_of(size=(300, 220))
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    scene.photo_in(image, parent=group, size=(scene.WIDTH, scene.HEIGHT), at=(30, 20))
    seen = scene.visible(image)
    _, _, mask = scene.done("detect", image, group, mask_as="layer-mask")
    assert group.get_mask().get_id() == mask.get_id() and any(scene.samples(mask)) and scene.visible(image) == seen


def check_photo_that_takes_no_layer_mask_is_refused():
    image = scene.image_of()
    photo = scene.photo_in(image)
    photo.set_lock_content(True)
    assert "is locked" in scene.refused("detect", image, photo, mask_as="layer-mask", model="no such model")
    photo.set_lock_content(False)
    mask = _soft_mask(photo)
    for active in (photo, mask):
        sentence = scene.refused("restore", image, active, mask_as="layer-mask", detect_model="no such model")
        assert "“scan” has a layer mask already" in sentence
    assert photo.get_mask().get_id() == mask.get_id()


def check_photo_that_got_a_layer_mask_meanwhile():
    image = scene.image_of()
    photo = scene.photo_in(image)
    run = job.Job(tools.DETECT, image, [photo])
    asked = job.Asked(tools.DETECT, {**tools.defaults(tools.DETECT), "mask-as": "layer-mask"})
    assert run._shut(asked) == ""
    photo.set_lock_content(True)
    assert run._shut(asked) == "The layer was locked meanwhile."
    photo.set_lock_content(False)
    _soft_mask(photo)
    assert run._shut(asked) == "The layer was given a layer mask meanwhile."


def check_no_layer_mask_stays_where_placing_fails():
    image = scene.image_of()
    photo = scene.photo_in(image)
    before, real = (scene.state(image), scene.samples(photo)), (links.attach, layer_masks.mark)

    def failing(*_arguments):
        raise OSError("no")

    settings = {**tools.defaults(tools.DETECT), "model": "classical", "mask-as": "layer-mask"}
    for module, name in ((links, "attach"), (placing.layer_masks, "mark")):
        setattr(module, name, failing)
        try:
            job.Job(tools.DETECT, image, [photo]).run(settings)
        except OSError:
            pass
        else:
            raise AssertionError("it should have failed")
        finally:
            links.attach, layer_masks.mark = real
        assert (scene.state(image), scene.samples(photo)) == before and photo.get_mask() is None


def check_masked_beside_a_mask_that_is_asked_for():
    for mask_as in ("channel", "selection"):
        image = scene.image_of()
        photo = scene.photo_in(image)
        _, layer, mask = scene.done("restore", image, photo, output="masked", mask_as=mask_as)
        assert scene.tree(image) == ["Repaired (scan)", "scan"] and layer.get_mask() is not None
        assert len(image.get_channels()) == (mask_as == "channel") == (mask is not None)
        assert Gimp.Selection.is_empty(image) == (mask_as == "channel")


def check_masked_repair_leaves_the_mask_that_it_used():
    image, photo = _with_marks()
    (mask, _) = image.get_layers()
    scene.done("repair", image, photo, output="masked")
    assert scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"] and not mask.get_visible()


def _with_marks():
    """An image whose photo has a mask layer."""
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.done("detect", image, photo)
    return image, photo


def check_window_gives_a_masked_layer():
    image = scene.image_of()
    photo = scene.photo_in(image)
    plan(done([BOX], "fill", settings={**tools.defaults(tools.RESTORE), "output": "masked"}))
    status, _, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and scene.tree(image) == ["Repaired (scan)", "scan"]
    assert mask.get_id() == layer.get_mask().get_id() and scene.samples(mask, "Y u8") == scene.alpha(layer)
    assert scene.alpha(layer).count(255) == BOX[2] * BOX[3]
    image, photo = _with_marks()
    plan(done([BOX], "fill", settings={**tools.defaults(tools.RESTORE), "output": "masked"}))
    status, _, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"]
    assert scene.marked(mask) == scene.alpha(layer) and not mask.get_visible()  # it was there, and was opened
    plan(done([BOX], "fill", settings=tools.defaults(tools.RESTORE)))
    scene.call("restore", image, photo, run_mode=INTERACTIVE)  # the next check starts with the defaults


def check_window_makes_the_layer_mask_and_opens_it_again():
    image = scene.image_of()
    photo = scene.photo_in(image)
    as_mask = {**tools.defaults(tools.DETECT), "mask-as": "layer-mask"}
    plan(done([BOX], settings=as_mask))
    status, _, _, mask = scene.call("detect", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and mask.is_layer_mask() and scene.samples(mask).count(255) == 200
    plan(CANCELLED)
    scene.call("repair", image, photo, run_mode=INTERACTIVE)
    assert heard()[0]["drawn"] == 200 and heard()[0]["mask_name"]
    plan(done([BOX], "fill"))
    assert scene.call("repair", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert scene.tree(image) == ["Repaired (scan)", "scan"]  # nothing was painted: no second mask
    plan(done([BOX], settings=as_mask), done([BOX]))
    assert scene.call("detect", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert [message["type"] for message in heard()] == ["open", "refused", "placed"]
    assert "has a layer mask already" in heard()[1]["text"]
    assert scene.tree(image) == ["Repaired (scan)", "Damage mask (scan)", "scan"]

"""What Enhance puts into images, alone and as a step of Restore. Real engine, with the models of soft_engine.py."""

import json
from array import array

from gi.repository import Babl, Gegl, Gimp

import job
import links
import scene
from core import tools
from window_plans import DATA, done, heard, plan

CALM = "calm"
"""The model that finds nothing to do."""
LAST = DATA / "last-values.json"
SUCCESS = Gimp.PDBStatusType.SUCCESS
INTERACTIVE = Gimp.RunMode.INTERACTIVE
BOX = [30, 40, 20, 10]

plan()


def check_enhance_8_bit():
    _enhanced(scene.image_of())


def check_enhance_8_bit_with_alpha():
    _enhanced(scene.image_of(), alpha=True)


def check_enhance_16_bit_grey():
    _enhanced(scene.image_of(Gimp.Precision.U16_NON_LINEAR, grey=True))


def check_enhance_grey_with_alpha():
    _enhanced(scene.image_of(Gimp.Precision.FLOAT_PERCEPTUAL, grey=True), alpha=True)


def check_enhance_float_linear_with_alpha():
    _enhanced(scene.image_of(Gimp.Precision.FLOAT_LINEAR), alpha=True)


def check_enhance_half():
    _enhanced(scene.image_of(Gimp.Precision.HALF_NON_LINEAR))


def check_enhance_16_bit_with_a_gamma_profile():
    _enhanced(scene.image_of(Gimp.Precision.U16_NON_LINEAR, profile=Gimp.ColorProfile.new_rgb_adobe()))


def check_enhance_in_a_group_with_offsets():
    image = scene.image_of(size=(400, 300))
    scene.layer_in(image, name="below").fill(Gimp.FillType.WHITE)
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    scene.layer_in(image, name="neighbour", parent=group, size=(30, 30))
    photo = scene.photo_in(image, parent=group, size=(scene.WIDTH, scene.HEIGHT), at=(90, -20), alpha=True)
    scene.layer_in(image, name="above", parent=group, size=(20, 20), alpha=True)
    _enhanced_photo(image, photo)
    assert scene.tree(image) == [["album", ["above", "Enhanced (scan)", "scan", "neighbour"]], "below"]


def _enhanced(image, **options):
    return _enhanced_photo(image, scene.photo_in(image, **options))


def _enhanced_photo(image, photo):
    """Enhance and look at everything that must hold whatever the photo is."""
    if photo.has_alpha():
        _hide_a_corner(photo)
    before = scene.samples(photo)
    summary, made, mask = scene.done("enhance", image, photo, noise=1.5)
    assert summary == "Noise, blur and fading were reduced." and mask is None
    assert scene.samples(photo) == before and photo.get_visible()
    assert made.get_name() == "Enhanced (scan)" and made.get_offsets() == photo.get_offsets()
    assert (made.get_width(), made.get_height()) == (photo.get_width(), photo.get_height())
    assert made.get_format() == photo.get_format() and scene.alpha(made) == scene.alpha(photo)
    assert image.get_item_position(made) == image.get_item_position(photo) - 1
    assert (made.get_mode(), round(made.get_opacity()), made.get_visible()) == (Gimp.LayerMode.NORMAL, 100, True)
    assert [layer.get_id() for layer in image.get_selected_layers()] == [made.get_id()]
    moved = scene.changed(before, scene.samples(made), scene.pixel_bytes(photo))
    cover = scene.alpha(photo)
    assert sum(moved) > len(moved) // 2 and not any(one for one, opaque in zip(moved, cover, strict=True) if not opaque)
    record = json.loads(bytes(made.get_parasite("daguerre-run").get_data()))
    assert (record["tool"], record["model"], record["settings"]["noise"]) == ("enhance", "default", 1.5)
    assert record["version"] and record["photo"]["tattoo"] == photo.get_tattoo()
    return made


def _hide_a_corner(photo):
    """Some pixels become fully transparent, with their colours, and some half so."""
    name = Babl.get_name(Babl.format_with_space("R~G~B~A float", photo.get_format()))
    buffer = photo.get_buffer()
    for left, alpha in ((0, 0.0), (20, 0.5)):
        corner = Gegl.Rectangle.new(left, 0, 20, 20)
        values = array("f", buffer.get(corner, 1.0, name, scene.NOTHING))
        values[3::4] = array("f", [alpha]) * (len(values) // 4)
        buffer.set(corner, name, values.tobytes())
    buffer.flush()
    photo.update(0, 0, photo.get_width(), photo.get_height())


def _chosen_ellipse(image):
    """A soft selection: its samples."""
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 20, 20, 200, 140)
    Gimp.Selection.feather(image, 6)
    return scene.samples(image.get_selection())


def check_enhance_within_a_selection():
    for precision in ("U8_NON_LINEAR", "U16_LINEAR", "FLOAT_NON_LINEAR"):
        image = scene.image_of(getattr(Gimp.Precision, precision))
        photo = scene.photo_in(image)
        chosen = _chosen_ellipse(image)
        _, made, _ = scene.done("enhance", image, photo)
        assert scene.samples(image.get_selection()) == chosen
        _only_inside(image, scene.changed(scene.samples(photo), scene.samples(made), scene.pixel_bytes(photo)))
        image.delete()


def _only_inside(image, moved):
    """Something has changed inside of the selection and nothing outside of it."""
    assert any(moved)
    selection = image.get_selection()
    soft = scene.changed(bytes(len(scene.samples(selection))), scene.samples(selection), scene.pixel_bytes(selection))
    assert all(inside for one, inside in zip(moved, soft, strict=True) if one) and not all(soft)


def check_in_place_is_what_the_layer_would_be():
    for precision, selected in (
        ("U8_NON_LINEAR", False),
        ("U8_NON_LINEAR", True),
        ("U16_LINEAR", True),
        ("U32_NON_LINEAR", True),
        ("FLOAT_LINEAR", True),
        ("HALF_PERCEPTUAL", False),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision))
        photo = scene.photo_in(image, alpha=True)
        _hide_a_corner(photo)
        photo.set_lock_alpha(selected)
        chosen = _chosen_ellipse(image) if selected else scene.samples(image.get_selection())
        before, alpha = scene.samples(photo), scene.alpha(photo)
        _, made, _ = scene.done("enhance", image, photo)
        wanted = scene.samples(made)
        image.remove_layer(made)
        summary, layer, mask = scene.done("enhance", image, photo, output="in-place")
        assert summary == "Noise, blur and fading were reduced." and layer is None and mask is None
        assert scene.samples(photo) == wanted and scene.alpha(photo) == alpha, precision
        if selected:
            _only_inside(image, scene.changed(before, wanted, scene.pixel_bytes(photo)))
        assert scene.samples(image.get_selection()) == chosen and photo.get_lock_alpha() == selected
        assert scene.tree(image) == ["scan"] and not image.get_channels()
        assert [item.get_id() for item in image.get_selected_layers()] == [photo.get_id()]
        record = json.loads(bytes(photo.get_parasite("daguerre-run").get_data()))
        assert record["tool"] == "enhance" and "photo" not in record  # it is a photo still
        image.delete()


def check_nothing_to_do_is_a_success():
    image = scene.image_of()
    photo = scene.photo_in(image)
    image.clean_all()
    before = scene.state(image), scene.samples(photo)
    for output in ("layer", "in-place"):
        summary, layer, mask = scene.done("enhance", image, photo, model=CALM, output=output)
        assert summary.startswith("Noise, blur and fading were not found") and layer is None and mask is None
        summary, layer, _ = scene.done("enhance", image, photo, strength=0.0, output=output)
        assert summary.startswith("Nothing was changed") and layer is None
        summary, layer, mask = scene.done("restore", image, photo, steps="enhance", enhance_model=CALM, output=output)
        assert summary.startswith("Noise, blur and fading were not found") and layer is None and mask is None
    assert (scene.state(image), scene.samples(photo)) == before and not image.is_dirty()


def check_layer_mask_hides_the_enhancement_too():
    image = scene.image_of(Gimp.Precision.U16_NON_LINEAR)
    photo = scene.photo_in(image)
    hiding = photo.create_mask(Gimp.AddMaskType.WHITE)
    photo.add_mask(hiding)
    name = Babl.get_name(hiding.get_format())
    hiding.get_buffer().set(Gegl.Rectangle.new(0, 0, 40, 180), name, bytes(2 * 40 * 180))
    hiding.update(0, 0, 240, 180)
    _, made, _ = scene.done("enhance", image, hiding)
    assert scene.samples(made.get_mask()) == scene.samples(hiding) and not made.get_edit_mask()
    _, made, _ = scene.done("restore", image, photo, steps="detect,repair,enhance", repair_model="ns")
    below = image.get_layers()[image.get_item_position(made) + 1]
    for layer in (made, below):
        assert scene.samples(layer.get_mask()) == scene.samples(hiding)


def check_group_as_a_photo():
    image = scene.image_of(size=(300, 220))
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    scene.photo_in(image, parent=group, size=(scene.WIDTH, scene.HEIGHT), at=(30, 20))
    _, made, _ = scene.done("enhance", image, group)
    assert scene.tree(image) == ["Enhanced (album)", ["album", ["scan"]]]
    assert made.get_offsets() == group.get_offsets() and scene.alpha(made) == scene.alpha(group)


def check_refusals():
    image = scene.image_of()
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    photo = scene.photo_in(image, parent=group)
    for tool, steps in (("enhance", {}), ("restore", {"steps": "enhance"})):
        assert "The group “album”" in scene.refused(tool, image, group, output="in-place", **steps)
        group.set_lock_content(True)
        assert "is locked" in scene.refused(tool, image, photo, output="in-place", **steps)
        group.set_lock_content(False)
    assert "no-such-model" in scene.refused("enhance", image, photo, model="no-such-model")
    assert "has no picture of its own" in scene.refused("enhance", image, photo, raw=True)
    assert "No layer" in scene.refused("enhance", image, [])
    assert "no damage mask for “scan”" in scene.refused("restore", image, photo, steps="repair,enhance")
    scene.select_rectangle(image, *BOX)
    photo.set_offsets(200, 0)
    assert "selection lies outside" in scene.refused("enhance", image, photo)


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
    _only_inside(image, scene.changed(before, scene.samples(photo), scene.pixel_bytes(photo)))


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


def check_without_a_window_and_with_the_last_values():
    image = scene.image_of()
    photo = scene.photo_in(image)
    LAST.unlink(missing_ok=True)
    changed = {**tools.defaults(tools.ENHANCE), "model": CALM, "sharpness": 1.5}
    plan(done(None, enhanced=True, settings=changed))
    status, _, layer, _ = scene.call("enhance", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and json.loads(LAST.read_text(encoding="utf-8"))["enhance"] == changed
    image.remove_layer(layer)
    status, summary, layer, _ = scene.call("enhance", image, photo, run_mode=Gimp.RunMode.WITH_LAST_VALS)
    assert (status, summary) == (SUCCESS, "Blur was reduced.") and layer.get_name() == "Enhanced (scan)"
    image.remove_layer(layer)
    plan({"end": 1})
    status, summary, layer, _ = scene.call("enhance", image, photo, run_mode=INTERACTIVE)
    assert (status, summary) == (SUCCESS, "Blur was reduced.") and scene.tree(image) == ["Enhanced (scan)", "scan"]


def check_restore_in_place_enhances_where_that_was_asked_last():
    image = scene.image_of(Gimp.Precision.FLOAT_NON_LINEAR)
    photo = scene.photo_in(image)
    last = {**tools.defaults(tools.RESTORE), "steps": "detect,repair,enhance", "detect-model": "classical"}
    last["repair-model"] = "ns"
    LAST.write_text(json.dumps({"restore": last}), encoding="utf-8")
    _chosen_ellipse(image)
    before = scene.samples(photo)
    status, summary, layer, mask = scene.call("restore-in-place", image, photo)
    assert status == SUCCESS and layer is None and not mask.get_visible() and summary.endswith("were reduced.")
    _only_inside(image, scene.changed(before, scene.samples(photo), scene.pixel_bytes(photo)))


def check_what_the_window_is_told_and_gives_back():
    image = scene.image_of()
    photo = scene.photo_in(image, alpha=True)
    scene.done("detect", image, photo)
    scene.select_rectangle(image, 10, 10, 100, 100)
    plan(done(None, enhanced=True))
    status, _, layer, mask = scene.call("enhance", image, photo, run_mode=INTERACTIVE)
    opened = heard()[0]
    assert opened["tool"] == "enhance" and set(opened["settings"]) == set(tools.defaults(tools.ENHANCE))
    assert opened["photo"]["selection"] and "mask" not in opened and opened["mask_name"] == ""
    assert status == SUCCESS and mask is None and heard()[-1]["type"] == "placed"
    assert scene.tree(image) == ["Damage mask (scan)", "Enhanced (scan)", "scan"]
    assert all(layer.get_visible() for layer in image.get_layers())
    before = scene.samples(photo)
    halved = bytes(value if at % 4 == 3 else value // 2 for at, value in enumerate(before))
    assert scene.samples(layer) == halved
    in_place = {**tools.defaults(tools.ENHANCE), "output": "in-place"}
    plan(done(None, "photo", True, settings=in_place))
    status, _, layer, mask = scene.call("enhance", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and layer is None and mask is None and scene.samples(photo) == halved


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

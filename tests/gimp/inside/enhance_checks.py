"""What Enhance puts into images by itself. Real engine, with the models of soft_engine.py."""

import json

from gi.repository import Gimp

import scene
from core import tools
from window_plans import LAST, done, heard, plan

CALM = "calm"
"""The model that finds nothing to do."""
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
    image, photo = scene.album()
    _enhanced_photo(image, photo)
    assert scene.tree(image) == [["album", ["above", "Enhanced (scan)", "scan", "neighbour"]], "below"]


def _enhanced(image, **options):
    return _enhanced_photo(image, scene.photo_in(image, **options))


def _enhanced_photo(image, photo):
    """Enhance and look at everything that must hold whatever the photo is."""
    if photo.has_alpha():
        scene.hide_a_corner(photo)
    before = scene.samples(photo)
    summary, made, mask = scene.done("enhance", image, photo, noise=1.5)
    assert summary == "Noise, blur and fading were reduced." and mask is None
    assert scene.samples(photo) == before and photo.get_visible()
    scene.lies_over(image, photo, made, "Enhanced (scan)", Gimp.LayerMode.NORMAL)
    moved = scene.changed(before, scene.samples(made), scene.pixel_bytes(photo))
    cover = scene.alpha(photo)
    assert sum(moved) > len(moved) // 2 and not any(one for one, opaque in zip(moved, cover, strict=True) if not opaque)
    record = json.loads(bytes(made.get_parasite("daguerre-run").get_data()))
    assert (record["tool"], record["model"], record["settings"]["noise"]) == ("enhance", "default", 1.5)
    assert record["version"] and record["photo"]["tattoo"] == photo.get_tattoo()
    return made


def check_enhance_within_a_selection():
    for precision in ("U8_NON_LINEAR", "U16_LINEAR", "FLOAT_NON_LINEAR"):
        image = scene.image_of(getattr(Gimp.Precision, precision))
        photo = scene.photo_in(image)
        chosen = scene.select_softly(image)
        _, made, _ = scene.done("enhance", image, photo)
        assert scene.samples(image.get_selection()) == chosen
        scene.only_inside(image, scene.changed(scene.samples(photo), scene.samples(made), scene.pixel_bytes(photo)))
        image.delete()


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
        scene.hide_a_corner(photo)
        photo.set_lock_alpha(selected)
        chosen = scene.select_softly(image) if selected else scene.samples(image.get_selection())
        before, alpha = scene.samples(photo), scene.alpha(photo)
        _, made, _ = scene.done("enhance", image, photo)
        wanted = scene.samples(made)
        image.remove_layer(made)
        summary, layer, mask = scene.done("enhance", image, photo, output="in-place")
        assert summary == "Noise, blur and fading were reduced." and layer is None and mask is None
        assert scene.samples(photo) == wanted and scene.alpha(photo) == alpha, precision
        if selected:
            scene.only_inside(image, scene.changed(before, wanted, scene.pixel_bytes(photo)))
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
    hiding = scene.hide_by_a_mask(photo)
    _, made, _ = scene.done("enhance", image, hiding)
    assert scene.samples(made.get_mask()) == scene.samples(hiding) and not made.get_edit_mask()
    _, made, _ = scene.done("restore", image, photo, steps="detect,repair,enhance", repair_model="ns")
    below = image.get_layers()[image.get_item_position(made) + 1]
    for layer in (made, below):
        assert scene.samples(layer.get_mask()) == scene.samples(hiding)


def check_group_as_a_photo():
    image, group = scene.grouped_photo()
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

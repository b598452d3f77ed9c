"""What Colorize puts into images by itself. Real engine; the model "plain" of soft_engine.py has one colour for all."""

import json

from gi.repository import Gegl, Gimp

import pixels
import scene
from core import tools
from window_plans import LAST, done, plan

SUCCESS = Gimp.PDBStatusType.SUCCESS
INTERACTIVE = Gimp.RunMode.INTERACTIVE
RGB, GRAY = Gimp.ImageBaseType.RGB, Gimp.ImageBaseType.GRAY
EVERY = {"repair_model": "ns", "colorize_model": "plain"}
BESIDE = 1.0
"""The most by which L* may be another than before: half a level of 8 bit in each of three channels is less."""

plan()


def check_colorize_8_bit():
    _coloured(scene.image_of())


def check_colorize_8_bit_with_alpha():
    _coloured(scene.image_of(), alpha=True)


def check_colorize_8_bit_grey():
    _coloured(scene.image_of(grey=True))


def check_colorize_16_bit_grey():
    _coloured(scene.image_of(Gimp.Precision.U16_NON_LINEAR, grey=True))


def check_colorize_grey_with_alpha():
    _coloured(scene.image_of(Gimp.Precision.FLOAT_PERCEPTUAL, grey=True), alpha=True)


def check_colorize_grey_float_linear():
    _coloured(scene.image_of(Gimp.Precision.FLOAT_LINEAR, grey=True))


def check_colorize_grey_with_a_profile():
    profile = Gimp.ColorProfile.new_d50_gray_lab_trc()
    _coloured(scene.image_of(Gimp.Precision.U16_NON_LINEAR, grey=True, profile=profile))
    _coloured(scene.image_of(Gimp.Precision.U8_NON_LINEAR, grey=True, profile=profile), alpha=True)


def check_colorize_float_linear_with_alpha():
    _coloured(scene.image_of(Gimp.Precision.FLOAT_LINEAR), alpha=True)


def check_colorize_half():
    _coloured(scene.image_of(Gimp.Precision.HALF_NON_LINEAR))


def check_colorize_16_bit_with_a_gamma_profile():
    _coloured(scene.image_of(Gimp.Precision.U16_NON_LINEAR, profile=Gimp.ColorProfile.new_rgb_adobe()), exact=False)


def check_colorize_in_a_group_with_offsets():
    for grey in (False, True):
        image, photo = scene.album(grey=grey)
        _coloured_photo(image, photo)
        assert scene.tree(image) == [["album", ["above", "Colours (scan)", "scan", "neighbour"]], "below"]


def _coloured(image, exact=True, **options):
    return _coloured_photo(image, scene.photo_in(image, **options), exact)


def _coloured_photo(image, photo, exact=True):
    """Colour and look at everything that must hold whatever the photo is. exact: its primaries are sRGB's."""
    if photo.has_alpha():
        scene.hide_a_corner(photo)
    was_grey, lightness, before = photo.is_gray(), scene.visible_lab(image)[0], scene.samples(photo)
    summary, made, mask = scene.done("colorize", image, photo, **scene.PLAIN)
    assert summary == "The photo was coloured." and mask is None
    assert image.get_base_type() == RGB and not photo.is_gray() and photo.get_visible()
    assert was_grey or scene.samples(photo) == before
    scene.lies_over(image, photo, made, "Colours (scan)", Gimp.LayerMode.LCH_COLOR)
    shown = scene.visible_lab(image)
    assert scene.apart(lightness, shown[0]) < BESIDE, scene.apart(lightness, shown[0])
    _lightness, red, yellow = scene.lab(made)
    given = [(a, b) for a, b, opaque in zip(red, yellow, scene.alpha(made), strict=True) if opaque == 255]
    near = 2.0 if exact else 12.0
    right = sum(abs(a - scene.COLOUR[0]) < near and abs(b - scene.COLOUR[1]) < near for a, b in given)
    assert right > 0.9 * len(given), (right, len(given))
    record = json.loads(bytes(made.get_parasite("daguerre-run").get_data()))
    assert (record["tool"], record["model"], record["result"]) == ("colorize", "plain", "colours")
    assert record["version"] and record["photo"]["tattoo"] == photo.get_tattoo()
    return made


def check_default_model():
    image = scene.image_of(grey=True)
    photo = scene.photo_in(image)
    lightness = scene.visible_lab(image)[0]
    _, made, _ = scene.done("colorize", image, photo)
    assert json.loads(bytes(made.get_parasite("daguerre-run").get_data()))["model"] == "default"
    assert scene.tree(image) == ["Colours (scan)", "scan"]
    assert scene.apart(lightness, scene.visible_lab(image)[0]) < BESIDE


def check_colorize_within_a_selection():
    for precision, grey in (("U8_NON_LINEAR", False), ("U16_LINEAR", False), ("U8_NON_LINEAR", True)):
        image = scene.image_of(getattr(Gimp.Precision, precision), grey=grey)
        photo = scene.photo_in(image)
        chosen = scene.select_softly(image)
        _, made, _ = scene.done("colorize", image, photo, **scene.PLAIN)
        assert scene.samples(image.get_selection()) == chosen
        scene.only_inside(image, scene.changed(scene.samples(photo), scene.samples(made), scene.pixel_bytes(photo)))
        image.delete()


def check_in_place_is_what_the_layer_would_be():
    for precision, selected in (
        ("U8_NON_LINEAR", False),
        ("U8_NON_LINEAR", True),
        ("U16_LINEAR", True),
        ("FLOAT_LINEAR", True),
        ("HALF_PERCEPTUAL", False),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision))
        photo = scene.photo_in(image, alpha=True)
        scene.hide_a_corner(photo)
        photo.set_lock_alpha(selected)
        chosen = scene.select_softly(image) if selected else scene.samples(image.get_selection())
        before, alpha = scene.samples(photo), scene.alpha(photo)
        _, made, _ = scene.done("colorize", image, photo, **scene.PLAIN)
        wanted = scene.samples(made)
        image.remove_layer(made)
        _in_place(image, photo)
        assert scene.samples(photo) == wanted and scene.alpha(photo) == alpha, precision
        if selected:
            scene.only_inside(image, scene.changed(before, wanted, scene.pixel_bytes(photo)))
        assert scene.samples(image.get_selection()) == chosen and photo.get_lock_alpha() == selected
        image.delete()


def _in_place(image, photo):
    summary, layer, mask = scene.done("colorize", image, photo, output="in-place", **scene.PLAIN)
    assert summary == "The photo was coloured." and layer is None and mask is None
    assert image.get_base_type() == RGB and scene.tree(image) == ["scan"] and not image.get_channels()
    assert [item.get_id() for item in image.get_selected_layers()] == [photo.get_id()]
    record = json.loads(bytes(photo.get_parasite("daguerre-run").get_data()))
    assert record["tool"] == "colorize" and "photo" not in record  # it is a photo still


def check_grey_photo_in_place():
    for precision, profile, selected in (
        ("U8_NON_LINEAR", None, False),
        ("U8_NON_LINEAR", Gimp.ColorProfile.new_d50_gray_lab_trc(), True),
        ("U16_PERCEPTUAL", None, True),
        ("FLOAT_LINEAR", None, True),
        ("DOUBLE_NON_LINEAR", None, False),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision), True, profile=profile)
        photo = scene.photo_in(image, alpha=True)
        scene.hide_a_corner(photo)
        if selected:
            scene.select_softly(image)
        converted, chosen = _converted(image), scene.samples(image.get_selection())
        twin = image.duplicate()
        _, made, _ = scene.done("colorize", twin, twin.get_layers()[0], **scene.PLAIN)
        wanted, size = scene.samples(made), scene.pixel_bytes(made)
        lightness = scene.visible_lab(image)[0]
        _in_place(image, photo)
        after, alpha = scene.samples(photo), scene.alpha(photo)
        inside = _inside(image) if selected else [True] * len(alpha)
        takes = [opaque > 0 and one for opaque, one in zip(alpha, inside, strict=True)]
        for at, one in enumerate(takes):
            place = slice(at * size, (at + 1) * size)
            assert after[place] == (wanted if one else converted)[place], (precision, at)
        assert any(takes) and not all(takes)
        assert scene.samples(image.get_selection()) == chosen
        assert scene.apart(lightness, scene.visible_lab(image)[0]) < BESIDE
        twin.delete()
        image.delete()


def _converted(image):
    """The samples of an image's only layer after GIMP's own conversion."""
    twin = image.duplicate()
    twin.convert_rgb()
    found = scene.samples(twin.get_layers()[0])
    twin.delete()
    return found


def _inside(image):
    """Where anything is selected, in the 8 bits that the engine is given."""
    whole = Gegl.Rectangle.new(0, 0, image.get_width(), image.get_height())
    selection = image.get_selection()
    chosen = selection.get_buffer().get(whole, 1.0, pixels.eight_bit_format(selection), scene.NOTHING)
    return [value > 0 for value in chosen]


def check_nothing_to_do_changes_nothing():
    image = scene.image_of()
    photo = scene.layer_in(image)
    photo.fill(Gimp.FillType.WHITE)
    image.clean_all()
    for output in ("layer", "in-place"):
        _, layer, mask = scene.done("colorize", image, photo, output=output, **scene.PLAIN)  # white stays white
        assert layer is None and mask is None and scene.tree(image) == ["scan"] and not image.is_dirty()


def check_layer_mask_hides_the_colours_too():
    image = scene.image_of(Gimp.Precision.U16_NON_LINEAR, grey=True)
    photo = scene.photo_in(image)
    hiding = scene.hide_by_a_mask(photo)
    _, made, _ = scene.done("colorize", image, hiding, **scene.PLAIN)
    assert scene.samples(made.get_mask()) == scene.samples(photo.get_mask()) and not made.get_edit_mask()


def check_colours_lie_over_what_is_there():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, repaired, mask = scene.done("restore", image, photo, repair_model="ns")
    _, enhanced, _ = scene.done("enhance", image, photo)
    image.reorder_item(repaired, None, 0)
    image.reorder_item(mask, None, 0)
    image.reorder_item(enhanced, None, 2)
    _, first, _ = scene.done("colorize", image, photo, **scene.PLAIN)
    names = ["Damage mask (scan)", "Colours (scan)", "Repaired (scan)", "Enhanced (scan)", "scan"]
    assert scene.tree(image) == names and enhanced.get_visible() and repaired.get_visible()
    _, second, _ = scene.done("colorize", image, first, saturation=0.5, **scene.PLAIN)  # a result stands for its photo
    assert image.get_item_position(second) == 2 and second.get_visible() and not first.get_visible()
    _, again, _ = scene.done("enhance", image, photo, strength=0.5)
    assert second.get_visible() and again.get_visible() and not enhanced.get_visible()  # the colours are over it too
    assert image.get_item_position(again) == image.get_item_position(photo) - 1
    scene.done("colorize", image, photo, output="in-place", **scene.PLAIN)
    assert not second.get_visible()


def check_restore_with_every_step():
    for grey in (False, True):
        image = scene.image_of(Gimp.Precision.U16_NON_LINEAR, grey=grey)
        photo = scene.photo_in(image)
        twin = image.duplicate()
        every = {"steps": "detect,repair,enhance,colorize", **EVERY}
        summary, made, mask = scene.done("restore", image, photo, **every)
        assert summary.endswith("The photo was coloured.") and image.get_base_type() == RGB
        names = ["Damage mask (scan)", "Colours (scan)", "Enhanced (scan)", "Repaired (scan)", "scan"]
        assert scene.tree(image) == names and made.get_name() == names[1]
        assert [layer.get_visible() for layer in image.get_layers()] == [False, True, True, True, True]
        assert [layer.get_id() for layer in image.get_selected_layers()] == [made.get_id()]
        assert made.get_mode() == Gimp.LayerMode.LCH_COLOR and any(scene.marked(mask))
        record = json.loads(bytes(made.get_parasite("daguerre-run").get_data()))
        assert record["model"] == "classical, ns, default, plain"
        _, layer, mask = scene.done("restore", twin, twin.get_layers()[0], output="in-place", **every)
        assert layer is None and scene.tree(twin) == ["Damage mask (scan)", "scan"] and not mask.get_visible()
        assert twin.get_base_type() == RGB and scene.samples(twin.get_layers()[1]) == scene.samples(made)
        twin.delete()
        image.delete()


def check_restore_colours_alone_and_not_at_all():
    image = scene.image_of(grey=True)
    photo = scene.photo_in(image)
    scene.done("restore", image, photo, steps="enhance")
    assert image.get_base_type() == GRAY and scene.tree(image) == ["Enhanced (scan)", "scan"]
    _, made, _ = scene.done("restore", image, photo, steps="colorize", **EVERY)
    assert image.get_base_type() == RGB and scene.tree(image) == ["Colours (scan)", "Enhanced (scan)", "scan"]
    assert made.get_name() == "Colours (scan)" and all(layer.get_visible() for layer in image.get_layers())


def check_group_as_a_photo():
    image, group = scene.grouped_photo(grey=True)
    _, made, _ = scene.done("colorize", image, group, **scene.PLAIN)
    assert scene.tree(image) == ["Colours (album)", ["album", ["scan"]]]
    assert made.get_offsets() == group.get_offsets() and scene.alpha(made) == scene.alpha(group)
    assert "The group “album”" in scene.refused("colorize", image, group, output="in-place", **scene.PLAIN)


def check_locked_layers_of_a_grey_image():
    image = scene.image_of(grey=True)
    scene.layer_in(image, name="locked").set_lock_content(True)
    photo = scene.photo_in(image)
    photo.set_lock_content(True)
    assert "is locked" in scene.refused("colorize", image, photo, output="in-place", **scene.PLAIN)
    assert image.get_base_type() == GRAY
    scene.done("colorize", image, photo, **scene.PLAIN)
    assert scene.tree(image) == ["Colours (scan)", "scan", "locked"] and photo.get_lock_content()


def check_refusals():
    image = scene.image_of()
    photo = scene.photo_in(image)
    assert "no-such-model" in scene.refused("colorize", image, photo, model="no-such-model")
    assert "No layer" in scene.refused("colorize", image, [])
    _, _, mask = scene.done("detect", image, photo)
    _, colours, _ = scene.done("colorize", image, mask, **scene.PLAIN)  # a mask stands for its photo
    assert scene.tree(image) == ["Damage mask (scan)", "Colours (scan)", "scan"] and mask.get_visible()
    image.remove_layer(photo)
    for layer in (mask, colours):
        assert "not in this image" in scene.refused("colorize", image, layer, **scene.PLAIN)
    indexed = scene.image_of()
    photo = scene.photo_in(indexed)
    indexed.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 16, False, False, "")
    for tool in ("colorize", "add-hints"):
        assert "Image > Mode > RGB" in scene.refused(tool, indexed, photo)


def check_without_a_window_and_with_the_last_values():
    image = scene.image_of(grey=True)
    photo = scene.photo_in(image)
    LAST.unlink(missing_ok=True)
    changed = {**tools.defaults(tools.COLORIZE), "model": "plain", "saturation": 0.5}
    plan(done(None, colours=True, settings=changed))
    status, _, layer, _ = scene.call("colorize", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and json.loads(LAST.read_text(encoding="utf-8"))["colorize"] == changed
    assert layer.get_mode() == Gimp.LayerMode.LCH_COLOR
    for mode in (Gimp.RunMode.WITH_LAST_VALS, INTERACTIVE):
        image.remove_layer(layer)
        plan({"end": 1})
        status, summary, layer, _ = scene.call("colorize", image, photo, run_mode=mode)
        assert (status, summary) == (SUCCESS, "The photo was coloured.")
        assert scene.tree(image) == ["Colours (scan)", "scan"]
        assert json.loads(bytes(layer.get_parasite("daguerre-run").get_data()))["settings"]["saturation"] == 0.5

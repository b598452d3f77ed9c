"""Colour hints: the layer for them, how Colorize finds and obeys it, and what the window makes of it."""

import json

from gi.repository import Gegl, Gimp

import layers
import links
import placing
import scene
from core import tools
from window_plans import CANCELLED, done, heard, plan

SUCCESS, CANCEL = Gimp.PDBStatusType.SUCCESS, Gimp.PDBStatusType.CANCEL
INTERACTIVE = Gimp.RunMode.INTERACTIVE
RGB, GRAY = Gimp.ImageBaseType.RGB, Gimp.ImageBaseType.GRAY
BLUE = (110, 120, 165)
DAB = (40, 60, 16, 12)
"""Left, top, width and height, where the photo has no scratch and is light enough for its colours."""

plan()


def _photo(**options):
    image = scene.image_of(**options)
    return image, scene.photo_in(image)


def _hinted(image, photo, *dabs):
    """The layer that the menu entry adds, with dabs on it."""
    _, layer, _ = scene.done("add-hints", image, photo)
    for dab in dabs:
        _dab(layer, dab)
    return layer


def _dab(layer, box, colour=(*BLUE, 255)):
    x, y, width, height = box
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(x, y, width, height), "R'G'B'A u8", bytes(colour) * (width * height))
    buffer.flush()
    layer.update(x, y, width, height)


def _blue():
    """a* and b* of the dabs' colour."""
    image = scene.image_of(size=(1, 1))
    layer = scene.layer_in(image, alpha=True)
    _dab(layer, (0, 0, 1, 1))
    _lightness, red, yellow = scene.lab(layer)
    image.delete()
    return red[0], yellow[0]


def _shows(image, box, colour, near=2.5):
    """The image has this a* and b* everywhere in a box."""
    _lightness, *found = scene.visible_lab(image)
    at = [row * image.get_width() + column for column, row in _places(box)]
    for plane, wanted in zip(found, colour, strict=True):
        values = [plane[one] for one in at]
        assert wanted - near < min(values) and max(values) < wanted + near, (wanted, min(values), max(values))


def _ids(image):
    return [layer.get_id() for layer in image.get_selected_layers()]


def check_empty_layer():
    for options in ({}, {"precision": Gimp.Precision.FLOAT_LINEAR}, {"grey": True}):
        image = scene.image_of(size=(300, 250), **options)
        photo = scene.photo_in(image, size=(scene.WIDTH, scene.HEIGHT), at=(20, -10))
        summary, layer, mask = scene.done("add-hints", image, photo)
        assert summary.startswith("Paint dabs") and mask is None
        assert scene.tree(image) == ["Colour hints (scan)", "scan"] and _ids(image) == [layer.get_id()]
        assert image.get_base_type() == RGB and layer.has_alpha() and not any(scene.samples(layer))
        assert layer.get_offsets() == photo.get_offsets() and layer.get_visible()
        assert (layer.get_width(), layer.get_height(), layer.get_mode()) == (240, 180, Gimp.LayerMode.NORMAL)
        link = json.loads(bytes(layer.get_parasite("daguerre-hints").get_data()))
        assert link["photo"] == {"item": photo.get_id(), "tattoo": photo.get_tattoo(), "name": "scan"}
        layer.set_visible(False)
        image.set_selected_layers([photo])
        for active in (photo, layer):  # there is one: it is shown
            _, again, _ = scene.done("add-hints", image, active)
            assert again.get_id() == layer.get_id() and layer.get_visible() and _ids(image) == [layer.get_id()]
        assert len(image.get_layers()) == 2


def check_empty_layer_over_other_results():
    image, photo = _photo()
    scene.done("restore", image, photo, repair_model="ns")
    _, layer, _ = scene.done("add-hints", image, photo)
    names = ["Colour hints (scan)", "Damage mask (scan)", "Repaired (scan)", "scan"]
    assert scene.tree(image) == names
    _, made, _ = scene.done("colorize", image, layer, **scene.PLAIN)
    assert scene.tree(image) == [*names[:2], "Colours (scan)", *names[2:]] and made.get_name() == "Colours (scan)"


def check_hints_are_obeyed_where_they_are():
    wanted = _blue()
    for options in (
        {},
        {"precision": Gimp.Precision.U16_NON_LINEAR, "grey": True},
        {"precision": Gimp.Precision.FLOAT_LINEAR},
        {"grey": True, "profile": Gimp.ColorProfile.new_d50_gray_lab_trc()},
    ):
        image, photo = _photo(**options)
        hints = _hinted(image, photo, DAB)
        before = scene.samples(hints)
        summary, made, _ = scene.done("colorize", image, photo, **scene.PLAIN)
        assert summary == "The photo was coloured; hints obeyed: 1."
        assert scene.tree(image) == ["Colour hints (scan)", "Colours (scan)", "scan"]
        assert scene.samples(hints) == before and not hints.get_visible() and _ids(image) == [made.get_id()]
        _shows(image, DAB, wanted)
        _shows(image, (220, 160, 10, 10), scene.COLOUR)  # out of its reach
        _dab(hints, DAB, (0, 0, 0, 0))
        summary, again, _ = scene.done("colorize", image, photo, **scene.PLAIN)
        assert summary == "The photo was coloured." and not made.get_visible() and again.get_visible()
        _shows(image, DAB, scene.COLOUR)
        image.delete()


def check_hints_in_place():
    image, photo = _photo()
    hints = _hinted(image, photo, DAB)
    _, layer, _ = scene.done("colorize", image, hints, output="in-place", **scene.PLAIN)  # its photo is meant
    assert layer is None and scene.tree(image) == ["Colour hints (scan)", "scan"] and not hints.get_visible()
    _shows(image, DAB, _blue())
    assert _ids(image) == [photo.get_id()]


def check_hints_of_another_place_and_size():
    image, photo = _photo()
    hints = scene.layer_in(image, name="dabs", alpha=True, size=(40, 30), at=(30, 50))
    hints.fill(Gimp.FillType.TRANSPARENT)
    _dab(hints, (10, 10, 16, 12))
    scene.done("colorize", image, photo, hints=hints, **scene.PLAIN)  # named by a script, without a parasite
    hints.set_visible(False)
    _shows(image, DAB, _blue())
    assert scene.tree(image) == ["dabs", "Colours (scan)", "scan"]
    scene.done("colorize", image, photo, **scene.PLAIN)
    _shows(image, DAB, scene.COLOUR)
    links.attach(hints, links.HINTS, {"photo": links.photo_link(photo)})
    scene.done("restore", image, photo, steps="colorize", colorize_model="plain")
    _shows(image, DAB, _blue())


def check_the_argument_goes_before_all_others():
    image, photo = _photo()
    own = _hinted(image, photo, DAB)
    other = scene.layer_in(image, name="dabs", alpha=True)
    other.fill(Gimp.FillType.TRANSPARENT)
    summary, *_ = scene.done("colorize", image, own, hints=other, **scene.PLAIN)
    assert summary == "The photo was coloured."
    other.set_visible(False)
    own.set_visible(False)
    _shows(image, DAB, scene.COLOUR)


def check_hints_of_a_file_are_found_again():
    image, photo = _photo()
    hints = _hinted(image, photo, DAB)
    twin = image.duplicate()
    again, scan = twin.get_layers()
    assert links.hints_layer_of(twin, scan).get_id() == again.get_id()
    assert links.photo_of(twin, again).get_id() == scan.get_id()
    photo.set_name("Großmutter")
    image.reorder_item(hints, None, 1)
    assert links.hints_layer_of(image, photo).get_id() == hints.get_id()
    assert links.mask_layer_of(image, photo) is None


def check_refusals():
    image, photo = _photo()
    other, foreign = _photo()
    assert "belong to another image" in scene.refused("colorize", image, photo, hints=foreign)
    assert "the same layer" in scene.refused("colorize", image, photo, hints=photo)
    channel = Gimp.Channel.new(image, "red", 240, 180, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    assert "“red” is a mask or a channel" in scene.refused("colorize", image, photo, hints=channel)
    _, _, mask = scene.done("detect", image, photo)
    assert "is a mask or a channel" in scene.refused("colorize", image, photo, hints=mask)
    hints = _hinted(image, photo)
    image.remove_layer(photo)
    for tool in ("colorize", "add-hints"):
        assert "not in this image" in scene.refused(tool, image, hints)
    other.delete()


def check_the_window_is_given_the_hints():
    image, photo = _photo()
    hints = _hinted(image, photo, DAB)
    scene.done("detect", image, photo)
    plan(CANCELLED)
    for active in (photo, hints):
        scene.call("colorize", image, active, run_mode=INTERACTIVE)
    scene.call("restore", image, photo, run_mode=INTERACTIVE)
    scene.call("enhance", image, photo, run_mode=INTERACTIVE)
    first, second, restore, enhance = heard()
    assert first["dabbed"] == second["dabbed"] == restore["dabbed"] == DAB[2] * DAB[3]
    assert first["tool"] == "colorize" and set(first["settings"]) == set(tools.defaults(tools.COLORIZE))
    assert "mask" not in first and "mask" in restore and "hints" not in enhance


def check_the_window_makes_a_hints_layer():
    for options in ({}, {"grey": True, "precision": Gimp.Precision.U16_NON_LINEAR}):
        image, photo = _photo(**options)
        scene.select_rectangle(image, 10, 10, 100, 100)
        plan(done(None, colours=True, hints=[[*DAB, *BLUE]]))
        status, _, layer, _ = scene.call("colorize", image, photo, run_mode=INTERACTIVE)
        assert status == SUCCESS and heard()[0]["photo"]["selection"] and "hints" not in heard()[0]
        assert scene.tree(image) == ["Colour hints (scan)", "Colours (scan)", "scan"]
        hints = image.get_layers()[0]
        assert not hints.get_visible() and layer.get_visible() and _ids(image) == [layer.get_id()]
        assert _rgba(hints) == _dabs([DAB]) and links.hints_layer_of(image, photo).get_id() == hints.get_id()
        plan(CANCELLED)
        scene.call("colorize", image, photo, run_mode=INTERACTIVE)
        assert heard()[0]["dabbed"] == DAB[2] * DAB[3]
        image.delete()


def _rgba(layer):
    return scene.samples(layer, "R~G~B~A u8")


def _dabs(boxes):
    """RGBA of a layer with blue dabs."""
    picture = bytearray(4 * scene.WIDTH * scene.HEIGHT)
    for x, y, width, height in boxes:
        for row in range(y, y + height):
            at = 4 * (row * scene.WIDTH + x)
            picture[at : at + 4 * width] = bytes((*BLUE, 255)) * width
    return bytes(picture)


def check_the_window_changes_the_hints():
    for options in (
        {},
        {"precision": Gimp.Precision.FLOAT_LINEAR},
        {"precision": Gimp.Precision.U16_NON_LINEAR, "profile": Gimp.ColorProfile.new_rgb_adobe()},
    ):
        image, photo = _photo(**options)
        hints = _hinted(image, photo)
        kept, gone, soft, new = DAB, (10, 20, 8, 8), (60, 120, 8, 8), (200, 30, 20, 20)
        encoding = scene.Babl.get_name(scene.Babl.format_with_space("R~G~B~A u8", hints.get_format()))
        buffer = hints.get_buffer()
        for (x, y, width, height), alpha in ((kept, 255), (gone, 255), (soft, 100)):
            box = Gegl.Rectangle.new(x, y, width, height)
            buffer.set(box, encoding, bytes((*BLUE, alpha)) * (width * height))
        buffer.flush()
        hints.set_opacity(40)
        before, size = scene.samples(hints), scene.pixel_bytes(hints)
        scene.select_rectangle(image, 0, 0, 50, 50)
        plan(done(None, colours=True, hints=[[*kept, *BLUE], [*new, *BLUE]]))
        status, _, layer, _ = scene.call("colorize", image, photo, run_mode=INTERACTIVE)
        assert status == SUCCESS and scene.tree(image) == ["Colour hints (scan)", "Colours (scan)", "scan"]
        assert image.get_layers()[0].get_id() == hints.get_id() and round(hints.get_opacity()) == 40
        moved = scene.changed(before, scene.samples(hints), size)
        expected = {(x, y) for box in (gone, new) for x, y in _places(box)}
        assert {(at % 240, at // 240) for at, one in enumerate(moved) if one} == expected
        rgba = _rgba(hints)
        assert all(rgba[4 * (y * 240 + x) :][:4] == bytes((*BLUE, 255)) for x, y in _places(new))
        assert not hints.get_visible() and _ids(image) == [layer.get_id()]
        image.delete()


def _places(box):
    x, y, width, height = box
    return [(column, row) for row in range(y, y + height) for column in range(x, x + width)]


def check_small_hints_layer_grows():
    image, photo = _photo()
    hints = scene.layer_in(image, name="dabs", size=(50, 40), at=(100, 60))
    links.attach(hints, links.HINTS, {"photo": links.photo_link(photo)})
    hints.fill(Gimp.FillType.WHITE)
    plan(done(None, colours=True, hints=[[*DAB, *BLUE]]))
    scene.call("colorize", image, photo, run_mode=INTERACTIVE)
    assert hints.get_offsets()[1:] == (0, 0) and _rgba(hints) == _dabs([DAB])


def check_hints_are_kept_on_cancel():
    image, photo = _photo(grey=True)
    plan({**CANCELLED, "mask": None, "hints": [[*DAB, *BLUE]]})
    assert scene.call("colorize", image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    assert scene.tree(image) == ["Colour hints (scan)", "scan"] and image.get_base_type() == RGB
    hints = image.get_layers()[0]
    assert hints.get_visible() and _rgba(hints) == _dabs([DAB]) and _ids(image) == [hints.get_id()]
    plan({**CANCELLED, "mask": None, "hints": []})
    assert scene.call("colorize", image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    assert scene.tree(image) == ["Colour hints (scan)", "scan"] and not any(scene.alpha(hints))
    hints.set_lock_content(True)
    plan({**CANCELLED, "mask": None, "hints": [[*DAB, *BLUE]]})
    assert scene.call("colorize", image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    assert len(image.get_layers()) == 3 and not any(scene.alpha(hints))


def check_no_dabs_make_no_layer():
    image, photo = _photo(grey=True)
    plan({**CANCELLED, "mask": None, "hints": []})
    assert scene.call("colorize", image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    assert scene.tree(image) == ["scan"] and image.get_base_type() == GRAY
    plan(done(None, colours=True, hints=[]))
    assert scene.call("colorize", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert scene.tree(image) == ["Colours (scan)", "scan"]


def check_locked_hints_are_refused():
    image, photo = _photo()
    hints = _hinted(image, photo, DAB)
    hints.set_lock_content(True)
    plan(done(None, colours=True, hints=[]), CANCELLED)
    assert scene.call("colorize", image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    said = heard()
    assert said[1]["type"] == "refused" and "“Colour hints (scan)” or its group is locked" in said[1]["text"]
    assert scene.tree(image) == ["Colour hints (scan)", "scan"] and hints.get_visible()


def check_window_in_place():
    for options in ({}, {"grey": True}):
        image, photo = _photo(**options)
        settings = {**tools.defaults(tools.RESTORE), "steps": "detect,repair,colorize", "output": "in-place"}
        plan(done([[30, 40, 20, 10]], "photo", colours=True, hints=[[*DAB, *BLUE]], settings=settings))
        status, _, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
        assert status == SUCCESS and layer is None and not mask.get_visible() and image.get_base_type() == RGB
        assert scene.tree(image) == ["Damage mask (scan)", "Colour hints (scan)", "scan"]
        assert not any(scene.samples(photo, "R~G~B~ u8")[2::3])
        image.delete()


def check_window_restores_with_colours():
    image, photo = _photo(grey=True)
    settings = {**tools.defaults(tools.RESTORE), "steps": "detect,repair,enhance,colorize"}
    plan(done([[30, 40, 20, 10]], "fill", True, True, settings=settings))
    status, _, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    names = ["Damage mask (scan)", "Colours (scan)", "Enhanced (scan)", "Repaired (scan)", "scan"]
    assert status == SUCCESS and scene.tree(image) == names and layer.get_name() == "Colours (scan)"
    assert image.get_base_type() == RGB and not mask.get_visible()


def check_nothing_half_done_stays_in_a_grey_image():
    image, photo = _photo(grey=True, profile=Gimp.ColorProfile.new_d50_gray_lab_trc())
    plain, other = _photo(grey=True)
    real = links.attach

    def failing(*_arguments):
        raise OSError("no")

    for one, scan in ((image, photo), (plain, other)):
        before, own = scene.state(one), scene.samples(scan)
        links.attach = failing
        try:
            with layers.one_step(one, True) as added:
                made = scene.layer_in(one, name="made", alpha=True)
                added.append(made)
                placing.links.attach(made, links.HINTS, {})
        except OSError:
            pass
        else:
            raise AssertionError("it should have failed")
        finally:
            links.attach = real
        assert one.get_base_type() == GRAY and scene.state(one) == before
        assert (one.get_color_profile() is None) == (one.get_id() == plain.get_id())
        apart = [abs(old - new) for old, new in zip(own, scene.samples(scan), strict=True)]
        assert max(apart) <= (0 if one.get_id() == plain.get_id() else 1)

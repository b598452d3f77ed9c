"""What Restore puts into images, and what the procedures look like. Real engine, made-up photographs."""

import json

from gi.repository import Gimp

import scene
from core import tools

REACH = 5
"""Further than this from the mask the default grow and feather do not get."""


def check_arguments_are_the_declaration():
    pdb = Gimp.get_pdb()
    for tool in tools.TOOLS.values():
        procedure = pdb.lookup_procedure("plug-in-daguerre-" + tool.name)
        assert procedure.get_menu_label() == tool.menu
        assert procedure.get_menu_paths() == ["<Image>/Filters/Photo Restoration"]
        assert procedure.get_image_types() == "RGB*, GRAY*"
        arguments = {argument.get_name(): argument for argument in procedure.get_arguments()}
        names = ["run-mode", "image", "drawables"] + ["mask"] * tool.takes_mask + ["hints"] * tool.takes_hints
        names += [parameter.name for parameter in tool.parameters]
        assert list(arguments) == names, list(arguments)
        config = procedure.create_config()
        for parameter in tool.parameters:
            assert config.get_property(parameter.name) == parameter.default, parameter.name
            if parameter.kind == "number":
                argument = arguments[parameter.name]
                assert (argument.minimum, argument.maximum) == (parameter.low, parameter.high)
        _answers_as_all(procedure)


def _answers_as_all(procedure):
    answers = [answer.get_name() for answer in procedure.get_return_values()]
    assert answers == ["summary", "layer", "mask-drawable"], answers


def check_shortcuts_have_no_arguments():
    for shortcut in (*tools.SHORTCUTS.values(), *tools.MENU_ENTRIES.values()):
        procedure = Gimp.get_pdb().lookup_procedure("plug-in-daguerre-" + shortcut.name)
        assert procedure.get_menu_label() == shortcut.menu
        assert procedure.get_menu_paths() == ["<Image>/Filters/Photo Restoration"]
        names = [argument.get_name() for argument in procedure.get_arguments()]
        assert names == ["run-mode", "image", "drawables"], names
        _answers_as_all(procedure)


def check_restore_8_bit():
    _restored(scene.image_of())


def check_restore_16_bit_grey():
    _restored(scene.image_of(Gimp.Precision.U16_NON_LINEAR, grey=True))


def check_restore_float_linear_with_alpha():
    _restored(scene.image_of(Gimp.Precision.FLOAT_LINEAR), alpha=True)


def check_restore_half():
    _restored(scene.image_of(Gimp.Precision.HALF_NON_LINEAR))


def check_restore_16_bit_with_a_gamma_profile():
    _restored(scene.image_of(Gimp.Precision.U16_NON_LINEAR, profile=Gimp.ColorProfile.new_rgb_adobe()))


def check_restore_perceptual_with_a_gamma_profile():
    _restored(scene.image_of(Gimp.Precision.FLOAT_PERCEPTUAL, profile=Gimp.ColorProfile.new_rgb_adobe()))


def check_restore_in_nested_groups_with_offsets():
    image = scene.image_of(size=(400, 300))
    scene.layer_in(image, name="below").fill(Gimp.FillType.WHITE)
    outer = Gimp.GroupLayer.new(image, "outer")
    image.insert_layer(outer, None, 0)
    inner = Gimp.GroupLayer.new(image, "inner")
    image.insert_layer(inner, outer, 0)
    scene.layer_in(image, name="neighbour", parent=inner, size=(30, 30))
    size = (scene.WIDTH, scene.HEIGHT)
    photo = scene.photo_in(image, parent=inner, size=size, at=(90, -20))
    other = scene.layer_in(image, name="above", parent=inner, size=(20, 20), alpha=True)
    _restored_photo(image, photo)
    assert scene.tree(image) == [
        ["outer", [["inner", ["above", "Damage mask (scan)", "Repaired (scan)", "scan", "neighbour"]]]],
        "below",
    ]
    assert other.is_valid()


def _restored(image, **options):
    return _restored_photo(image, scene.photo_in(image, **options))


def _restored_photo(image, photo):
    """Restore and look at everything that must hold whatever the photo is."""
    before, seen = scene.samples(photo), scene.visible_under_nothing(image, photo)
    _summary, repaired, mask = scene.done("restore", image, photo)
    assert scene.samples(photo) == before
    grey = photo.is_gray()
    for made in (repaired, mask):
        assert made.get_offsets() == photo.get_offsets()
        assert (made.get_width(), made.get_height()) == (photo.get_width(), photo.get_height())
        assert made.get_parent() == photo.get_parent() or made.get_parent().get_id() == photo.get_parent().get_id()
    place = image.get_item_position(photo)
    assert [image.get_item_position(made) for made in (mask, repaired)] == [place - 2, place - 1]
    assert (repaired.get_mode(), round(repaired.get_opacity())) == (Gimp.LayerMode.NORMAL, 100)
    assert repaired.get_visible() and not mask.get_visible()
    assert [layer.get_id() for layer in image.get_selected_layers()] == [repaired.get_id()]
    assert mask.get_mode() == (Gimp.LayerMode.DIFFERENCE if grey else Gimp.LayerMode.NORMAL)
    marks = scene.marked(mask)
    assert any(marks) and not all(marks)
    near = _near(marks, photo.get_width(), photo.get_height(), REACH)
    cover = scene.alpha(repaired)
    assert all(cover[at] == 0 for at in range(len(cover)) if not near[at])
    assert all(cover[at] == 255 for at in range(len(cover)) if marks[at])
    moved = scene.changed(seen, scene.visible(image), scene.pixel_bytes(photo) // len(photo_channels(photo)))
    assert any(moved)
    assert _outside_is_untouched(image, photo, repaired, seen)
    record = json.loads(bytes(repaired.get_parasite("daguerre-run").get_data()))
    assert record["tool"] == "restore" and record["settings"]["detect-model"] == "classical" and record["version"]
    assert record["model"] and record["photo"]["tattoo"] == photo.get_tattoo()
    link = json.loads(bytes(mask.get_parasite("daguerre-mask").get_data()))
    assert link["photo"] == {"item": photo.get_id(), "tattoo": photo.get_tattoo(), "name": "scan"}
    return repaired, mask


def photo_channels(photo):
    return "YA"[: 1 + photo.has_alpha()] if photo.is_gray() else "RGBA"[: 3 + photo.has_alpha()]


def _outside_is_untouched(image, photo, repaired, seen):
    """Whether the image shows the very same samples wherever the fill is transparent."""
    now = scene.visible(image)
    size = len(seen) // (image.get_width() * image.get_height())
    _, left, top = photo.get_offsets()
    width, height, cover = photo.get_width(), photo.get_height(), scene.alpha(repaired)
    for y in range(image.get_height()):
        for x in range(image.get_width()):
            inside = 0 <= x - left < width and 0 <= y - top < height
            if inside and cover[(y - top) * width + x - left]:
                continue
            at = (y * image.get_width() + x) * size
            if now[at : at + size] != seen[at : at + size]:
                return False
    return True


def _near(marks, width, height, reach):
    near = bytearray(len(marks))
    for y in range(height):
        row = marks[y * width : (y + 1) * width]
        if not any(row):
            continue
        for x in range(width):
            if row[x]:
                for line in range(max(y - reach, 0), min(y + reach + 1, height)):
                    left, right = max(x - reach, 0), min(x + reach + 1, width)
                    near[line * width + left : line * width + right] = b"\xff" * (right - left)
    return near


def check_restore_within_a_selection():
    image = scene.image_of(Gimp.Precision.U16_NON_LINEAR)
    photo = scene.photo_in(image)
    scene.select_rectangle(image, 0, 30, 240, 60)
    chosen = scene.samples(image.get_selection())
    _, repaired, mask = scene.done("restore", image, photo)
    assert scene.samples(image.get_selection()) == chosen
    for values in (scene.alpha(repaired), scene.marked(mask)):
        rows = {at // 240 for at in range(len(values)) if values[at]}
        assert rows and min(rows) >= 30 and max(rows) < 90, (min(rows), max(rows))


def check_restore_says_where_nothing_was_found():
    image = scene.image_of()
    photo = scene.layer_in(image)
    photo.fill(Gimp.FillType.WHITE)
    summary, layer, mask = scene.done("restore", image, photo)
    assert summary and layer is None and mask.get_visible()
    assert scene.tree(image) == ["Damage mask (scan)", "scan"]


def check_kinds_of_damage_are_switched_off():
    image = scene.image_of()
    photo = scene.photo_in(image)
    marked = [
        sum(scene.marked(scene.done("detect", image, photo, **dict.fromkeys(off, False))[2]))
        for off in ((), ("dark",), ("bright",), ("bright", "dark"), tools.SHAPES)
    ]
    assert marked[0] > 0 and marked[1] + marked[2] == marked[0] and marked[2] < marked[1], marked
    assert marked[3:] == [0, 0], marked


def check_in_place_changes_the_very_pixels_that_the_layer_would():
    for precision in ("U8_NON_LINEAR", "U16_LINEAR", "U32_NON_LINEAR", "FLOAT_NON_LINEAR", "DOUBLE_PERCEPTUAL"):
        for selected in (False, True):
            image = scene.image_of(getattr(Gimp.Precision, precision))
            photo = scene.photo_in(image, alpha=True)
            photo.set_lock_alpha(selected)
            if selected:
                image.select_ellipse(Gimp.ChannelOps.REPLACE, 20, 20, 200, 140)
                Gimp.Selection.feather(image, 6)
            chosen, before = scene.samples(image.get_selection()), scene.samples(photo)
            _, repaired, mask = scene.done("restore", image, photo)
            cover = [any(value) for value in _alpha_bytes(repaired)]
            image.remove_layer(repaired)
            image.remove_layer(mask)
            _, layer, mask = scene.done("restore", image, photo, output="in-place")
            moved = scene.changed(before, scene.samples(photo), scene.pixel_bytes(photo))
            assert layer is None and any(moved)
            assert all(covered for covered, other in zip(cover, moved, strict=True) if other), precision
            assert photo.get_lock_alpha() == selected
            assert scene.samples(image.get_selection()) == chosen, precision
            assert scene.tree(image) == ["Damage mask (scan)", "scan"] and not image.get_channels()
            assert [item.get_id() for item in image.get_selected_layers()] == [photo.get_id()]
            assert photo.get_parasite("daguerre-run") is not None
            image.delete()


def _alpha_bytes(layer):
    """The bytes of each pixel's alpha, in the layer's own format."""
    values, pixel = scene.samples(layer), scene.pixel_bytes(layer)
    size = pixel // len(photo_channels(layer))
    return [values[at - size : at] for at in range(pixel, len(values) + 1, pixel)]


def check_group_as_a_photo():
    image, group = scene.grouped_photo()
    _, repaired, mask = scene.done("restore", image, group)
    assert scene.tree(image) == ["Damage mask (album)", "Repaired (album)", ["album", ["scan"]]]
    assert repaired.get_offsets() == group.get_offsets() and any(scene.marked(mask))


def check_layer_mask_being_edited_means_its_layer():
    image = scene.image_of()
    photo = scene.photo_in(image)
    layer_mask = photo.create_mask(Gimp.AddMaskType.WHITE)
    photo.add_mask(layer_mask)
    _, repaired, _ = scene.done("restore", image, layer_mask)
    assert repaired.get_name() == "Repaired (scan)"


def check_restore_with_one_step_only():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, layer, mask = scene.done("restore", image, photo, steps="detect")
    assert layer is None and mask.get_visible() and any(scene.marked(mask))
    _, layer, none = scene.done("restore", image, photo, steps="repair")
    assert none is None and any(scene.alpha(layer)) and not mask.get_visible()


def check_interactive_run_without_a_display():
    image = scene.image_of()
    photo = scene.photo_in(image)
    status, *_ = scene.call("restore", image, photo, run_mode=Gimp.RunMode.INTERACTIVE)
    assert status == Gimp.PDBStatusType.SUCCESS and len(image.get_layers()) == 3

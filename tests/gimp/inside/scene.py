"""Damaged photographs made inside GIMP, and Daguerre's procedures called on them. Standard library and gi only."""

import math
import random
from array import array

from gi.repository import Babl, Gegl, Gimp

WIDTH, HEIGHT = 240, 180
PLAIN = {"model": "plain"}
"""Settings with the model of Colorize that needs no network."""
COLOUR = (13.6, 24.3)
"""a* and b* that it gives everything: 12 and 24, adapted to D50 as GIMP's are."""
NOTHING = Gegl.AbyssPolicy.NONE
NONINTERACTIVE = Gimp.RunMode.NONINTERACTIVE
LAYER_TYPES = {
    (False, False): Gimp.ImageType.RGB_IMAGE,
    (False, True): Gimp.ImageType.RGBA_IMAGE,
    (True, False): Gimp.ImageType.GRAY_IMAGE,
    (True, True): Gimp.ImageType.GRAYA_IMAGE,
}


def image_of(precision=Gimp.Precision.U8_NON_LINEAR, grey=False, size=(WIDTH, HEIGHT), profile=None):
    base = Gimp.ImageBaseType.GRAY if grey else Gimp.ImageBaseType.RGB
    image = Gimp.Image.new_with_precision(size[0], size[1], base, precision)
    if profile is not None:
        assert image.set_color_profile(profile)
    return image


def layer_in(image, name="scan", alpha=False, size=None, parent=None, at=(0, 0)):
    size = size or (image.get_width(), image.get_height())
    grey = image.get_base_type() == Gimp.ImageBaseType.GRAY
    layer = Gimp.Layer.new(image, name, *size, LAYER_TYPES[grey, alpha], 100, Gimp.LayerMode.NORMAL)
    assert image.insert_layer(layer, parent, 0)
    layer.set_offsets(*at)
    return layer


def photo_in(image, **options):
    """A layer with soft tones, grain, and bright scratches and specks on it."""
    layer = layer_in(image, **options)
    width, height = layer.get_width(), layer.get_height()
    grain = random.Random(7)
    samples = bytearray()
    for y in range(height):
        for x in range(width):
            tone = 100 + 40 * math.sin(x / 31) + 30 * math.sin(y / 23) + grain.uniform(-4, 4)
            samples += bytes((int(tone), int(tone * 0.9), int(tone * 0.8), 255))
    for y in range(10, height - 10):
        for x in (width // 3 + y // 9, width // 3 + y // 9 + 1):
            samples[4 * (y * width + x) : 4 * (y * width + x) + 3] = b"\xfa\xfa\xfa"
    for y in range(40, 46):
        for x in range(150, 156):
            samples[4 * (y * width + x) : 4 * (y * width + x) + 3] = b"\xff\xff\xff"
    name = Babl.get_name(Babl.format_with_space("R'G'B'A u8", layer.get_format()))
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width, height), name, bytes(samples))
    buffer.flush()
    layer.update(0, 0, width, height)
    return layer


def call(tool, image, drawables, **settings):
    """Run plug-in-daguerre-TOOL; settings with _ for -. Returns [status, summary, layer, mask] or [status, message]."""
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-daguerre-" + tool)
    config = procedure.create_config()
    config.set_property("run-mode", settings.pop("run_mode", NONINTERACTIVE))
    config.set_property("image", image)
    if not isinstance(drawables, list):
        drawables = [drawables]
    if drawables:
        config.set_core_object_array("drawables", drawables)
    for name, value in settings.items():
        config.set_property(name.replace("_", "-"), value)
    values = procedure.run(config)
    return [values.index(place) for place in range(values.length())]


def done(tool, image, drawables, **settings):
    """The same, for a run that must succeed: (summary, layer, mask)."""
    if tool in ("detect", "restore"):
        settings.setdefault("model" if tool == "detect" else "detect_model", "classical")
    status, *answers = call(tool, image, drawables, **settings)
    assert status == Gimp.PDBStatusType.SUCCESS, answers
    return answers


def refused(tool, image, drawables, **settings):
    """The sentence of a run that must fail and leave the image as it was."""
    before = state(image)
    status, sentence, *_ = call(tool, image, drawables, **settings)
    assert status == Gimp.PDBStatusType.EXECUTION_ERROR, status
    assert state(image) == before
    assert sentence and "\n" not in sentence, sentence
    return sentence


def samples(drawable, encoding=None):
    """All samples of a drawable, in its own format or another one in its space."""
    whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    name = encoding and Babl.get_name(Babl.format_with_space(encoding, drawable.get_format()))
    return drawable.get_buffer().get(whole, 1.0, name, NOTHING)


def lab(drawable):
    """L*, a* and b* of each pixel, as three lists."""
    values = array("f", samples(drawable, "CIE Lab float"))
    return list(values[0::3]), list(values[1::3]), list(values[2::3])


def pixel_bytes(drawable):
    return Babl.format_get_bytes_per_pixel(drawable.get_format())


def alpha(layer):
    """The layer's alpha as bytes, one each pixel."""
    return samples(layer, "R~G~B~A u8")[3::4]


def marked(layer):
    """Where a mask layer marks damage: bytes, 255 or 0 each pixel."""
    rgba = samples(layer, "R~G~B~A u8")
    return bytes(
        255 if a >= 128 and max(r, g, b) >= 128 else 0
        for r, g, b, a in zip(rgba[0::4], rgba[1::4], rgba[2::4], rgba[3::4], strict=True)
    )


def changed(before, after, size):
    """Which pixels of `size` bytes differ: a list of True and False."""
    assert len(before) == len(after)
    return [before[at : at + size] != after[at : at + size] for at in range(0, len(before), size)]


def apart(first, second):
    """By how much two pictures differ at most."""
    return max(abs(one - other) for one, other in zip(first, second, strict=True))


def visible(image):
    """What the image shows, as samples of its own kind."""
    seen = Gimp.Layer.new_from_visible(image, image, "seen")
    shown = samples(seen)
    seen.delete()
    return shown


def visible_under_nothing(image, photo):
    """What the image shows with a layer right above the photo that is transparent everywhere.

    A lone layer is shown by other conversions than one with a layer over it. Babl chooses them anew in each process, by
    their speed, which a busy machine disturbs: in 32-bit floats the last bits then differ, whatever the layer above is.
    """
    size = (photo.get_width(), photo.get_height())
    active, place = image.get_selected_layers(), image.get_item_position(photo)
    kind = LAYER_TYPES[photo.is_gray(), True]
    nothing = Gimp.Layer.new(image, "nothing", *size, kind, 100, Gimp.LayerMode.NORMAL)
    assert nothing.fill(Gimp.FillType.TRANSPARENT) and image.insert_layer(nothing, photo.get_parent(), place)
    nothing.set_offsets(*photo.get_offsets()[1:])
    shown = visible(image)
    image.remove_layer(nothing)
    image.set_selected_layers(active)
    return shown


def visible_lab(image):
    """L*, a* and b* of what the image shows."""
    seen = Gimp.Layer.new_from_visible(image, image, "seen")
    shown = lab(seen)
    seen.delete()
    return shown


def tree(image):
    """Names of the layers from the top down; a group is [name, [...]]."""

    def names(layers):
        return [
            [layer.get_name(), names(layer.get_children())] if layer.is_group() else layer.get_name()
            for layer in layers
        ]

    return names(image.get_layers())


def state(image):
    """All that a refused run must leave alone."""
    channels = [channel.get_name() for channel in image.get_channels()]
    chosen = samples(image.get_selection())
    return tree(image), channels, chosen, [layer.get_name() for layer in image.get_selected_layers()]


def select_rectangle(image, x, y, width, height):
    assert image.select_rectangle(Gimp.ChannelOps.REPLACE, x, y, width, height)


def select_softly(image):
    """Select an ellipse with a soft edge: the selection's samples."""
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 20, 20, 200, 140)
    Gimp.Selection.feather(image, 6)
    return samples(image.get_selection())


def only_inside(image, moved):
    """Something has changed inside of the selection and nothing outside of it."""
    assert any(moved)
    selection = image.get_selection()
    chosen = samples(selection)
    inside = changed(bytes(len(chosen)), chosen, pixel_bytes(selection))
    assert not all(inside) and all(soft for one, soft in zip(moved, inside, strict=True) if one)


def album(**options):
    """A photo in a group, with other layers around it: the image and the photo."""
    image = image_of(size=(400, 300), **options)
    layer_in(image, name="below").fill(Gimp.FillType.WHITE)
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    layer_in(image, name="neighbour", parent=group, size=(30, 30))
    photo = photo_in(image, parent=group, size=(WIDTH, HEIGHT), at=(90, -20), alpha=True)
    layer_in(image, name="above", parent=group, size=(20, 20), alpha=True)
    return image, photo


def grouped_photo(**options):
    """A photo alone in a group: the image and the group."""
    image = image_of(size=(300, 220), **options)
    group = Gimp.GroupLayer.new(image, "album")
    image.insert_layer(group, None, 0)
    photo_in(image, parent=group, size=(WIDTH, HEIGHT), at=(30, 20))
    return image, group


def hide_a_corner(photo):
    """Some pixels become fully transparent, with their colours, and some half so."""
    colours = 1 if photo.is_gray() else 3
    model = "Y~A float" if photo.is_gray() else "R~G~B~A float"
    name = Babl.get_name(Babl.format_with_space(model, photo.get_format()))
    buffer = photo.get_buffer()
    for left, alpha in ((0, 0.0), (20, 0.5)):
        corner = Gegl.Rectangle.new(left, 0, 20, 20)
        values = array("f", buffer.get(corner, 1.0, name, NOTHING))
        values[colours :: colours + 1] = array("f", [alpha]) * 400
        buffer.set(corner, name, values.tobytes())
    buffer.flush()
    photo.update(0, 0, photo.get_width(), photo.get_height())


def hide_by_a_mask(photo):
    """The left of a 16-bit photo is hidden by a layer mask, which is returned."""
    hiding = photo.create_mask(Gimp.AddMaskType.WHITE)
    photo.add_mask(hiding)
    name = Babl.get_name(hiding.get_format())
    hiding.get_buffer().set(Gegl.Rectangle.new(0, 0, 40, 180), name, bytes(2 * 40 * 180))
    hiding.update(0, 0, WIDTH, HEIGHT)
    return hiding


def lies_over(image, photo, made, name, mode):
    """A result is where it has to be: right above its photo, as large, as opaque, and selected."""
    assert made.get_name() == name and made.get_offsets() == photo.get_offsets()
    assert (made.get_width(), made.get_height()) == (photo.get_width(), photo.get_height())
    assert made.get_format() == photo.get_format() and alpha(made) == alpha(photo)
    assert image.get_item_position(made) == image.get_item_position(photo) - 1
    assert (made.get_mode(), round(made.get_opacity()), made.get_visible()) == (mode, 100, True)
    assert [layer.get_id() for layer in image.get_selected_layers()] == [made.get_id()]

"""Samples to .npy and back in every precision, curve and kind of layer; masks and selections into arrays."""

import ast
import os
import random
import struct
import tempfile
from pathlib import Path

from gi.repository import Babl, Gegl, Gimp

import masks
import pixels
import scene
from failure import Failure

WIDTH, HEIGHT = 37, 130
PRECISIONS = [
    f"{kind}_{curve}"
    for kind in ("U8", "U16", "U32", "HALF", "FLOAT", "DOUBLE")
    for curve in ("LINEAR", "NON_LINEAR", "PERCEPTUAL")
]
CURVES = {"LINEAR": "linear", "NON_LINEAR": "profile", "PERCEPTUAL": "srgb"}
TYPES = {"U8": "|u1", "U16": "<u2", "U32": "<u4", "HALF": "<f2", "FLOAT": "<f4", "DOUBLE": "<f8"}
FOLDER = Path(tempfile.mkdtemp(dir=Path(os.environ["DAGUERRE_DATA"]).parent))
pixels.STRIP_BYTES = 1  # several strips even here


def values(dtype, count, seed):
    """Random samples; floats go beyond 0..1."""
    source = random.Random(seed)
    if dtype[1] == "u":
        return source.randbytes(count * int(dtype[2:]))
    code = {"2": "e", "4": "f", "8": "d"}[dtype[2:]]
    return struct.pack(f"<{count}{code}", *[source.uniform(-0.5, 1.5) for _ in range(count)])


def array(path):
    """(dtype, shape, bytes) of a .npy file, read independently of the plug-in."""
    data = path.read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00" and int.from_bytes(data[8:10], "little") == 118 and data[127:128] == b"\n"
    said = ast.literal_eval(data[10:128].decode().strip())
    assert said["fortran_order"] is False
    return said["descr"], said["shape"], data[128:]


def fill(drawable, data):
    buffer = drawable.get_buffer()
    whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    buffer.set(whole, Babl.get_name(drawable.get_format()), data)
    buffer.flush()


def check_every_format_goes_round():
    seen = 0
    for precision in PRECISIONS:
        for grey in (False, True):
            for profile in (None, _profile(grey)):
                image = scene.image_of(getattr(Gimp.Precision, precision), grey, (WIDTH, HEIGHT), profile)
                for has_alpha in (False, True):
                    _one_format(image, precision, grey, has_alpha)
                    seen += 1
                image.delete()
    return seen


def _profile(grey):
    return Gimp.ColorProfile.new_d50_gray_lab_trc() if grey else Gimp.ColorProfile.new_rgb_adobe()


def _one_format(image, precision, grey, has_alpha):
    layer = scene.layer_in(image, alpha=has_alpha)
    kind, _, curve = precision.partition("_")
    channels = (1 if grey else 3) + has_alpha
    first, second = (values(TYPES[kind], WIDTH * HEIGHT * channels, seed) for seed in (1, 2))
    fill(layer, first)
    path = FOLDER / "samples.npy"
    shape = pixels.save(layer, path)
    assert shape == pixels.Layout(HEIGHT, WIDTH, channels, TYPES[kind], has_alpha, CURVES[curve]), (precision, shape)
    assert array(path) == (TYPES[kind], (HEIGHT, WIDTH, channels), first), precision
    assert pixels.same(path, path)
    path.write_bytes(pixels.header(shape.shape, shape.dtype) + second)
    pixels.load(layer, path)
    assert scene.samples(layer) == second, precision
    if has_alpha:
        assert not pixels.is_transparent(path, shape)
        size, pixel = shape.sample_bytes, shape.channels * shape.sample_bytes
        clear = bytearray(second)
        for byte in range(pixel - size, pixel):
            clear[byte::pixel] = bytes(WIDTH * HEIGHT)
        path.write_bytes(pixels.header(shape.shape, shape.dtype) + clear)
        assert pixels.is_transparent(path, shape), precision
        clear[-1] = 1
        path.write_bytes(pixels.header(shape.shape, shape.dtype) + clear)
        assert not pixels.is_transparent(path, shape), precision
    else:
        assert pixels.with_alpha(shape).channels == channels + 1


def check_arrays_that_do_not_fit_are_refused():
    image = scene.image_of(size=(WIDTH, HEIGHT))
    layer = scene.layer_in(image)
    good = pixels.header((HEIGHT, WIDTH, 3), "|u1") + bytes(HEIGHT * WIDTH * 3)
    path = FOLDER / "bad.npy"
    changes = ((b"|u1", b"<u2"), (b"(130", b"(131"), (b"False", b"True "), (b"{", b"["))
    for bad in (b"", good[:50], good[:-1], b"x" + good[1:], *(good.replace(*change) for change in changes)):
        path.write_bytes(bad)
        try:
            pixels.load(layer, path)
        except Failure as failure:
            assert failure.kind == "bug"
        else:
            raise AssertionError(bad[:140])


def check_selection_is_written_in_the_layers_coordinates():
    image = scene.image_of(size=(100, 150))
    layer = scene.layer_in(image, size=(WIDTH, HEIGHT), at=(-10, 60))
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 0, 40, 40, 60)
    Gimp.Selection.feather(image, 9)
    path = FOLDER / "selection.npy"
    masks.save_selection(image, layer, path)
    dtype, shape, data = array(path)
    assert (dtype, shape) == ("|u1", (HEIGHT, WIDTH))
    whole = scene.samples(image.get_selection())
    for y in range(HEIGHT):
        for x in range(WIDTH):
            inside = x - 10 >= 0 and y + 60 < 150
            assert data[y * WIDTH + x] == (whole[(y + 60) * 100 + x - 10] if inside else 0), (x, y)
    assert any(0 < value < 255 for value in data)


def check_mask_layer_of_another_place_and_size():
    image = scene.image_of(size=(200, 200))
    photo = scene.layer_in(image, size=(WIDTH, HEIGHT), at=(20, 30))
    mask = scene.layer_in(image, alpha=True, size=(30, 40), at=(40, 20))
    marks = bytes(value for y in range(40) for x in range(30) for value in (10, 20, 230, 255 if x > y else 100))
    fill(mask, marks)
    path = FOLDER / "mask.npy"
    masks.save(mask, photo, path)
    dtype, shape, data = array(path)
    assert (dtype, shape) == ("|u1", (HEIGHT, WIDTH, 4))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            there_x, there_y = x + 20 - 40, y + 30 - 20
            inside = 0 <= there_x < 30 and 0 <= there_y < 40
            at = 4 * (there_y * 30 + there_x)
            assert data[4 * (y * WIDTH + x) :][:4] == (marks[at : at + 4] if inside else bytes(4)), (x, y)


def check_opaque_mask_layer_marks_nothing_beyond_its_edge():
    image = scene.image_of(size=(200, 200))
    photo = scene.layer_in(image, size=(10, 10))
    mask = scene.layer_in(image, size=(4, 4), at=(3, 3))
    mask.fill(Gimp.FillType.WHITE)
    path = FOLDER / "mask.npy"
    masks.save(mask, photo, path)
    data = array(path)[2]
    assert [data[4 * at + 3] for at in range(100)] == [
        255 if 3 <= x < 7 and 3 <= y < 7 else 0 for y in range(10) for x in range(10)
    ]


def check_channel_and_layer_mask_as_masks():
    image = scene.image_of(Gimp.Precision.FLOAT_LINEAR, size=(60, 50))
    photo = scene.layer_in(image, size=(20, 20), at=(-5, 10))
    channel = Gimp.Channel.new(image, "marks", 60, 50, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    channel.get_buffer().set(Gegl.Rectangle.new(0, 0, 60, 50), "Y u8", bytes(range(250)) * 12)
    path = FOLDER / "mask.npy"
    masks.save(channel, photo, path)
    _, shape, data = array(path)
    assert shape == (20, 20) and data[10 * 20 + 10] == (20 * 60 + 5) % 250 and data[10 * 20] == 0
    other = scene.layer_in(image, size=(20, 20), at=(0, 12))
    layer_mask = other.create_mask(Gimp.AddMaskType.WHITE)
    other.add_mask(layer_mask)
    masks.save(layer_mask, photo, path)
    data = array(path)[2]
    assert data[0] == 0 and data[2 * 20 + 4] == 0 and data[2 * 20 + 5] == 255


def check_painted_mask_in_every_precision():
    marks = bytes(255 if (x + y) % 7 == 0 else 0 for y in range(HEIGHT) for x in range(WIDTH))
    path = FOLDER / "marks.npy"
    path.write_bytes(pixels.header((HEIGHT, WIDTH), "|u1") + marks)
    for precision in PRECISIONS:
        for grey in (False, True):
            image = scene.image_of(getattr(Gimp.Precision, precision), grey, (WIDTH, HEIGHT), _profile(grey))
            photo = scene.layer_in(image)
            made = masks.layer(image, photo, path)
            image.insert_layer(made, None, 0)
            assert scene.marked(made) == marks, (precision, grey)
            assert set(scene.alpha(made)) == {0, 255}
            kind = Gimp.LayerMode.DIFFERENCE if grey else Gimp.LayerMode.NORMAL
            assert (made.get_mode(), round(made.get_opacity())) == (kind, 100 if grey else 60)
            image.delete()

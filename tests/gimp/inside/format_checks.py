"""Restore over every precision, curve, mode and profile that GIMP has: all come out alike, and the rest bit for bit.

The same picture is repaired in each, with one engine for all of them. The reference is double precision with sRGB's
curve and no profile: what is repaired in any other format shows the same colours there.
"""

import math
import random
import struct
from array import array
from dataclasses import dataclass
from functools import lru_cache

from gi.repository import Babl, Gegl, Gimp

import scene
from runs import SETTINGS, one_engine, restore

WIDTH, HEIGHT = 72, 56
KINDS = ("U8", "U16", "U32", "HALF", "FLOAT", "DOUBLE")
CURVES = ("LINEAR", "NON_LINEAR", "PERCEPTUAL")
REFERENCE = "DOUBLE_PERCEPTUAL"
SCRATCH = (27, 29)
REACH = 6
"""Further than this from the scratch nothing may change."""
PLAIN = {**SETTINGS, "repair-feather": 0.0, "repair-grain": 0.0}
TOLERANCES = {"U8": 1.2 / 255, "HALF": 0.2 / 255}
"""How far a repaired colour may be from the reference: as much as rounding to so few levels does to it."""
TOLERANCE = 0.03 / 255


@dataclass
class Repaired:
    """A repaired picture: which pixels changed, and all of its colours in sRGB's curve."""

    where: list
    colours: array


def check_every_format_is_repaired_alike():
    every = [(kind, curve, None) for kind in KINDS for curve in CURVES]
    return _like_the_reference(every, every)


def check_every_profile_is_repaired_alike():
    """Few runs: with each profile that is new to it GIMP first measures its ways of conversion, for a second."""
    gamma, wide = _of_space("Adobish"), _of_space("ProPhoto")
    coloured = [("U8", "NON_LINEAR", gamma), ("U16", "NON_LINEAR", wide), ("U16", "LINEAR", wide)]
    grey = [("U16", "NON_LINEAR", Gimp.ColorProfile.new_d50_gray_lab_trc())]
    return _like_the_reference(coloured, grey, ((True, "in-place"),))


def _of_space(name):
    """The profile of one of Babl's colour spaces: Adobe RGB (gamma 2.2), ProPhoto (a wide gamut, gamma 1.8)..."""
    return Gimp.ColorProfile.new_from_icc_profile(bytes(Babl.space_get_icc(Babl.space(name))))


def _like_the_reference(coloured, grey, ways=((False, "layer"), (True, "in-place"))):
    """Restore the picture in all of these formats and in each of these ways: whether it has alpha, and the output.

    Returns how many runs that were.
    """
    runs = 0
    with one_engine():
        for formats, is_grey in ((coloured, False), (grey, True)):
            wanted = _restored(REFERENCE, is_grey, False, None, "in-place")
            assert sum(wanted.where) > 2 * (WIDTH // 2), sum(wanted.where)
            for kind, curve, profile in formats:
                for alpha, output in ways:
                    made = _restored(f"{kind}_{curve}", is_grey, alpha, profile, output)
                    _compare(made, wanted, TOLERANCES.get(kind, TOLERANCE), (kind, curve, is_grey, alpha))
                    runs += 1
    return runs


def _restored(precision, grey, alpha, profile, output):
    """Restore the picture in a new image; what may not change is looked at here."""
    image = scene.image_of(getattr(Gimp.Precision, precision), grey, (WIDTH, HEIGHT), profile)
    try:
        photo = scene.layer_in(image, alpha=alpha)
        _paint(photo)
        before = scene.samples(photo)
        placed = restore(image, photo, {**PLAIN, "output": output})
        after, pixel = scene.samples(photo), scene.pixel_bytes(photo)
        if output == "in-place":
            if alpha:
                size = pixel // (2 if grey else 4)
                for byte in range(pixel - size, pixel):
                    assert after[byte::pixel] == before[byte::pixel], precision
            return Repaired(scene.changed(before, after, pixel), _colours(photo))
        assert after == before, precision
        return Repaired([cover == 255 for cover in scene.alpha(placed.layer)], _colours(placed.layer))
    finally:
        image.delete()


def _paint(layer):
    buffer = layer.get_buffer()
    name = Babl.get_name(Babl.format_with_space(_encoding(layer), layer.get_format()))
    buffer.set(Gegl.Rectangle.new(0, 0, WIDTH, HEIGHT), name, _picture(layer.is_gray()))
    buffer.flush()


@lru_cache
def _picture(grey):
    """Two soft tones beside each other with a bright scratch across, and corners that are clear and half clear."""
    samples = array("f")
    for y in range(HEIGHT):
        for x in range(WIDTH):
            tone = (0.78 if x < WIDTH // 2 else 0.42) + 0.05 * math.sin(y / 9)
            colour = (tone,) if grey else (tone, 0.92 * tone, 0.84 * tone)
            if SCRATCH[0] <= y < SCRATCH[1] and 6 <= x < WIDTH - 6:
                colour = (1.0,) * len(colour)
            cover = 0.0 if x > 60 and y > 45 else 0.5 if x < 12 and y < 12 else 1.0
            samples.extend((*colour, cover))
    return samples.tobytes()


def _encoding(layer):
    return "Y~A float" if layer.is_gray() else "R~G~B~A float"


def _colours(layer):
    return array("f", scene.samples(layer, _encoding(layer)))


def _compare(made, wanted, tolerance, name):
    """The same pixels have changed, but for those that round to what they were, and to the same colours."""
    channels = len(wanted.colours) // len(wanted.where)
    both = [at for at, changed in enumerate(made.where) if changed]
    rows = {at // WIDTH for at in both}
    assert min(rows) >= SCRATCH[0] - REACH and max(rows) < SCRATCH[1] + REACH, (name, rows)
    assert len([at for at in both if wanted.where[at]]) > 0.8 * sum(wanted.where), (name, len(both))
    off = max(
        abs(made.colours[channels * at + c] - wanted.colours[channels * at + c])
        for at in both
        for c in range(channels - 1)
    )
    assert off <= tolerance, (name, 255 * off)


def check_numbers_beyond_the_range_stay():
    """Outside of the selection floats stay bit for bit: above 1, below 0, infinite and none at all."""
    odd = [-0.4, 1.7, math.inf, -math.inf, math.nan, -0.0]
    source = random.Random(5)
    with one_engine():
        for kind, code in (("HALF", "e"), ("FLOAT", "f"), ("DOUBLE", "d")):
            image = scene.image_of(getattr(Gimp.Precision, f"{kind}_LINEAR"), size=(WIDTH, HEIGHT))
            photo = scene.layer_in(image, alpha=True)
            _paint(photo)
            count = 4 * WIDTH * 8
            values = struct.pack(f"={count}{code}", *[source.choice(odd) for _ in range(count)])
            photo.get_buffer().set(
                Gegl.Rectangle.new(0, HEIGHT - 8, WIDTH, 8), Babl.get_name(photo.get_format()), values
            )
            scene.select_rectangle(image, 0, 0, WIDTH, HEIGHT - 16)
            before = scene.samples(photo)
            restore(image, photo, {**PLAIN, "output": "in-place"})
            after = scene.samples(photo)
            assert after != before and after[-len(values) :] == before[-len(values) :] == values, kind
            image.delete()

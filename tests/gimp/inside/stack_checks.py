"""How masks and photos find each other in the stack, and what becomes of a result whose photo is gone."""

import os
import tempfile
from pathlib import Path

from gi.repository import Gimp, Gio

import checks
import job
import links
import pixels
import placing
import scene
from core import tools
from failure import Failure
from source import Source

FOLDER = Path(tempfile.mkdtemp(dir=Path(os.environ["DAGUERRE_DATA"]).parent))


def _mask_over(image, photo):
    mask = scene.layer_in(image, name="marks", alpha=True, parent=photo.get_parent())
    links.attach(mask, links.MASK, {"photo": links.photo_link(photo)})
    return mask


def _saved_and_opened(image):
    file = Gio.File.new_for_path(str(FOLDER / "scan.xcf"))
    assert Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None)
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)


def check_nearest_mask_that_names_the_photo():
    image = scene.image_of()
    first = scene.layer_in(image, name="first")
    second = scene.layer_in(image, name="second")
    near = _mask_over(image, first)
    scene.layer_in(image, name="far away")
    _mask_over(image, first)
    assert links.mask_layer_of(image, first).get_id() == near.get_id()
    assert links.mask_layer_of(image, second).get_id() == near.get_id()  # directly above it
    image.reorder_item(near, None, 0)
    assert links.mask_layer_of(image, second) is None
    assert links.photo_of(image, near).get_id() == first.get_id()
    near.resize(20, 20, 0, 0)
    image.remove_layer(first)
    assert links.photo_of(image, near) is None


def check_links_survive_a_file():
    image = scene.image_of()
    scene.layer_in(image, name="below")
    photo = scene.layer_in(image, name="Großmutter “1901”")
    scene.layer_in(image, name="between")
    _mask_over(image, photo)
    opened = _saved_and_opened(image)
    mask, _, again, _ = opened.get_layers()
    assert links.photo_of(opened, mask).get_id() == again.get_id()
    assert links.mask_layer_of(opened, again).get_id() == mask.get_id()


def check_duplicated_image_goes_by_the_stack():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.done("restore", image, photo)
    twin = image.duplicate()
    mask, repaired, again = twin.get_layers()
    for result in (mask, repaired):
        assert links.photo_of(twin, result).get_id() == again.get_id()
    assert links.mask_layer_of(twin, again).get_id() == mask.get_id()


def check_renamed_photo_is_still_the_one():
    image = scene.image_of()
    photo = scene.layer_in(image)
    mask = _mask_over(image, photo)
    image.reorder_item(mask, None, 1)
    photo.set_name("Großmutter “1901”")
    assert links.mask_layer_of(image, photo).get_id() == mask.get_id()


def check_broken_parasites_say_nothing():
    image = scene.image_of()
    photo = scene.layer_in(image)
    mask = scene.layer_in(image, alpha=True)
    for content in (b"", b"[1]", b'{"photo": 3}', b'{"photo": {"tattoo": "x"}}'):
        mask.attach_parasite(Gimp.Parasite.new("daguerre-mask", Gimp.PARASITE_PERSISTENT, content))
        assert links.is_mask_layer(mask) and not links.names(mask, photo)
        assert checks.photo_and_result(image, [mask])[0].get_id() == photo.get_id()


def _results(photo):
    """The files of a run: photo.npy as it was, a mask and a fill with one marked pixel, another enhanced."""
    shape = pixels.save(photo, FOLDER / "photo.npy")
    mask = bytearray(shape.width * shape.height)
    mask[5] = 255
    (FOLDER / "mask.npy").write_bytes(pixels.header((shape.height, shape.width), "|u1") + mask)
    filled = pixels.with_alpha(shape)
    size = filled.channels * filled.sample_bytes
    samples = bytearray(shape.width * shape.height * size)
    samples[5 * size : 6 * size] = b"\xff" * size
    (FOLDER / "fill.npy").write_bytes(pixels.header(filled.shape, filled.dtype) + samples)
    other = bytearray((FOLDER / "photo.npy").read_bytes())
    other[-1] ^= 1
    (FOLDER / "enhanced.npy").write_bytes(other)
    files = {name: FOLDER / f"{name}.npy" for name in ("mask", "fill", "enhanced")}
    return placing.Results(files, "layer", {"tool": "restore"})


def check_photo_that_is_gone_is_built_again():
    for precision, grey, profile in (
        ("U8_NON_LINEAR", False, None),
        ("FLOAT_LINEAR", False, Gimp.ColorProfile.new_rgb_adobe()),
        ("U16_PERCEPTUAL", True, None),
        ("U16_NON_LINEAR", True, Gimp.ColorProfile.new_d50_gray_lab_trc()),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision), grey, profile=profile)
        image.set_resolution(600, 600)
        photo = scene.photo_in(image, alpha=grey)
        source, before = Source(image, photo, FOLDER), scene.samples(photo)
        results = _results(photo)
        assert source.still_is(image, photo)
        photo.set_offsets(10, 10)
        assert source.still_is(image, photo)
        image.remove_layer(photo)
        assert not source.still_is(image, photo)
        again = source.again()
        placed = placing.place(again, again.get_layers()[0], results)
        names = ["Damage mask (scan)", "Enhanced (scan)", "Repaired (scan)", "scan"]
        assert scene.tree(again) == names and placed.changed
        assert scene.samples(again.get_layers()[3]) == before
        assert again.get_precision() == image.get_precision() and again.get_resolution()[1:] == (600, 600)
        assert (again.get_color_profile() is None) == (profile is None)
        image.delete()
        assert not source.still_is(image, photo)
        again.delete()


def check_converted_photo_is_not_what_it_was():
    image = scene.image_of()
    photo = scene.photo_in(image)
    source = Source(image, photo, FOLDER)
    image.convert_precision(Gimp.Precision.U16_NON_LINEAR)
    assert not source.still_is(image, photo)
    image.convert_precision(Gimp.Precision.U8_NON_LINEAR)
    assert source.still_is(image, photo)
    photo.resize(100, 100, 0, 0)
    assert not source.still_is(image, photo)


def check_lost_result_is_refused_where_nobody_looks():
    image = scene.image_of()
    photo = scene.photo_in(image)
    run = job.Job(tools.DETECT, image, [photo])
    source = Source(image, photo, FOLDER)
    assert run.lost(source) == ""
    image.remove_layer(photo)
    assert run.lost(source) == "The layer was removed or converted meanwhile."
    image.delete()
    assert run.lost(source) == "The image was closed meanwhile."


def check_nothing_half_done_stays():
    image = scene.image_of()
    photo = scene.photo_in(image)
    results = _results(photo)
    before = scene.state(image), scene.samples(photo)
    real = links.attach
    for stop in (1, 2, 3, 4):
        calls = []

        def failing(*arguments, stop=stop, calls=calls):
            calls.append(arguments)
            if len(calls) == stop:
                raise OSError("no")
            real(*arguments)

        links.attach = failing
        try:
            placing.place(image, photo, results)
        except OSError:
            pass
        else:
            raise AssertionError("it should have failed")
        finally:
            links.attach = real
        assert scene.state(image) == before[0], (stop, scene.state(image)[::3], before[0][::3])
        assert scene.samples(photo) == before[1]
    for broken in results.files:
        good = results.files[broken].read_bytes()
        results.files[broken].write_bytes(good[:-1])
        try:
            placing.place(image, photo, results)
        except Failure:
            pass
        else:
            raise AssertionError("it should have failed")
        results.files[broken].write_bytes(good)
        assert (scene.state(image), scene.samples(photo)) == before

"""The photo's layer or image goes, or changes, while the window is open: the person is asked, and nothing is lost."""

import contextlib

from gi.repository import Gimp

import client
import scene
from core import tools
from runs import while_open
from window_plans import CANCELLED, DATA, done, heard, plan

BOX = [30, 40, 20, 10]
DEFAULTS = tools.defaults(tools.RESTORE)
IN_PLACE = {**DEFAULTS, "output": "in-place"}
RESULTS = ["Damage mask (scan)", "Repaired (scan)", "scan"]
CLOSED = "The image was closed in GIMP. Open the result as a new image, or discard it."
DELETED = "The layer “scan” was deleted in GIMP. Add the result on top of the image, or open it as a new image."
CHANGED = (
    "The layer was changed in GIMP since this window opened. Add the result anyway, or start again from the changed "
    "layer."
)


@contextlib.contextmanager
def _shown():
    """The images that were shown in a window of their own; here GIMP has none."""
    real, shown = Gimp.Display.new, []
    Gimp.Display.new = shown.append
    try:
        yield shown
    finally:
        Gimp.Display.new = real


def _said(*kinds):
    """The only sentence that the window was told, and the ways it offers."""
    assert [message["type"] for message in heard()] == list(kinds), heard()
    assert not list((DATA / "jobs").glob("job-*"))
    (refused,) = [message for message in heard() if message["type"] == "refused"]
    return refused["text"], refused["ways"]


def _scanned(**options):
    image = scene.image_of(size=(300, 220), **options)
    scene.layer_in(image, name="below").fill(Gimp.FillType.WHITE)
    return image, scene.photo_in(image, size=(scene.WIDTH, scene.HEIGHT), at=(40, 20))


def _left(*arguments):
    """A run that is left at last."""
    try:
        while_open(*arguments)
    except client.Cancelled:
        return
    raise AssertionError("it was not cancelled")


def check_result_of_a_closed_image_becomes_a_new_one():
    for precision, grey in (("U8_NON_LINEAR", False), ("U16_LINEAR", True), ("FLOAT_NON_LINEAR", False)):
        image, photo = _scanned(precision=getattr(Gimp.Precision, precision), grey=grey)
        before = scene.samples(photo)
        plan(done([BOX], "fill"), done([BOX], "fill", way="new-image"))
        with _shown() as shown:
            outcome = while_open("restore", image, photo, image.delete)
        assert _said("open", "refused", "placed") == (CLOSED, ["new-image", "discard"])
        (new,) = shown
        assert scene.tree(new) == RESULTS and not outcome.notes
        assert (new.get_width(), new.get_height()) == (300, 220)
        again = new.get_layers()[2]
        assert scene.samples(again) == before and again.get_offsets()[1:] == (40, 20)
        assert scene.marked(outcome.placed.mask).count(255) == 200
        new.delete()


def check_result_of_a_closed_image_is_discarded():
    image, photo = _scanned()
    plan(done([BOX], "fill"), CANCELLED)
    with _shown() as shown:
        _left("restore", image, photo, image.delete)
    assert _said("open", "refused") == (CLOSED, ["new-image", "discard"])
    assert not shown and not Gimp.get_images()


def check_result_of_a_deleted_layer_goes_on_top():
    for settings, names in ((DEFAULTS, RESULTS), (IN_PLACE, ["Damage mask (scan)", "scan"])):
        image, photo = _scanned(precision=Gimp.Precision.U16_NON_LINEAR)
        scene.hide_by_a_mask(photo)
        before, hidden = scene.samples(photo), scene.samples(photo.get_mask())
        result = "photo" if settings is IN_PLACE else "fill"
        plan(done([BOX], result, settings=settings), done([BOX], result, settings=settings, way="on-top"))
        outcome = while_open("restore", image, photo, lambda image=image, photo=photo: image.remove_layer(photo))
        assert _said("open", "refused", "placed") == (DELETED, ["on-top", "new-image"])
        assert scene.tree(image) == [*names, "below"]
        again = image.get_layers()[len(names) - 1]
        moved = scene.changed(before, scene.samples(again), scene.pixel_bytes(again))
        assert sum(moved) == (200 if settings is IN_PLACE else 0)
        assert again.get_offsets()[1:] == (40, 20) == outcome.placed.layer.get_offsets()[1:]
        assert scene.samples(outcome.placed.layer.get_mask()) == scene.samples(again.get_mask()) == hidden
        image.delete()


def check_result_of_a_deleted_layer_becomes_a_new_image():
    image, photo = _scanned()
    plan(done([BOX], "fill"), done([BOX], "fill", way="new-image"))
    with _shown() as shown:
        while_open("restore", image, photo, lambda: image.remove_layer(photo))
    assert scene.tree(image) == ["below"] and scene.tree(shown[0]) == RESULTS


def check_deleted_layer_of_a_converted_image():
    image, photo = _scanned()

    def lose():
        image.remove_layer(photo)
        image.convert_grayscale()

    plan(done([BOX], "fill"), done([BOX], "fill", way="on-top"), done([BOX], "fill", way="new-image"))
    with _shown() as shown:
        while_open("restore", image, photo, lose)
    assert [message["type"] for message in heard()] == ["open", "refused", "refused", "placed"]
    for refused in heard()[1:3]:
        assert refused["text"].endswith("deleted in GIMP. Open the result as a new image, or discard it.")
        assert refused["ways"] == ["new-image", "discard"]
    assert scene.tree(image) == ["below"] and scene.tree(shown[0]) == RESULTS


def _paint(photo):
    scene.select_rectangle(photo.get_image(), 0, 0, 60, 60)
    photo.edit_fill(Gimp.FillType.WHITE)
    Gimp.Selection.none(photo.get_image())


def check_result_is_added_to_a_changed_layer_anyway():
    image, photo = _scanned()
    plan(done([BOX], "fill"), done([BOX], "fill", way="anyway"))
    outcome = while_open("restore", image, photo, lambda: _paint(photo))
    assert _said("open", "refused", "placed") == (CHANGED, ["anyway", "again"])
    assert scene.tree(image) == [*RESULTS, "below"] and set(scene.samples(photo)[:60]) == {255}
    assert scene.alpha(outcome.placed.layer).count(255) == 200


def check_changed_layer_is_not_written_over():
    image, photo = _scanned()
    before = scene.samples(photo)
    plan(done([BOX], "photo", settings=IN_PLACE), done([BOX], "photo", settings=IN_PLACE, way="anyway"))
    while_open("restore", image, photo, lambda: _paint(photo))
    assert _said("open", "refused", "placed") == (CHANGED, ["anyway", "again"])
    assert scene.tree(image) == ["Damage mask (scan #1)", "scan #1", "scan", "below"]
    _, added, changed, _ = image.get_layers()
    assert changed.get_id() == photo.get_id() and set(scene.samples(photo)[:60]) == {255}
    moved = scene.changed(before, scene.samples(added), scene.pixel_bytes(photo))
    assert sum(moved) == 200 and added.get_offsets() == photo.get_offsets()


def check_new_image_asks_nothing():
    image, photo = _scanned()
    before = scene.samples(photo)
    plan(done([BOX], "photo", settings={**DEFAULTS, "output": "new-image"}))
    with _shown() as shown:
        while_open("restore", image, photo, lambda: _paint(photo))
    assert [message["type"] for message in heard()] == ["open", "placed"]
    again = shown[0].get_layers()[1]
    assert sum(scene.changed(before, scene.samples(again), scene.pixel_bytes(again))) == 200


def check_starting_again_takes_mask_hints_and_settings():
    image, photo = _scanned()
    settings = {**DEFAULTS, "repair-grow": 7.0, "mask-as": "channel"}
    dabs = [[5, 5, 8, 8, 200, 30, 30]]
    plan(
        done([BOX], "fill", settings=settings, hints=dabs),
        done([BOX], "fill", settings=settings, hints=dabs, way="again"),
    )
    while_open("restore", image, photo, lambda: _paint(photo))
    assert _said("open", "refused", "placed", "open", "placed") == (CHANGED, ["anyway", "again"])
    first, second = (message for message in heard() if message["type"] == "open")
    assert "drawn" not in first and second["drawn"] == 200 and second["dabbed"] == 64
    assert second["settings"] == settings and second["folder"] != first["folder"]
    assert scene.tree(image) == ["Colour hints (scan)", "Repaired (scan)", "scan", "below"]
    assert len(image.get_channels()) == 1


def check_resized_layer_starts_again_without_a_mask_that_does_not_fit():
    image, photo = _scanned()
    plan(done([BOX], "fill"), done([BOX], "fill", way="anyway"), done([BOX], "fill", way="again"))
    while_open("restore", image, photo, lambda: photo.resize(200, 150, 0, 0))
    kinds = [message["type"] for message in heard()]
    assert kinds == ["open", "refused", "refused", "placed", "open", "placed"]
    for refused in heard()[1:3]:
        assert "converted or resized" in refused["text"] and refused["ways"] == ["new-image", "again"]
    assert "drawn" not in heard()[4]
    (mask, repaired, *_) = image.get_layers()
    assert mask.get_width() == repaired.get_width() == 200


def check_layer_that_cannot_be_started_from_again():
    image, photo = _scanned()

    def lose():
        _paint(photo)
        image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 8, False, False, "")

    plan(done([BOX], "fill"), done([BOX], "fill", way="again"), done([BOX], "fill", way="new-image"))
    with _shown() as shown:
        while_open("restore", image, photo, lose)
    told = [message for message in heard() if message["type"] == "refused"]
    assert told[0]["ways"] == ["new-image", "again"] and told[1]["ways"] == []
    assert "indexed colours" in told[1]["text"] and scene.tree(shown[0]) == RESULTS


def check_photo_that_is_locked_meanwhile_can_have_a_layer():
    image, photo = _scanned()
    plan(done([BOX], "photo", settings=IN_PLACE), done([BOX], "fill"))
    while_open("restore", image, photo, lambda: photo.set_lock_content(True))
    text, ways = _said("open", "refused", "placed")
    assert "is locked. Choose “New layer” as result" in text and ways == ["layer"]
    assert scene.tree(image) == [*RESULTS, "below"]


def check_kept_mask_of_a_closed_image_or_a_deleted_layer():
    kept = {**CANCELLED, "mask": [BOX]}
    on_top, new = ({"say": {"type": "cancelled", "way": way}, "mask": [BOX]} for way in ("on-top", "new-image"))
    image, photo = _scanned()
    plan(kept, new)
    with _shown() as shown:
        _left("restore", image, photo, image.delete)
    assert _said("open", "refused", "placed") == (CLOSED, ["new-image", "discard"])
    assert scene.tree(shown[0]) == ["Damage mask (scan)", "scan"]
    image, photo = _scanned()
    plan(kept, on_top)
    _left("restore", image, photo, lambda: image.remove_layer(photo))
    assert scene.tree(image) == ["Damage mask (scan)", "scan", "below"]
    image, photo = _scanned()
    plan(kept)
    _left("restore", image, photo, lambda: _paint(photo))  # a mask does not mind
    assert scene.tree(image) == ["Damage mask (scan)", "scan", "below"]

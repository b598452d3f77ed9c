"""Layers of every other kind: beside the canvas, tiny, locked in their place, pages of one scan, text and links."""

import os
import tempfile
from pathlib import Path

from gi.repository import Gimp, Gio

import scene
from failure import Failure
from runs import IN_PLACE, SETTINGS, meanwhile, one_engine, restore

FOLDER = Path(tempfile.mkdtemp(dir=Path(os.environ["DAGUERRE_DATA"]).parent))
SIZE = (scene.WIDTH, scene.HEIGHT)
TEXT = b'(text "Lyon, 1901")\n(font "Sans-serif")\n(font-size 18)\n(font-size-unit pixels)\n'
WITH_LINKS = hasattr(Gimp, "LinkLayer")


def _group_in(image):
    group = Gimp.GroupLayer.new(image, "album")
    assert image.insert_layer(group, None, 0)
    return group


def _file(name):
    return Gio.File.new_for_path(str(FOLDER / name))


def check_layers_beside_the_canvas_and_beyond_its_edge():
    with one_engine():
        for at in ((300, 200), (-200, -150)):
            image = scene.image_of(size=(100, 100))
            photo = scene.photo_in(image, size=SIZE, at=at)
            before = scene.samples(photo)
            placed = restore(image, photo)
            assert placed.layer.get_offsets() == placed.mask.get_offsets() == photo.get_offsets()
            assert any(scene.alpha(placed.layer)) and scene.samples(photo) == before
            channel = restore(image, photo, {**SETTINGS, "steps": "detect", "mask-as": "channel"}).mask
            assert (channel.get_width(), channel.get_height()) == (100, 100)
            restore(image, photo, IN_PLACE)
            assert scene.samples(photo) != before


def check_tiny_layers():
    with one_engine():
        for size in ((1, 1), (1, 40), (40, 1), (3, 3)):
            image = scene.image_of(grey=size[0] == 1, size=(50, 50))
            photo = scene.layer_in(image, alpha=True, size=size)
            photo.fill(Gimp.FillType.WHITE)
            before = scene.samples(photo)
            assert restore(image, photo).layer is None
            restore(image, photo, IN_PLACE)
            assert scene.samples(photo) == before, size


def check_locked_place_and_visibility():
    image = scene.image_of(size=(400, 300))
    group = _group_in(image)
    photo = scene.photo_in(image, parent=group, size=SIZE, at=(50, 40))
    for item in (photo, group):
        item.set_lock_position(True)
        item.set_lock_visibility(True)
    placed = restore(image, photo)
    assert placed.layer.get_offsets()[1:] == placed.mask.get_offsets()[1:] == photo.get_offsets()[1:] == (50, 40)
    assert placed.layer.get_visible() and not placed.mask.get_visible()


def check_layer_mask_in_a_locked_group():
    image = scene.image_of()
    group = _group_in(image)
    photo = scene.photo_in(image, parent=group)
    theirs = photo.create_mask(Gimp.AddMaskType.BLACK)
    photo.add_mask(theirs)
    group.set_lock_content(True)
    repaired = restore(image, photo).layer
    assert scene.samples(repaired.get_mask()) == scene.samples(theirs)


def check_pages_of_one_scan():
    image = scene.image_of()
    pages = [scene.photo_in(image, name=f"Page {number}") for number in (1, 2, 3)]
    pages[1].set_visible(False)
    before = [scene.samples(page) for page in pages]
    with one_engine():
        for page in pages:
            restore(image, page)
    assert [scene.samples(page) for page in pages] == before
    assert scene.tree(image) == [
        name.format(f"Page {number}") for number in (3, 2, 1) for name in ("Damage mask ({})", "Repaired ({})", "{}")
    ]


def check_groups_that_are_empty_hidden_or_passed_through():
    image = scene.image_of()
    group = _group_in(image)
    with one_engine():
        assert restore(image, group).layer is None
        photo = scene.photo_in(image, parent=group)
        photo.set_visible(False)
        assert restore(image, group).layer is None
        photo.set_visible(True)
        group.set_mode(Gimp.LayerMode.PASS_THROUGH)
        assert restore(image, group).layer.get_name() == "Repaired (album)"


def _text_layer():
    """A layer becomes a text layer when a file is opened: fonts, which a new one needs, are not loaded here."""
    image = scene.image_of()
    scene.photo_in(image).attach_parasite(Gimp.Parasite.new("gimp-text-layer", Gimp.PARASITE_PERSISTENT, TEXT))
    assert Gimp.file_save(scene.NONINTERACTIVE, image, _file("text.xcf"), None)
    opened = Gimp.file_load(scene.NONINTERACTIVE, _file("text.xcf"))
    text = opened.get_layers()[0]
    assert text.is_text_layer()
    return opened, text


def _link_layer():
    image = scene.image_of()
    scene.photo_in(image)
    assert Gimp.file_save(scene.NONINTERACTIVE, image, _file("scan.png"), None)
    link = Gimp.LinkLayer.new(image, _file("scan.png"))
    assert image.insert_layer(link, None, 0) and link.is_link_layer()
    return image, link


def _vector_layer():
    """A vector layer with a line and a speck that a detector finds."""
    image = scene.image_of()
    path = Gimp.Path.new(image, "line")
    for points in ([40, 30, 40, 30, 40, 30, 60, 150, 60, 150, 60, 150], [150, 90] * 3 + [154, 92] * 3):
        path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, points, False)
    assert image.insert_path(path, None, 0)
    drawn = Gimp.VectorLayer.new(image, path)
    assert image.insert_layer(drawn, None, 0) and drawn.is_vector_layer()
    drawn.refresh()
    return image, drawn


def check_vector_layer_gets_results_above_it():
    """As it shows: its strokes are what is looked at. It stays a vector layer, which follows its path."""
    if not hasattr(Gimp, "VectorLayer"):
        return
    image, drawn = _vector_layer()
    before, path = scene.samples(drawn), drawn.get_path()
    assert any(scene.alpha(drawn))
    with one_engine():
        placed = [restore(image, drawn, {**SETTINGS, "steps": steps}) for steps in ("detect", "detect,repair")]
    results = [layer for layer in image.get_layers() if layer.get_id() != drawn.get_id()]
    assert results and {made.mask.get_id() for made in placed} <= {layer.get_id() for layer in results}
    assert image.get_layers()[-1].get_id() == drawn.get_id()
    for layer in results:
        assert layer.get_offsets() == drawn.get_offsets() and not layer.is_vector_layer()
        assert (layer.get_width(), layer.get_height()) == (drawn.get_width(), drawn.get_height())
    assert drawn.is_vector_layer() and not drawn.is_rasterized() and scene.samples(drawn) == before
    assert drawn.get_path().get_id() == path.get_id()
    seen = Gimp.Layer.new_from_drawable(drawn, image)
    assert scene.samples(seen) == before
    seen.delete()


def check_layers_that_are_drawn_anew():
    """They stay what they are: a result is a layer of its own, and nothing goes into theirs."""
    for kind, made in (("text", _text_layer), ("link", _link_layer))[: 1 + WITH_LINKS]:
        image, layer = made()
        before = scene.samples(layer)
        try:
            restore(image, layer, IN_PLACE)
        except Failure as failure:
            assert failure.text.startswith(f"The {kind} layer “") and failure.kind == "person"
        else:
            raise AssertionError(kind)
        placed = restore(image, layer)
        assert placed.layer.get_offsets() == layer.get_offsets() and scene.samples(layer) == before
        assert getattr(layer, f"is_{kind}_layer")()


def check_two_runs_at_once():
    image = scene.image_of()
    photo = scene.photo_in(image)
    before = scene.samples(photo)
    with meanwhile(lambda: scene.done("restore", image, photo)):
        restore(image, photo)
    results = ["Damage mask (scan)", "Repaired (scan)", "Damage mask (scan) #1", "Repaired (scan) #1"]
    assert scene.tree(image) == [*results, "scan"] and scene.samples(photo) == before


def check_photo_that_was_painted_on_meanwhile_is_not_written_over():
    image = scene.image_of()
    photo = scene.photo_in(image)
    with meanwhile(lambda: photo.fill(Gimp.FillType.WHITE)):
        try:
            restore(image, photo, IN_PLACE)
        except Failure as failure:
            assert failure.text == "The layer was changed meanwhile."
        else:
            raise AssertionError("it was written over")
    assert set(scene.samples(photo)) == {255} and scene.tree(image) == ["scan"]
    restore(image, photo, IN_PLACE)

"""Layers with filters of GIMP's own: a remark, and the same results as without them; the filters stay."""

from gi.repository import Gimp

import job
import scene
from core import tools
from runs import IN_PLACE, SETTINGS
from window_plans import CANCELLED, done, heard, plan

INTERACTIVE = Gimp.RunMode.INTERACTIVE
REMARK = "The layer's filters are not included here. To include them, merge the filters in GIMP first."
BOX = [30, 40, 20, 10]
NEW_IMAGE = {**SETTINGS, "output": "new-image"}
COLORIZE = {**tools.defaults(tools.COLORIZE), **scene.PLAIN}

plan()


def _photo(filtered=True, shows=True, **options):
    """A scratched photo, with a filter that turns its tones round: the image and the photo."""
    image = scene.image_of(**options)
    photo = scene.photo_in(image)
    if filtered:
        _turn_round(photo, shows)
    return image, photo


def _turn_round(layer, shows=True):
    effect = Gimp.DrawableFilter.new(layer, "gegl:invert-gamma", "turned round")
    layer.append_filter(effect)
    if not shows:
        effect.set_visible(False)
        effect.update()


def _run(image, photo, settings=SETTINGS, tool=tools.RESTORE):
    return job.Job(tool, image, [photo]).run(settings)


def _turned(samples):
    return bytes(255 - sample for sample in samples)


def _keeps_its_filter(layer):
    (effect,) = layer.get_filters()
    assert effect.get_name() == "turned round" and effect.get_visible()


def check_the_remark_is_made_where_filters_show():
    for tool, settings in ((tools.RESTORE, SETTINGS), (tools.RESTORE, IN_PLACE), (tools.RESTORE, NEW_IMAGE)):
        assert _run(*_photo(), settings, tool).notes == [REMARK]
    assert _run(*_photo(), COLORIZE, tools.COLORIZE).notes == [REMARK]
    assert _run(*_photo(shows=False)).notes == []
    assert _run(*_photo(filtered=False)).notes == []


def check_new_layers_are_those_of_the_layers_own_pixels():
    made = []
    for filtered in (True, False):
        image, photo = _photo(filtered)
        before = scene.samples(photo)
        placed = _run(image, photo).placed
        assert scene.samples(photo) == before
        assert scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"]
        assert not placed.layer.get_filters() and not placed.mask.get_filters()
        made.append((scene.samples(placed.layer), scene.samples(placed.mask)))
        if filtered:
            _keeps_its_filter(photo)
    assert made[0] == made[1] and any(scene.alpha(placed.layer))


def check_in_place_the_filters_show_over_the_repaired_pixels():
    for grey in (False, True):
        repaired = []
        for filtered in (True, False):
            image, photo = _photo(filtered, grey=grey)
            before = scene.samples(photo)
            _run(image, photo, IN_PLACE)
            repaired.append(scene.samples(photo))
            assert repaired[-1] != before
            shown = scene.visible(image)
            if filtered:
                _keeps_its_filter(photo)
                kind = "Y' u8" if grey else "R'G'B' u8"
                seen = Gimp.Layer.new_from_visible(image, image, "seen")
                assert scene.apart(scene.samples(seen, kind), _turned(repaired[-1])) <= 1
                seen.delete()
            else:
                plain = shown
        assert repaired[0] == repaired[1] and shown == plain


def check_a_grey_photo_becomes_coloured_below_its_filters():
    coloured = []
    for filtered in (True, False):
        image, photo = _photo(filtered, grey=True)
        _run(image, photo, {**COLORIZE, "output": "in-place"}, tools.COLORIZE)
        assert image.get_base_type() == Gimp.ImageBaseType.RGB
        coloured.append(scene.samples(photo))
        if filtered:
            _keeps_its_filter(photo)
    assert coloured[0] == coloured[1]


def check_a_new_image_has_the_photo_without_its_filters():
    image, photo = _photo()
    before, shown = scene.state(image), scene.samples(photo)
    placed = _run(image, photo, NEW_IMAGE).placed
    (made,) = [layer for layer in placed.layer.get_image().get_layers() if layer.get_name() == "scan"]
    assert scene.state(image) == before and scene.samples(photo) == shown
    _keeps_its_filter(photo)
    assert not made.get_filters() and placed.changed
    plain_image, plain = _photo(filtered=False)
    _run(plain_image, plain, IN_PLACE)
    assert scene.samples(made) == scene.samples(plain)


def check_found_damage_as_the_layers_own_mask():
    image, photo = _photo()
    settings = {**tools.defaults(tools.DETECT), "model": "classical", "mask-as": "layer-mask"}
    assert any(scene.samples(_run(image, photo, settings, tools.DETECT).placed.mask))
    _keeps_its_filter(photo)
    assert not photo.get_apply_mask()


def check_a_group_with_filters_and_a_photo_with_filters_in_it():
    image, group = scene.grouped_photo()
    photo = group.get_children()[0]
    _turn_round(group)
    assert _run(image, group).notes == [REMARK] and scene.tree(image)[-1] == ["album", ["scan"]]
    assert _run(image, photo).notes == []  # what its group has lies over the results as well
    _turn_round(photo)
    assert _run(image, group).notes == [REMARK]


def check_the_window_is_told_and_says_it_itself():
    for image, photo, filtered in ((*_photo(), True), (*_photo(shows=False), False)):
        plan(CANCELLED)
        scene.call("restore", image, photo, run_mode=INTERACTIVE)
        assert heard()[0]["filters"] is filtered
    image, photo = _photo()
    plan(done([BOX], "photo", settings={**tools.defaults(tools.RESTORE), "output": "in-place"}))
    assert scene.call("restore", image, photo, run_mode=INTERACTIVE)[0] == Gimp.PDBStatusType.SUCCESS
    _keeps_its_filter(photo)

"""Results in a new image: from scripts, from last values and from the window; the photo's own image is not touched."""

from gi.repository import Gimp

import job
import links
import scene
from core import tools
from failure import Failure
from runs import one_engine
from window_plans import CANCELLED, done, heard, plan

INTERACTIVE, LAST, SUCCESS = Gimp.RunMode.INTERACTIVE, Gimp.RunMode.WITH_LAST_VALS, Gimp.PDBStatusType.SUCCESS
BOX = [30, 40, 20, 10]
NEW = {**tools.defaults(tools.RESTORE), "detect-model": "classical", "repair-model": "telea", "output": "new-image"}
GIMPS_OWN = "GimpProcedureConfigRun-"
"""What GIMP keeps in an image after every run of a person's, whatever the plug-in did: the settings."""
WAYS = ("layer", "channel", "selection", "layer-mask", "none")

plan()


def _all_of(image, photo):
    shown = [layer.get_visible() for layer in links.every_layer(image)]
    parasites = (
        [name for name in image.get_parasite_list() if not name.startswith(GIMPS_OWN)],
        photo.get_parasite_list(),
    )
    return scene.state(image), scene.samples(photo), shown, parasites, image.get_base_type()


def _new(image, photo, run, *arguments, **settings):
    """The image that a run makes, which leaves no trace in the photo's own, and what the run answers."""
    image.clean_all()
    before, known = _all_of(image, photo), {other.get_id() for other in Gimp.get_images()}
    answers = run(*arguments, **settings)
    assert _all_of(image, photo) == before and not image.is_dirty()
    (made,) = [other for other in Gimp.get_images() if other.get_id() not in known]
    assert (made.get_width(), made.get_height()) == (image.get_width(), image.get_height())
    assert made.get_precision() == image.get_precision() and made.get_resolution() == image.get_resolution()
    assert made.get_unit().get_id() == image.get_unit().get_id()
    return made, answers


def _run(image, photo, tool="restore", **settings):
    """The same, of a run without a window: the image, and what was placed."""
    settings = {name.replace("_", "-"): value for name, value in settings.items()}
    known = tools.defaults(tools.TOOLS[tool])
    every = {name: value for name, value in {**NEW, **settings}.items() if name in known}
    run = job.Job(tools.TOOLS[tool], image, [photo])
    made, outcome = _new(image, photo, run.run, {**known, **every})
    return made, outcome.placed


def _images():
    """Photos of every kind: image, photo."""
    for precision, profile, options in (
        ("U8_NON_LINEAR", None, {}),
        ("U16_NON_LINEAR", Gimp.ColorProfile.new_rgb_adobe(), {"alpha": True}),
        ("FLOAT_LINEAR", None, {"alpha": True}),
        ("HALF_NON_LINEAR", Gimp.ColorProfile.new_rgb_adobe(), {}),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision), profile=profile)
        yield image, scene.photo_in(image, **options)
    for precision, alpha in (("U8_NON_LINEAR", False), ("U16_LINEAR", True)):
        image = scene.image_of(getattr(Gimp.Precision, precision), grey=True)
        yield image, scene.photo_in(image, alpha=alpha)
    yield scene.album()
    yield scene.grouped_photo(precision=Gimp.Precision.U16_NON_LINEAR)
    image = scene.image_of(size=(100, 100))
    yield image, scene.photo_in(image, size=(scene.WIDTH, scene.HEIGHT), at=(-20, -30))


def check_script_gets_a_new_image():
    image = scene.image_of()
    photo = scene.photo_in(image)
    made, (summary, layer, mask) = _new(
        image, photo, scene.done, "restore", image, photo, repair_model="telea", output="new-image"
    )
    again, ours = made.get_layers()[1], made.get_layers()[0]
    assert summary and (layer.get_id(), mask.get_id()) == (again.get_id(), ours.get_id())
    assert scene.tree(made) == ["Damage mask (scan)", "scan"] and scene.samples(layer) != scene.samples(photo)
    record = links.content(layer, links.RUN)
    assert record["tool"] == "restore" and record["settings"]["output"] == "new-image"
    assert not links.is_result(layer)


def check_repaired_photo_in_a_new_image():
    with one_engine():
        for image, photo in _images():
            image.set_resolution(600, 300)
            image.set_unit(Gimp.Unit.mm())
            made, placed = _run(image, photo)
            (ours, again), name = made.get_layers(), photo.get_name()
            assert (placed.layer.get_id(), placed.mask.get_id()) == (again.get_id(), ours.get_id())
            assert scene.tree(made) == [f"Damage mask ({name})", name] and not ours.get_visible()
            assert again.get_offsets() == photo.get_offsets() and again.get_format() == photo.get_format()
            assert (made.get_color_profile() is None) == (image.get_color_profile() is None)
            moved = scene.changed(scene.samples(photo), scene.samples(again), scene.pixel_bytes(photo))
            assert any(moved) and not all(moved) and any(scene.marked(ours))
            assert [one.get_id() for one in made.get_selected_layers()] == [again.get_id()]
            if not photo.is_group():
                settings = {**NEW, "output": "in-place", "mask-as": "none"}
                job.Job(tools.RESTORE, image, [photo]).run(settings)
                assert scene.samples(again) == scene.samples(photo), image.get_precision()
            for other in (made, image):
                other.delete()


def check_every_kind_of_mask_goes_with_it():
    with one_engine():
        for precision, grey in (("U8_NON_LINEAR", False), ("U16_NON_LINEAR", True), ("FLOAT_LINEAR", False)):
            image = scene.image_of(getattr(Gimp.Precision, precision), grey)
            photo = scene.photo_in(image, alpha=True)
            photo.set_lock_content(True)
            for way in WAYS:
                made, placed = _run(image, photo, mask_as=way)
                layer = placed.layer
                assert scene.tree(made) == (["Damage mask (scan)"] if way == "layer" else []) + ["scan"]
                assert len(made.get_channels()) == (way == "channel")
                assert Gimp.Selection.is_empty(made) == (way != "selection")
                assert (layer.get_mask() is not None) == (way == "layer-mask")
                assert way != "layer-mask" or not layer.get_apply_mask()
                assert (placed.mask is None) == (way in ("selection", "none"))
                made.delete()
            image.delete()


def check_every_tool_gives_a_new_image():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.select_rectangle(image, *BOX)
    with one_engine():
        for tool, more in (("repair", {"model": "telea"}), ("enhance", {}), ("colorize", scene.PLAIN)):
            made, placed = _run(image, photo, tool, **more)
            moved = scene.changed(scene.samples(photo), scene.samples(placed.layer), scene.pixel_bytes(photo))
            assert placed.mask is None and scene.tree(made) == ["scan"] and any(moved)
            places = [(at % scene.WIDTH, at // scene.WIDTH) for at, one in enumerate(moved) if one]
            rim = 6 if tool == "repair" else 0
            assert all(-rim <= x - 30 < 20 + rim and -rim <= y - 40 < 10 + rim for x, y in places), tool
            made.delete()


def check_grey_photo_is_coloured_in_a_new_image():
    with one_engine():
        for precision in ("U8_NON_LINEAR", "U16_LINEAR", "FLOAT_NON_LINEAR"):
            profile = Gimp.ColorProfile.new_d50_gray_lab_trc() if precision == "U8_NON_LINEAR" else None
            image = scene.image_of(getattr(Gimp.Precision, precision), grey=True, profile=profile)
            made, placed = _run(image, scene.photo_in(image), "colorize", **scene.PLAIN)
            assert made.get_base_type() == Gimp.ImageBaseType.RGB
            _, a, b = scene.lab(placed.layer)
            assert sum(a) / len(a) > 5 and sum(b) / len(b) > 10, precision
            made.delete()
            image.delete()


def check_what_the_layer_mask_hides_stays_hidden():
    image = scene.image_of(Gimp.Precision.U16_NON_LINEAR)
    photo = scene.photo_in(image)
    hiding = scene.hide_by_a_mask(photo)
    known = len(Gimp.get_images())
    with one_engine():
        _, placed = _run(image, photo)
        assert scene.samples(placed.layer.get_mask()) == scene.samples(hiding) and placed.layer.get_apply_mask()
        placed.layer.get_image().delete()
        try:
            _run(image, photo, mask_as="layer-mask")
        except Failure as failure:
            assert "“scan” has a layer mask already" in failure.text
        else:
            raise AssertionError("there are two layer masks")
        assert len(Gimp.get_images()) == known
        photo.set_apply_mask(False)
        _, placed = _run(image, photo)
        assert placed.layer.get_mask() is None


def check_new_image_where_nothing_was_to_be_done():
    image = scene.image_of()
    photo = scene.layer_in(image)
    photo.fill(Gimp.FillType.WHITE)
    made, placed = _run(image, photo)
    assert scene.samples(placed.layer) == scene.samples(photo) and placed.mask.get_visible()
    assert scene.tree(made) == ["Damage mask (scan)", "scan"]


def check_window_and_last_values_give_a_new_image():
    image = scene.image_of()
    photo = scene.photo_in(image)
    mask = scene.layer_in(image, name="marks", alpha=True)
    mask.fill(Gimp.FillType.TRANSPARENT)
    links.attach(mask, links.MASK, {"photo": links.photo_link(photo)})
    plan(done([BOX], "photo", settings=NEW))
    run = ("restore", image, photo)
    made, (status, _, layer, ours) = _new(image, photo, scene.call, *run, run_mode=INTERACTIVE)
    assert status == SUCCESS and scene.tree(made) == ["Damage mask (scan)", "scan"]
    assert scene.marked(ours).count(255) == 200 and not any(scene.alpha(mask))
    moved = scene.changed(scene.samples(photo), scene.samples(layer), scene.pixel_bytes(photo))
    assert sum(moved) == 200
    plan(CANCELLED)
    scene.call(*run, run_mode=INTERACTIVE)
    assert heard()[0]["settings"] == NEW
    made, (status, _, layer, ours) = _new(image, photo, scene.call, *run, run_mode=LAST)
    assert status == SUCCESS and any(scene.marked(ours)) and layer.get_image().get_id() == made.get_id()
    plan(done([BOX], "fill", settings=tools.defaults(tools.RESTORE)))
    scene.call(*run, run_mode=INTERACTIVE)  # the next check starts with the defaults


def check_hints_and_a_painted_mask_go_to_the_new_image():
    image = scene.image_of()
    photo = scene.photo_in(image)
    every = {**NEW, "steps": "detect,repair,colorize"}
    plan(done([BOX], "photo", colours=True, hints=[[5, 5, 8, 8, 200, 30, 30]], settings=every))
    made, (status, *_) = _new(image, photo, scene.call, "restore", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and scene.tree(made) == ["Damage mask (scan)", "Colour hints (scan)", "scan"]
    assert [layer.get_visible() for layer in made.get_layers()] == [False, False, True]
    plan(done([BOX], "photo", settings={**tools.defaults(tools.REPAIR), "output": "new-image"}))
    made, _ = _new(image, photo, scene.call, "repair", image, photo, run_mode=INTERACTIVE)
    assert scene.tree(made) == ["Damage mask (scan)", "scan"]
    for tool in ("restore", "repair"):
        plan(done([BOX], "fill", settings=tools.defaults(tools.TOOLS[tool])))
        scene.call(tool, image, photo, run_mode=INTERACTIVE)

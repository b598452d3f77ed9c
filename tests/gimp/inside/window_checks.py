"""Interactive runs, with a window that does what a check wants: what goes to it, and what becomes of its answers."""

import json

from gi.repository import Gegl, Gimp

import client
import links
import scene
import windowed
from core import tools
from runs import while_open
from window_plans import CANCELLED, DATA, LAST, RECORD, done, heard, plan

INTERACTIVE = Gimp.RunMode.INTERACTIVE
SUCCESS, CANCEL = Gimp.PDBStatusType.SUCCESS, Gimp.PDBStatusType.CANCEL
BOX = [30, 40, 20, 10]


def _scratched(**options):
    image = scene.image_of(**options)
    photo = scene.photo_in(image)
    image.clean_all()
    return image, photo


def _mask_over(image, photo, alpha=True, **options):
    """An empty mask layer of the photo's."""
    mask = scene.layer_in(image, name="marks", alpha=alpha, **options)
    mask.fill(Gimp.FillType.TRANSPARENT if alpha else Gimp.FillType.WHITE)
    links.attach(mask, links.MASK, {"photo": links.photo_link(photo)})
    return mask


def _boxed(boxes):
    """What a mask of these boxes marks, a byte for each pixel."""
    rows = [bytearray(scene.WIDTH) for _ in range(scene.HEIGHT)]
    for x, y, width, height in boxes:
        for row in rows[y : y + height]:
            row[x : x + width] = b"\xff" * width
    return b"".join(rows)


def check_cancel_changes_nothing():
    image, photo = _scratched()
    LAST.unlink(missing_ok=True)
    before = scene.state(image), scene.samples(photo)
    plan({"say": {"type": "progress", "fraction": 0.5, "text": "Finding damage"}}, CANCELLED)
    for tool in tools.TOOLS:
        assert scene.call(tool, image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    assert (scene.state(image), scene.samples(photo)) == before and not image.is_dirty()
    assert not LAST.exists()


def check_what_the_window_is_told():
    image, photo = _scratched()
    scene.select_rectangle(image, 10, 10, 100, 100)
    plan(CANCELLED)
    scene.call("restore", image, photo, run_mode=INTERACTIVE)
    (opened,) = heard()
    assert opened["title"] == f"{image.get_name()}: scan"
    assert opened["tool"] == "restore" and set(opened["settings"]) == set(tools.defaults(tools.RESTORE))
    assert "mask" not in opened and opened["mask_name"] == "" and opened["photo"]["selection"]
    plan(CANCELLED)
    scene.call("repair", image, photo, run_mode=INTERACTIVE)
    (opened,) = heard()
    assert opened["mask"] and opened["mask_name"] == "" and "selection" not in opened["photo"]
    plan(done([BOX]))
    scene.call("detect", image, photo, run_mode=INTERACTIVE)
    mask = image.get_layers()[0]
    plan(CANCELLED)
    for tool, active in (("detect", photo), ("repair", mask), ("restore", photo), ("restore", mask)):
        scene.call(tool, image, active, run_mode=INTERACTIVE)
    assert len(heard()) == 4
    for opened in heard():
        assert opened["mask_name"] == "Damage mask (scan)" and opened["drawn"] == 200 and opened["photo"]["selection"]


def check_repair_without_a_mask_opens_all_the_same():
    image, photo = _scratched()
    plan(done([BOX], "fill"))
    status, _, layer, mask = scene.call("repair", image, photo, run_mode=INTERACTIVE)
    assert status == SUCCESS and scene.marked(mask) == scene.alpha(layer) == _boxed([BOX])
    assert scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"] and not mask.get_visible()


def check_selection_that_was_the_mask_makes_no_layer_unless_it_was_painted_on():
    image, photo = _scratched()
    scene.select_rectangle(image, *BOX)
    plan(done([BOX], "fill"))
    assert scene.call("repair", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert scene.tree(image) == ["Repaired (scan)", "scan"]
    plan(done([BOX, [0, 0, 3, 3]], "fill"))
    assert scene.call("repair", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert scene.tree(image) == ["Repaired (scan)", "Damage mask (scan)", "Repaired (scan) #1", "scan"]


def check_settings_come_back():
    image, photo = _scratched()
    changed = {**tools.defaults(tools.DETECT), "sensitivity": 0.75, "model": "classical", "mask-as": "channel"}
    changed["areas"] = False
    plan(done([BOX], settings=changed))
    assert scene.call("detect", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert scene.tree(image) == ["scan"] and len(image.get_channels()) == 1
    assert json.loads(LAST.read_text(encoding="utf-8"))["detect"] == changed
    plan(CANCELLED)
    scene.call("detect", image, photo, run_mode=INTERACTIVE)
    assert heard()[0]["settings"] == changed  # from GIMP's own last values
    status, _, _, channel = scene.call("detect", image, photo, run_mode=Gimp.RunMode.WITH_LAST_VALS)
    assert status == SUCCESS and len(image.get_channels()) == 2 and any(scene.samples(channel))
    plan(done([BOX], settings=tools.defaults(tools.DETECT)))
    scene.call("detect", image, photo, run_mode=INTERACTIVE)


def check_in_place():
    image, photo = _scratched(precision=Gimp.Precision.U16_NON_LINEAR)
    before = scene.samples(photo)
    plan(done([BOX], "photo", settings={**tools.defaults(tools.RESTORE), "output": "in-place"}))
    status, _, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    moved = scene.changed(before, scene.samples(photo), scene.pixel_bytes(photo))
    assert status == SUCCESS and layer is None and bytes(255 * one for one in moved) == _boxed([BOX])
    assert scene.tree(image) == ["Damage mask (scan)", "scan"] and not mask.get_visible()
    assert [message["type"] for message in heard()] == ["open", "placed"]


def check_empty_mask_says_so():
    image, photo = _scratched()
    plan(done([], text="No damage was found.", facts={"found": 0}))
    status, summary, layer, mask = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    assert (status, summary, layer) == (SUCCESS, "No damage was found.", None) and mask.get_visible()


def _editable_masks():
    """Images with a photo and an opened mask that Detect did not make just so: (image, photo, mask)."""
    for precision, grey, alpha, profile in (
        ("U8_NON_LINEAR", False, True, None),
        ("U16_LINEAR", False, True, Gimp.ColorProfile.new_rgb_adobe()),
        ("FLOAT_PERCEPTUAL", False, False, None),
        ("U8_NON_LINEAR", True, True, None),
        ("DOUBLE_LINEAR", True, False, Gimp.ColorProfile.new_d50_gray_lab_trc()),
    ):
        image = scene.image_of(getattr(Gimp.Precision, precision), grey, profile=profile)
        photo = scene.photo_in(image)
        mask = _mask_over(image, photo, alpha=alpha, size=(300, 250), at=(-10, -20))
        if not alpha:
            mask.get_buffer().set(Gegl.Rectangle.new(0, 0, 300, 250), "R'G'B' u8", bytes(3 * 300 * 250))
        yield image, photo, mask


def _draw(mask, x, y, width, height, colour):
    """Paint into a mask layer, from a place of the photo; colour is sRGB and alpha."""
    buffer = mask.get_buffer()
    buffer.set(Gegl.Rectangle.new(x + 10, y + 20, width, height), "R'G'B'A u8", bytes(colour) * (width * height))
    buffer.flush()
    mask.update(0, 0, mask.get_width(), mask.get_height())


def check_opened_mask_layer_is_changed_in_place():
    for image, photo, mask in _editable_masks():
        _draw(mask, 0, 0, 8, 8, (255, 40, 40, 255))  # stays damage
        _draw(mask, 20, 0, 8, 8, (255, 40, 40, 255))  # is taken away
        _draw(mask, 40, 0, 8, 8, (60, 60, 60, 200))  # somebody's dark paint: no damage
        _draw(mask, -10, -20, 5, 5, (255, 255, 255, 255))  # beside the photo
        mask.set_opacity(35)
        mask.set_mode(Gimp.LayerMode.MULTIPLY)
        mask.set_lock_alpha(True)
        scene.select_rectangle(image, 100, 100, 50, 50)
        chosen = scene.samples(image.get_selection())
        before, size = scene.samples(mask), scene.pixel_bytes(mask)
        wanted = [[0, 0, 8, 8], [60, 90, 70, 30]]
        plan(done(wanted))
        status, _, layer, answered = scene.call("detect", image, mask, run_mode=INTERACTIVE)
        assert status == SUCCESS and layer is None and answered.get_id() == mask.get_id()
        assert scene.tree(image) == ["marks", "scan"]
        assert (round(mask.get_opacity()), mask.get_mode()) == (35, Gimp.LayerMode.MULTIPLY)
        assert mask.get_lock_alpha() and scene.samples(image.get_selection()) == chosen
        after = scene.changed(before, scene.samples(mask), size)
        moved = {(at % 300 - 10, at // 300 - 20) for at, one in enumerate(after) if one}
        expected = {(x, y) for x in range(20, 28) for y in range(8)}
        expected |= {(x, y) for x in range(60, 130) for y in range(90, 120)}
        assert moved == expected
        plan(CANCELLED)
        scene.call("detect", image, photo, run_mode=INTERACTIVE)
        marks = scene.marked(mask)
        inside = b"".join(marks[(y + 20) * 300 + 10 :][: scene.WIDTH] for y in range(scene.HEIGHT))
        assert inside == _boxed(wanted)
        image.delete()


def check_mask_layer_that_is_too_small_grows():
    image, photo = _scratched()
    mask = _mask_over(image, photo, size=(50, 40), at=(100, 60))
    mask.fill(Gimp.FillType.WHITE)
    plan(done([[100, 60, 50, 40], BOX]))
    scene.call("detect", image, photo, run_mode=INTERACTIVE)
    assert mask.get_offsets()[1:] == (0, 0) and scene.marked(mask) == _boxed([[100, 60, 50, 40], BOX])
    assert scene.samples(mask)[:4] == bytes(4)


def check_mask_layer_that_was_not_changed_stays_as_it_is():
    image, photo = _scratched()
    plan(done([BOX]))
    _, _, _, mask = scene.call("detect", image, photo, run_mode=INTERACTIVE)
    before = scene.samples(mask)
    plan(done([BOX], "fill"))
    _, _, layer, _ = scene.call("repair", image, photo, run_mode=INTERACTIVE)
    assert scene.samples(mask) == before and not mask.get_visible() and layer is not None
    assert scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"]


def check_painted_mask_is_kept_on_cancel():
    image, photo = _scratched()
    plan({**CANCELLED, "mask": [BOX]})
    assert scene.call("restore", image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    assert scene.tree(image) == ["Damage mask (scan)", "scan"]
    mask = image.get_layers()[0]
    assert scene.marked(mask) == _boxed([BOX]) and mask.get_visible()
    plan({**CANCELLED, "mask": [[0, 0, 9, 9]]})
    assert scene.call("repair", image, mask, run_mode=INTERACTIVE)[0] == CANCEL
    assert scene.tree(image) == ["Damage mask (scan)", "scan"]
    assert scene.marked(mask) == _boxed([[0, 0, 9, 9]])
    mask.set_lock_content(True)
    plan({**CANCELLED, "mask": [BOX]})
    assert scene.call("repair", image, mask, run_mode=INTERACTIVE)[0] == CANCEL
    assert len(image.get_layers()) == 3 and scene.marked(mask) == _boxed([[0, 0, 9, 9]])


def check_locked_mask_is_refused_and_the_window_asks_again():
    image, photo = _scratched()
    mask = _mask_over(image, photo)
    plan(done([BOX]), done([BOX]))
    while_open("detect", image, mask, lambda: mask.set_lock_content(True), lambda: mask.set_lock_content(False))
    said = heard()
    assert [message["type"] for message in said] == ["open", "refused", "placed"]
    assert said[1]["text"] == ("The mask layer “marks” or its group is locked. Unlock it in GIMP, then try again.")
    assert scene.marked(mask) == _boxed([BOX])


def check_locked_photo_is_refused_and_may_be_left():
    image, photo = _scratched()
    before = scene.samples(photo)
    in_place = {**tools.defaults(tools.RESTORE), "output": "in-place"}
    plan(done([BOX], "photo", settings=in_place), {**CANCELLED, "mask": [BOX]})
    try:
        while_open("restore", image, photo, lambda: photo.set_lock_content(True))
    except client.Cancelled:
        pass
    else:
        raise AssertionError("it was not cancelled")
    assert [message["type"] for message in heard()] == ["open", "refused", "placed"] and "locked" in heard()[1]["text"]
    assert scene.samples(photo) == before and scene.tree(image) == ["Damage mask (scan)", "scan"]


def check_deleted_mask_layer_comes_back_as_a_new_one():
    image, photo = _scratched()
    mask = _mask_over(image, photo)
    plan(done([BOX]))
    outcome = while_open("detect", image, mask, lambda: image.remove_layer(mask))
    assert scene.tree(image) == ["Damage mask (scan)", "scan"]
    assert scene.marked(outcome.placed.mask) == _boxed([BOX])


def check_window_that_lies_is_refused():
    image, photo = _scratched()
    before = scene.state(image)
    plan(
        done([BOX], settings={"sensitivity": 7}),
        done([BOX], settings=[1]),
        {"say": {"type": "done"}},
        {"say": {"type": "done", "files": {"mask": "../../installation.json"}}},
        {"say": {"type": "done", "files": {"mask": "photo.npy"}}},
        {"say": {"type": "done", "files": ["mask.npy"]}},
        CANCELLED,
    )
    assert scene.call("detect", image, photo, run_mode=INTERACTIVE)[0] == CANCEL
    assert [message["type"] for message in heard()] == ["open"] + ["refused"] * 6
    assert scene.state(image) == before and not image.is_dirty()


def check_window_that_ends_or_talks_nonsense():
    image, photo = _scratched()
    for step, said in (
        ({"end": 0}, "window ended by itself"),
        ({"raw": "good morning"}, "went wrong"),
        ({"say": {"type": "hello again"}}, "went wrong"),
        ({"say": {"type": "failed", "kind": "person", "text": "It is too late."}}, "It is too late."),
    ):
        plan({"say": {"type": "progress", "fraction": "much"}}, step)
        assert said in scene.refused("detect", image, photo, run_mode=INTERACTIVE)
    assert not list((DATA / "jobs").glob("job-*"))


def check_without_a_window_the_last_values_are_taken():
    image, photo = _scratched()
    fast = {**tools.defaults(tools.RESTORE), "detect-model": "classical"}
    plan(done([], settings=fast))
    scene.call("restore", *_scratched(), run_mode=INTERACTIVE)
    for why in ({"end": 1}, {"say": {"type": "failed", "kind": "installation", "text": "There is no such screen."}}):
        plan(why)
        assert scene.call("restore", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    assert len(image.get_layers()) == 5
    plan({"end": 1})
    assert "no damage mask" in scene.refused("repair", *_scratched(), run_mode=INTERACTIVE)


def check_why_there_is_no_window():
    plan({"end": 1})
    assert "there is no display here" in windowed.why_no_window()
    program = DATA / "python-without"
    for broken, said in (
        ("ModuleNotFoundError: No module named 'PyQt6'", "PyQt6 is missing"),
        ("ImportError: libEGL.so.1: cannot open shared object file: No such file or directory", "lacks libEGL.so.1:"),
    ):
        program.write_text(f'#!/bin/sh\necho "Traceback\n{broken}" >&2\nexit 1\n', encoding="utf-8")
        program.chmod(0o755)
        RECORD.write_text(json.dumps({"python": str(program), "version": "test"}), encoding="utf-8")
        assert said in windowed.why_no_window()


def check_shortcuts_take_the_last_values():
    image, photo = _scratched()
    plan()
    assert "no damage mask" in scene.refused("repair-with-mask", image, photo)
    restore = {**tools.defaults(tools.RESTORE), "detect-model": "classical", "mask-as": "channel", "repair-grow": 0.0}
    repair = {**tools.defaults(tools.REPAIR), "output": "in-place"}
    LAST.write_text(json.dumps({"restore": {**restore, "gone": 1, "repair-feather": "x"}, "repair": repair}))
    before = scene.samples(photo)
    scene.select_rectangle(image, 0, 30, scene.WIDTH, 60)
    chosen = scene.samples(image.get_selection())
    status, _, layer, channel = scene.call("restore-in-place", image, photo)
    assert status == SUCCESS and layer is None and isinstance(channel, Gimp.Channel)
    rows = {
        at // scene.WIDTH
        for at, one in enumerate(scene.changed(before, scene.samples(photo), scene.pixel_bytes(photo)))
        if one
    }
    assert rows and min(rows) >= 30 and max(rows) < 90 and scene.samples(image.get_selection()) == chosen
    Gimp.Selection.none(image)
    before = scene.samples(photo)
    mask = _mask_over(image, photo)
    scene.select_rectangle(image, *BOX)
    mask.edit_fill(Gimp.FillType.WHITE)
    Gimp.Selection.none(image)
    status, _, layer, _ = scene.call("repair-with-mask", image, mask)
    assert status == SUCCESS and layer is None and scene.samples(photo) != before
    for damaged in ("{", "[]", '{"restore": 3}', '{"restore": {"steps": "paint"}}'):
        LAST.write_text(damaged)
        assert scene.call("repair-with-mask", image, mask)[2] is not None  # the default is a new layer


def check_last_values_survive_what_cannot_be_written():
    image, photo = _scratched()
    LAST.unlink(missing_ok=True)
    LAST.mkdir()
    try:
        plan(done([BOX]))
        assert scene.call("detect", image, photo, run_mode=INTERACTIVE)[0] == SUCCESS
    finally:
        LAST.rmdir()
    assert not list(DATA.glob("last-values.*"))


def check_layer_mask_of_the_photo_hides_the_repair_too():
    image, photo = _scratched(precision=Gimp.Precision.U16_NON_LINEAR)
    hiding = photo.create_mask(Gimp.AddMaskType.WHITE)
    photo.add_mask(hiding)
    kind = hiding.get_format()
    hiding.get_buffer().set(Gegl.Rectangle.new(0, 0, 40, 180), scene.Babl.get_name(kind), bytes(2 * 40 * 180))
    hiding.update(0, 0, 240, 180)
    plan(done([BOX], "fill"))
    _, _, layer, _ = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    assert scene.samples(layer.get_mask()) == scene.samples(hiding)
    assert not layer.get_edit_mask() and layer.get_apply_mask()
    photo.set_apply_mask(False)
    plan(done([BOX], "fill"))
    _, _, layer, _ = scene.call("restore", image, photo, run_mode=INTERACTIVE)
    assert layer.get_mask() is None

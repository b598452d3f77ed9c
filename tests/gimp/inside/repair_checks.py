"""What Detect and Repair put into images, and where Repair takes its mask from."""

from gi.repository import Gegl, Gimp

import scene

REACH = 5
"""Further than this from the mask the default grow and feather do not get."""


def check_detect_makes_an_empty_mask_where_nothing_is_found():
    image = scene.image_of()
    photo = scene.layer_in(image)
    photo.fill(Gimp.FillType.WHITE)
    summary, layer, mask = scene.done("detect", image, photo)
    assert summary and layer is None and mask.get_visible()
    assert not any(scene.samples(mask))
    assert [chosen.get_id() for chosen in image.get_selected_layers()] == [mask.get_id()]


def check_detect_on_white_marks_in_the_colour():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, _, mask = scene.done("detect", image, photo)
    assert mask.get_visible() and round(mask.get_opacity()) == 60
    values = scene.samples(mask)
    assert {values[at : at + 4] for at in range(0, len(values), 4)} == {bytes(4), b"\x56\xb4\xe9\xff"}


def check_repair_with_a_mask_edited_by_hand():
    image = scene.image_of()
    photo = scene.photo_in(image)
    _, _, mask = scene.done("detect", image, photo)
    buffer = mask.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, 240, 180), "R'G'B'A u8", bytes(240 * 180 * 4))
    buffer.set(Gegl.Rectangle.new(20, 20, 10, 10), "R'G'B'A u8", b"\xff\xee\x80\xff" * 100)  # light: damage
    buffer.set(Gegl.Rectangle.new(60, 20, 10, 10), "R'G'B'A u8", b"\x00\x00\x00\xff" * 100)  # black: none
    buffer.set(Gegl.Rectangle.new(100, 20, 10, 10), "R'G'B'A u8", b"\xff\xff\xff\x40" * 100)  # mostly erased: none
    buffer.flush()
    mask.update(0, 0, 240, 180)
    before = scene.samples(photo)
    _, repaired, made = scene.done("repair", image, image.get_selected_layers())
    assert made is None and scene.tree(image) == ["Damage mask (scan)", "Repaired (scan)", "scan"]
    assert scene.samples(photo) == before and not mask.get_visible()
    cover = scene.alpha(repaired)
    filled = {(at % 240, at // 240) for at in range(len(cover)) if cover[at]}
    assert {(x, y) for x in range(20, 30) for y in range(20, 30)} <= filled
    assert all(20 - REACH <= x < 30 + REACH and 20 - REACH <= y < 30 + REACH for x, y in filled)
    _, again, _ = scene.done("repair", image, repaired)  # a result stands for its photo
    assert scene.alpha(again) == cover


def check_repair_takes_the_mask_argument_before_all_others():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.done("detect", image, photo)
    channel = Gimp.Channel.new(image, "marks", 240, 180, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    channel.get_buffer().set(Gegl.Rectangle.new(200, 150, 5, 5), "Y' u8", b"\xff" * 25)
    picture = scene.layer_in(image, name="drawn", size=(50, 50), at=(195, 145))
    picture.fill(Gimp.FillType.WHITE)
    for mask, box in ((channel, (200, 150, 205, 155)), (picture, (195, 145, 240, 180))):
        _, repaired, _ = scene.done("repair", image, photo, mask=mask)
        cover = scene.alpha(repaired)
        filled = [(at % 240, at // 240) for at in range(len(cover)) if cover[at] == 255]
        assert (box[0], box[1]) in filled and (box[2] - 1, box[3] - 1) in filled
        assert all(x >= box[0] - REACH and y >= box[1] - REACH for x, y in filled)


def check_repair_takes_the_selection_where_there_is_no_mask():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.select_rectangle(image, 50, 60, 8, 8)
    _, repaired, _ = scene.done("repair", image, photo, grow=4.0)
    cover = scene.alpha(repaired)
    assert cover[60 * 240 + 50] == 255 and cover[60 * 240 + 49] == 255  # it is the mask, not the limit
    assert not cover[60 * 240 + 80]


def check_repair_within_a_selection():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.done("detect", image, photo)
    scene.select_rectangle(image, 0, 100, 240, 80)
    _, repaired, _ = scene.done("repair", image, photo)
    rows = {at // 240 for at, value in enumerate(scene.alpha(repaired)) if value}
    assert rows and min(rows) >= 100


def check_repair_with_a_mask_that_marks_nothing():
    image = scene.image_of()
    photo = scene.photo_in(image)
    mask = scene.layer_in(image, name="empty", alpha=True)
    summary, repaired, _ = scene.done("repair", image, photo, mask=mask)
    assert repaired is None and summary
    assert scene.tree(image) == ["empty", "scan"]


def check_mask_as_a_channel_and_as_the_selection():
    image = scene.image_of(size=(300, 200))
    photo = scene.photo_in(image, size=(scene.WIDTH, scene.HEIGHT), at=(-20, 40))
    _, _, mask = scene.done("detect", image, photo)
    marks = scene.marked(mask)
    image.remove_layer(mask)
    _, _, channel = scene.done("detect", image, photo, mask_as="channel")
    assert isinstance(channel, Gimp.Channel) and not channel.get_visible()
    assert [item.get_id() for item in image.get_channels()] == [channel.get_id()]
    assert [item.get_id() for item in image.get_selected_layers()] == [photo.get_id()]
    values = scene.samples(channel)
    for y in range(200):
        for x in range(300):
            inside = 0 <= x + 20 < scene.WIDTH and 0 <= y - 40 < scene.HEIGHT
            assert values[y * 300 + x] == (marks[(y - 40) * scene.WIDTH + x + 20] if inside else 0)
    image.remove_channel(channel)
    _, _, none = scene.done("detect", image, photo, mask_as="selection")
    assert none is None and scene.samples(image.get_selection()) == values and not image.get_channels()
    assert scene.tree(image) == ["scan"]
    assert [item.get_id() for item in image.get_selected_layers()] == [photo.get_id()]

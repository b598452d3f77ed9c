"""A repair that takes minutes: for tests that end it in the middle."""

import scene


def check_long_repair():
    image = scene.image_of(size=(1500, 1500))
    photo = scene.layer_in(image)
    mask = scene.layer_in(image, name="marks", alpha=True)
    scene.select_rectangle(image, 100, 100, 1300, 1300)
    mask.edit_fill(scene.Gimp.FillType.WHITE)
    status, text, *_ = scene.call("repair", image, photo, mask=mask, radius=100.0)
    return {
        "status": status.value_nick if hasattr(status, "value_nick") else str(status),
        "text": text,
        "tree": scene.tree(image),
    }

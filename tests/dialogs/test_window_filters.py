"""A layer with filters of GIMP's own: the window says that it shows the layer without them."""

from __future__ import annotations

from looks import Keep
from windows import Desktop, clean

SAID = "The layer's filters are not included here. To include them, merge the filters in GIMP first."


def test_the_remark_stands_over_the_photo_and_goes_when_it_is_closed(desktop: Desktop, theme: str, keep: Keep) -> None:
    desktop.open("repair", filters=True)
    assert desktop.message == "filters" and desktop.window.message.text.text() == SAID
    keep(desktop.window, f"filters-{theme}")
    desktop.click(desktop.window.message.close_button)
    assert not desktop.message


def test_a_layer_without_filters_has_no_remark(desktop: Desktop) -> None:
    desktop.open("repair")
    assert not desktop.message


def test_the_remark_returns_after_what_was_found(desktop: Desktop) -> None:
    desktop.open("detect", clean(), filters=True)
    desktop.until(lambda: desktop.message == "none-found")
    desktop.click(desktop.window.message.close_button)
    assert desktop.message == "filters"


def test_what_is_said_of_colours_is_not_kept_back(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize", clean()[..., :1], filters=True)
    desktop.until(lambda: desktop.message == "grey-image")
    desktop.click(desktop.window.message.close_button)
    assert desktop.message == "filters"

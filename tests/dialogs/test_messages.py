"""What the window says: each state in its own sentence, with what can be done about it on buttons."""

from __future__ import annotations

import pytest

from qt_dialogs import messages
from qt_dialogs.messages import Message, MessageBar


def nothing() -> None:
    return None


SAID: list[tuple[Message, str, list[str]]] = [
    (
        messages.none_found(),
        "No damage was found. Raise the sensitivity, or mark it by hand with the brush (P).",
        [],
    ),
    (
        messages.empty_mask(nothing),
        "The mask is empty, so there is nothing to repair. Detect damage first, or paint over it (P).",
        ["Find Damage"],
    ),
    (
        messages.review_first(312, "Restore", nothing),
        "312 defects await review. Go through them with Tab, or press Restore again to take them all.",
        ["Restore"],
    ),
    (
        messages.review_first(1, "Restore", nothing),
        "1 defect awaits review. Look at it with Tab, or press Restore again to take it.",
        ["Restore"],
    ),
    (
        messages.no_need(),
        "Noise, blur and fading were not found in this photo. Raise a slider above 100 % to change it anyway.",
        [],
    ),
    (
        messages.has_colour(alone=False),
        "The layer has colours of its own; only its brightness is used. Hide the new layer to see them again.",
        [],
    ),
    (
        messages.grey_image(),
        "Colour needs an RGB image. The image is converted together with the result; one undo takes both back.",
        [],
    ),
    (
        messages.no_model("mine", nothing),
        "The model “mine” is not installed. Choose another one, or add its file on the Models page.",
        ["Models"],
    ),
    (
        messages.bad_model("Mine", nothing),
        "The file of “Mine” is damaged, so it is switched off. Choose another model, or see what install.py --doctor "
        "says.",
        ["Models"],
    ),
    (
        messages.memory("Repair", nothing),
        "There was not enough memory for this photo. Close other programs and press Repair again; the mask is kept.",
        ["Repair"],
    ),
    (
        messages.disk("Repair", nothing),
        "The disk is full. Free some space and press Repair again; the mask is kept.",
        ["Repair"],
    ),
    (
        messages.crashed("Repair", nothing),
        "The computation ended by itself; photo and mask are unharmed. Press Repair again.",
        ["Repair"],
    ),
    (
        messages.no_trace(),
        "No line was found there. Zoom in and click on the scratch itself, or draw it with Line (L).",
        [],
    ),
    (
        messages.keep_work(True, False, nothing, nothing, alone=False),
        "The mask was edited by hand. Keep it in the image, or discard it.",
        ["Keep in the Image", "Discard", "Continue Editing"],
    ),
    (
        messages.found_work(True, False, "22/11/2026", nothing, nothing),
        "A mask for this photo was kept on 22/11/2026.",
        ["Use It", "Discard"],
    ),
]


@pytest.mark.parametrize(("message", "text", "buttons"), SAID, ids=lambda said: getattr(said, "name", None))
def test_each_state_has_its_sentence_and_its_buttons(
    qtbot: object, message: Message, text: str, buttons: list[str]
) -> None:
    bar = MessageBar()
    bar.say(message)
    assert bar.text.text() == text == bar.accessibleName()
    assert [action.text for action in message.actions] == buttons
    assert text.count(". ") <= 1 and text.endswith(".") and "!" not in text, "two sentences at most, and calm ones"


def test_a_button_does_what_it_says_and_ends_the_message(qtbot: object) -> None:
    pressed: list[str] = []
    bar = MessageBar()
    bar.say(messages.memory("Repair", lambda: pressed.append("again")))
    bar.press(0)
    assert pressed == ["again"] and not bar.current

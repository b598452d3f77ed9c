"""What the window says: one sentence at a time in the bar above the photo, with buttons for what can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QLocale, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from core.translation import _, ngettext

from .icons import icon


@dataclass(frozen=True)
class Action:
    """A button of a message. Pressing it takes the message away first."""

    text: str
    do: Callable[[], None]


@dataclass(frozen=True)
class Message:
    """One message. name says which it is, for those that are taken back when they are no longer true. asks: the
    person has to choose, or to know; where another message comes in between, this one returns after it.
    """

    name: str
    text: str
    actions: tuple[Action, ...] = ()
    attention: bool = True
    asks: bool = False


class MessageBar(QFrame):
    """The bar `message`: hidden while there is nothing to say."""

    dismissed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._current: Message | None = None
        self._asked: list[Message] = []
        self._icon = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.close_button = QToolButton()
        self.close_button.setText("×")
        self.close_button.setAutoRaise(True)
        self.close_button.setMinimumSize(self.close_button.sizeHint().expandedTo(QSize(24, 24)))
        self.close_button.setAccessibleName(_("Close this message"))
        self.close_button.setToolTip(_("Close this message"))
        self.close_button.clicked.connect(self._dismiss)
        self._buttons: list[QPushButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(8, 4, 4, 4)
        self._layout.addWidget(self._icon)
        self._layout.addWidget(self.text, 1)
        self._layout.addWidget(self.close_button)
        self.hide()

    @property
    def current(self) -> str:
        """The name of the message that is shown; empty where none is."""
        return self._current.name if self._current else ""

    def say(self, message: Message) -> None:
        """Show this message in the place of what is there."""
        if self._current and self._current.asks and self._current.name != message.name:
            self._asked.append(self._current)
        self._asked = [asked for asked in self._asked if asked.name != message.name]
        self._show(message)

    def _show(self, message: Message) -> None:
        self._empty()
        self._current = message
        self._show_icon()
        self.text.setText(message.text)
        for action in message.actions:
            button = QPushButton(action.text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked, chosen=action: self._press(chosen))
            self._layout.insertWidget(self._layout.count() - 1, button)
            self._buttons.append(button)
        self.setAccessibleName(message.text)
        self.show()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event and event.type() == QEvent.Type.PaletteChange and self._current:
            self._show_icon()

    def _show_icon(self) -> None:
        assert self._current
        drawn = icon("attention" if self._current.attention else "information")
        self._icon.setPixmap(drawn.pixmap(QSize(20, 20), self.devicePixelRatioF()))

    def take_back(self, *names: str) -> None:
        """Remove the message if it is one of these."""
        self._asked = [asked for asked in self._asked if asked.name not in names]
        if self.current in names:
            self._clear()

    def press(self, index: int) -> None:
        """Do what the button at this place does."""
        if self._current:
            self._press(self._current.actions[index])

    def _press(self, action: Action) -> None:
        self._clear()
        action.do()

    def _dismiss(self) -> None:
        self._clear()
        self.dismissed.emit()

    def _clear(self) -> None:
        self._empty()
        if self._asked:
            self._show(self._asked.pop())

    def _empty(self) -> None:
        self._current = None
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()
        self.hide()


def none_found() -> Message:
    return Message(
        "none-found",
        _("No damage was found. Raise the sensitivity, or mark it by hand with the brush (P)."),
        attention=False,
    )


def empty_mask(find: Callable[[], None]) -> Message:
    return Message(
        "empty-mask",
        _("The mask is empty, so there is nothing to repair. Detect damage first, or paint over it (P)."),
        (Action(_("Find Damage"), find),),
    )


def review_first(count: int, verb: str, again: Callable[[], None]) -> Message:
    """count: the defects on which nothing is decided; verb: what the button `accept` says, `again` what it does."""
    text = ngettext(
        "{n} defect awaits review. Look at it with Tab, or press {verb} again to take it.",
        "{n} defects await review. Go through them with Tab, or press {verb} again to take them all.",
        count,
    )
    text = text.format(n=QLocale().toString(count), verb=verb)
    return Message("review-first", text, (Action(verb, again),), attention=False)


def no_need() -> Message:
    return unchanged(
        _("Noise, blur and fading were not found in this photo. Raise a slider above 100 % to change it anyway.")
    )


def has_colour(alone: bool) -> Message:
    """alone: not opened from GIMP, then there is no layer."""
    if alone:
        text = _("The photo has colours of its own; only its brightness is used.")
    else:
        text = _("The layer has colours of its own; only its brightness is used. Hide the new layer to see them again.")
    return Message("has-colour", text, attention=False)


def grey_image() -> Message:
    text = _("Colour needs an RGB image. The image is converted together with the result; one undo takes both back.")
    return Message("grey-image", text, attention=False)


def filters() -> Message:
    text = _("The layer's filters are not included here. To include them, merge the filters in GIMP first.")
    return Message("filters", text, attention=False, asks=True)


def unchanged(text: str) -> Message:
    """Why enhancing changes nothing."""
    return Message("no-need", text, attention=False)


def no_trace() -> Message:
    return Message(
        "no-trace",
        _("No line was found there. Zoom in and click on the scratch itself, or draw it with Line (L)."),
        attention=False,
    )


def no_model(name: str, models: Callable[[], None]) -> Message:
    """models: shows the page Models."""
    text = _("The model “{m}” is not installed. Choose another one, or add its file on the Models page.")
    return Message("no-model", text.format(m=name), (Action(_("Models"), models),))


def default_taken(name: str, models: Callable[[], None]) -> Message:
    """A preset's model of this name is not there."""
    text = _(
        "The model “{m}” of this preset is not installed, so the default one was taken. To use it, add its file on the "
        "Models page."
    )
    return Message("no-model", text.format(m=name), (Action(_("Models"), models),))


def bad_model(title: str, models: Callable[[], None]) -> Message:
    text = _(
        "The file of “{m}” is damaged, so it is switched off. Choose another model, or see what install.py "
        "--doctor says."
    )
    return Message("bad-model", text.format(m=title), (Action(_("Models"), models),))


def crashed(verb: str, again: Callable[[], None] | None) -> Message:
    return Message(
        "crashed",
        _(
            "The computation ended by itself; photo and mask are unharmed. Press {verb} again; if it repeats, ☰ > Log "
            "has what to report."
        ).format(verb=verb),
        (Action(verb, again),) if again else (),
    )


def memory(verb: str, again: Callable[[], None] | None) -> Message:
    text = _(
        "There was not enough memory for this photo. Close other programs and press {verb} again; the mask is kept."
    )
    return Message("memory", text.format(verb=verb), (Action(verb, again),) if again else ())


def disk(verb: str, again: Callable[[], None] | None) -> Message:
    text = _("The disk is full. Free some space and press {verb} again; the mask is kept.")
    return Message("disk", text.format(verb=verb), (Action(verb, again),) if again else ())


def failed(text: str, again: Callable[[], None] | None = None) -> Message:
    """What the engine or the image said when something did not work: nothing, where the engine ended by itself."""
    said = text or _("The computation ended by itself.")
    return Message("failed", said, (Action(_("Try Again"), again),) if again else ())


def refused(text: str, ways: Mapping[str, Callable[[], None]]) -> Message:
    """Why the image did not take the result; ways: what can be done instead (core.protocol), and what does it."""
    names = {
        "new-image": _("Open as New Image"),
        "on-top": _("Add on Top"),
        "anyway": _("Add Anyway"),
        "again": _("Start Again"),
        "layer": _("Add as New Layer"),
        "discard": _("Discard"),
    }
    return Message("refused", text, tuple(Action(names[way], do) for way, do in ways.items()), asks=bool(ways))


def keep_work(mask: bool, hints: bool, keep: Callable[[], None], discard: Callable[[], None], alone: bool) -> Message:
    """Asked where the window is left with hand edits of the mask or hints that are nowhere else; alone: not opened from
    GIMP, then it is asked about one of them.
    """
    if alone and mask:
        text = _("The mask was edited by hand. Save it, or discard it.")
        first = _("Save the Mask…")
    elif alone:
        text = _("The colour hints were changed. Save them, or discard them.")
        first = _("Save the Hints…")
    else:
        if mask and hints:
            text = _("The mask and the colour hints were changed by hand. Keep them in the image, or discard them.")
        elif mask:
            text = _("The mask was edited by hand. Keep it in the image, or discard it.")
        else:
            text = _("The colour hints were changed. Keep them in the image, or discard them.")
        first = _("Keep in the Image")
    return Message(
        "keep-mask",
        text,
        (Action(first, keep), Action(_("Discard"), discard), Action(_("Continue Editing"), lambda: None)),
        asks=True,
    )


def found_work(mask: bool, hints: bool, date: str, use: Callable[[], None], discard: Callable[[], None]) -> Message:
    """mask, hints: which of them was kept for this photo."""
    if mask and hints:
        text = _("A mask and colour hints for this photo were kept on {date}.")
    elif mask:
        text = _("A mask for this photo was kept on {date}.")
    else:
        text = _("Colour hints for this photo were kept on {date}.")
    return Message(
        "found-mask",
        text.format(date=date),
        (Action(_("Use It"), use), Action(_("Discard"), discard)),
        attention=False,
        asks=True,
    )


def reviewed() -> Message:
    return Message("reviewed", _("All defects reviewed."), attention=False)


def saved(name: str) -> Message:
    return Message("saved", _("Saved as “{name}”.").format(name=name), attention=False)


def language_later() -> Message:
    return Message("language", _("The language changes when the window is opened the next time."), attention=False)


def notes(texts: list[str]) -> Message:
    """What the engine remarked on a run that went well."""
    return Message("notes", " ".join(texts), attention=False)

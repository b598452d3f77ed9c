"""Access keys: the underlined letter of a label, unique among the labels that are seen together."""

from __future__ import annotations


class AccessKeys:
    """Gives letters away, each once."""

    def __init__(self, taken: str = "") -> None:
        self._taken = set(taken.lower())

    def copy(self) -> AccessKeys:
        """As many letters taken, from here on for itself."""
        return AccessKeys("".join(self._taken))

    def marked(self, label: str) -> str:
        """The label with & before its letter: the first of a word if possible, else any; none where all are taken."""
        starts = [index for index in range(len(label)) if index == 0 or not label[index - 1].isalnum()]
        for index in [*starts, *range(len(label))]:
            letter = label[index].lower()
            if letter.isascii() and letter.isalpha() and letter not in self._taken:
                self._taken.add(letter)
                return f"{_plain(label[:index])}&{_plain(label[index:])}"
        return _plain(label)


def letter_of(text: str) -> str:
    """The access key of a text with & before its letter; empty where it has none."""
    return text.replace("&&", "").partition("&")[2][:1]


def _plain(text: str) -> str:
    return text.replace("&", "&&")

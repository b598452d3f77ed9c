"""The picture of precision against recall of every detector, for each validation set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

TITLES = {
    "lines": "Lines and specks",
    "patches": "Lost patches and tears",
    "others": "Folds, craquelure, stains, scuffs",
    "real_damaged": "Real photographs, by hand",
}
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


def draw(detectors: Mapping[str, Any], path: Path) -> None:
    """Draw the figures of evaluate_all()["detect"]: a curve over the thresholds for each detector; dots are the card's
    threshold, rings the one that marks CLEAN_SHARE of sound photos. An SVG made of the same figures is the same file.
    """
    measured = set().union(*(one["curves"] for one in detectors.values()))
    shown = [name for name in TITLES if name in measured]
    figure = Figure(figsize=(3.6 * len(shown), 3.9), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        for (detector, one), colour in zip(detectors.items(), COLOURS, strict=False):
            curve = one["curves"][name]
            axes.plot([row[2] for row in curve], [row[1] for row in curve], color=colour, label=detector)
            for place, face in (("card", colour), ("clean", "white")):
                at = one[place][name]
                axes.plot(at["recall"], at["precision"], "o", color=colour, markerfacecolor=face)
        axes.set(title=TITLES[name], xlabel="recall", xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("precision")
    figure.axes[0].legend(loc="upper right")
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "daguerre"}):
        figure.savefig(path, metadata={"Date": None})

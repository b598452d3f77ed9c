"""The figures of every model that serves a tool, and where they are shown: JSON, the cards, a page of the docs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.models.card import read_card, write_card
from core.models.registry import Registry
from core.training import curves
from core.training.evaluate import CLEAN_SHARE, clean_threshold, figures_at, look_of, measure
from core.training.evaluate import curves as curves_of
from core.training.evaluate_colorize import colorizers_of, evaluate_colorizers
from core.training.evaluate_enhance import enhancers_of, evaluate_enhancers
from core.training.evaluate_fill import WIDTHS, evaluate_fillers, fill_of
from core.training.results import replaced

COMMAND = "python -m core.training evaluate --photos PHOTOS"
PICTURE = "precision-recall.svg"
ROWS = {
    "lines": "lines and specks",
    "patches": "lost patches and tears",
    "others": "folds, craquelure, stains, scuffs",
    "foreign": "lines and specks of the second generator",
    "foreign_patches": "lost patches and torn corners of the second generator",
    "real": "real, all",
    "real_damaged": "real, more than 0.1 % damaged",
    "real_scans": "the same as scans of 9 megapixels",
}
RIVALS = {
    "aged": "as it came",
    "nlm": "non-local means, one strength for all",
    "nlm_auto_levels": "the same, auto-levels",
    "best_nlm": "non-local means, the best on each photograph",
    "best_nlm_auto_levels": "the same, auto-levels",
}
UNCOLOURED = {"grey": "grey", "spread": "the dabs spread without a network"}
SHARES = {
    "sound": "sound photographs marked, %: mean / median / worst",
    "sound_made_old": "the same made to look old",
    "real_quiet": "real, less than 0.1 % damaged: marked where nothing is",
}


def evaluate_all(models: Registry, photos: Path) -> dict[str, Any]:
    """Figures of all models of a registry, plain values for JSON: {tool: figures}."""
    return {tool: evaluate(models, photos) for tool, evaluate in EVALUATIONS.items() if models.cards(tool)}


def evaluate_detectors(models: Registry, photos: Path) -> dict[str, Any]:
    """{name: {"card": figures at the card's threshold, "clean": at CLEAN_SHARE of sound photos, "curves"}}."""
    cards = sorted(models.cards("detect"), key=lambda card: card.name != "default")
    measured = measure({card.name: look_of(card, models.load("detect", card.name)) for card in cards}, photos)
    return {
        card.name: {
            "card": figures_at(measured[card.name], card.threshold),
            "clean": figures_at(measured[card.name], clean_threshold(measured[card.name])),
            "curves": curves_of(measured[card.name]),
        }
        for card in cards
    }


def evaluate_repair(models: Registry, photos: Path) -> dict[str, Any]:
    """{width of the hole: {name: dB}}."""
    return evaluate_fillers({card.name: fill_of(models, card.name) for card in models.cards("repair")}, photos)


def evaluate_enhance(models: Registry, photos: Path, every: int = 1) -> dict[str, Any]:
    """Figures by name, the rivals among them; "photos"."""
    return evaluate_enhancers(enhancers_of(models), photos, every)


def evaluate_colorize(models: Registry, photos: Path, every: int = 1) -> dict[str, Any]:
    """Figures by name, the rivals among them; "photos"."""
    return evaluate_colorizers(colorizers_of(models), photos, every)


EVALUATIONS: dict[str, Callable[[Registry, Path], dict[str, Any]]] = {
    "detect": evaluate_detectors,
    "repair": evaluate_repair,
    "enhance": evaluate_enhance,
    "colorize": evaluate_colorize,
}
"""Of the models of each tool, all that there are beside each other."""


def write_cards(figures: dict[str, Any], folder: Path) -> None:
    """Put the figures into the cards of a folder of weights."""
    for path in sorted(folder.glob("*.toml")):
        card = read_card(path)
        own: dict[str, Any] = {}
        measured = figures.get(card.tool, {})
        if card.tool == "repair" and measured and card.name in next(iter(measured.values())):
            own = measured
        elif card.tool == "detect" and card.name in measured:
            own = measured[card.name]["card"]
        elif card.tool in ("enhance", "colorize") and card.name in measured:
            own = measured
        if own:
            write_card(replace(card, figures={"command": COMMAND, **own}), path)


def write_page(figures: dict[str, Any], docs: Path) -> None:
    """Put the tables of the tools that were measured into figures.md, and make its picture."""
    page = docs / "figures.md"
    text = page.read_text(encoding="utf-8")
    tables: dict[str, str] = {}
    if "detect" in figures:
        curves.draw(figures["detect"], docs / "pictures" / PICTURE)
        tables |= detector_tables(figures["detect"])
    if "repair" in figures:
        tables["fillers"] = filler_table(figures["repair"])
    if "enhance" in figures:
        tables["enhancers"] = enhancer_table(figures["enhance"])
    if "colorize" in figures:
        tables["colorizers"] = colorizer_table(figures["colorize"])
    for name, one in tables.items():
        text = replaced(text, name, one)
    page.write_text(text, encoding="utf-8")


def detector_tables(detectors: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The tables on finding damage, by their places in the page."""
    columns = {name: one["card"] for name, one in detectors.items()}
    for name, one in detectors.items():
        if abs(one["clean"]["threshold"] - one["card"]["threshold"]) > 0.005:
            columns[f"{name}, {100 * CLEAN_SHARE:g} % of sound photographs"] = one["clean"]
    return {
        "detectors": detector_table(columns),
        "real": real_table(columns),
        "recall": recall_table(columns),
        "calibration": calibration_table({name: one["card"] for name, one in detectors.items()}),
    }


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def detector_table(columns: dict[str, dict[str, Any]]) -> str:
    """Every set's figures, a column for each detector at one threshold."""
    rows = [["threshold", *(f"{one['threshold']:.3g}" for one in columns.values())]]
    for name, title in SHARES.items():
        percents = [one.get(f"{name}_marked_percent") for one in columns.values()]
        if all(percents):
            rows.append([title, *(f"{p['mean']:.2f} / {p['median']:.2f} / {p['worst']:.1f}" for p in percents if p)])
    for name, title in ROWS.items():
        results = [one[name] for one in columns.values() if name in one]
        if results:
            entries = [f"**{r['f1']:.3f}** ({r['precision']:.2f} / {r['recall']:.2f})" for r in results]
            rows.append([f"{title} ({results[0]['photos']}): F1 (P / R)", *entries])
    real = [one["real"] for one in columns.values() if "real" in one]
    if real:
        rows.append(["real: marked where nothing is damaged, %", *(f"{r['wrong_percent']:.2f}" for r in real)])
    return table(["", *columns], rows)


def real_table(columns: dict[str, dict[str, Any]]) -> str:
    """A row for each real photograph; none where none is marked."""
    photos = next(iter(columns.values())).get("real_photos", {})
    rows = []
    for photo, (damaged, *_) in sorted(photos.items(), key=lambda entry: -entry[1][0]):
        row = [photo, f"{damaged:.2f}"]
        for one in columns.values():
            _, wrong, f1, precision, recall = one["real_photos"][photo]
            row.append(f"{f1:.2f} ({precision:.2f} / {recall:.2f}), {wrong:.2f}")
        rows.append(row)
    return table(["", "damaged", *columns], rows) if rows else "None."


def recall_table(columns: dict[str, dict[str, Any]]) -> str:
    """Recall of every kind, a column for each detector; "lines_bright" stands for bright damage of the set lines."""
    kinds = next(iter(columns.values()))["recall"]
    rows = [
        [", ".join(kind.rsplit("_", 1)).replace("_", " "), *(f"{one['recall'][kind]:.2f}" for one in columns.values())]
        for kind in kinds
    ]
    return table(["", *columns], sorted(rows))


def calibration_table(detectors: dict[str, dict[str, Any]]) -> str:
    """A pair of rows for each detector: what it said, what was true."""
    steps = [f"{k / 10:.1f}–{(k + 1) / 10:.1f}" for k in range(10)]
    rows = []
    for name, one in detectors.items():
        by_step = {min(int(said * 10), 9): (said, true) for said, true, _ in one["calibration"]}
        for index, word in enumerate(("says", "true")):
            entries = [f"{by_step[k][index]:.2f}" if k in by_step else "" for k in range(10)]
            rows.append([f"{name} {word}", *entries])
    return table(["", *steps], rows)


def filler_table(figures: dict[str, dict[str, float]]) -> str:
    """A row for each method, best last."""
    names = sorted(next(iter(figures.values())), key=lambda name: sum(by_name[name] for by_name in figures.values()))
    head = ["", *(f"{kind}, {WIDTHS[kind][0]} to {WIDTHS[kind][1] - 1} px" for kind in figures)]
    return table(head, ([name, *(f"{by_name[name]:.2f}" for by_name in figures.values())] for name in names))


def enhancer_table(figures: dict[str, Any]) -> str:
    """A row for each rival and each model."""
    rows = []
    for name, one in figures.items():
        if name == "photos":
            continue
        sound = one.get("sound")
        same = f"{sound['mean']:.1f} / {sound['worst']:.1f}" if sound else ""
        title = RIVALS.get(name, name)
        rows.append([title, f"{one['psnr']:.2f}", f"{one['detail']:.2f}", f"{one['ssim']:.3f}", same])
    shown = table(["", "as it is, dB", "detail, dB", "detail, SSIM", "sound, dB"], rows)
    return f"{figures['photos']} photographs:\n\n{shown}"


def colorizer_table(figures: dict[str, Any]) -> str:
    """A row for the grey photo, for the dabs alone, and for each model."""
    rows = []
    for name, one in figures.items():
        if name != "photos":
            entries = [f"{one[of]:.2f}" if of in one else "" for of in ("psnr", "colourfulness", "lightness", "hinted")]
            rows.append([UNCOLOURED.get(name, name), *entries])
    head = ["", "alone, dB", "colourfulness, share of the true", "change of L*", "with 20 dabs, dB"]
    return f"{figures['photos']} photographs:\n\n{table(head, rows)}"

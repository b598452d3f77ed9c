"""The figures of every model that serves a tool, and where they are shown: JSON, the cards, a page of the docs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.models.card import read_card, write_card
from core.models.registry import Registry
from core.training import curves
from core.training.evaluate import CLEAN_SHARE, clean_threshold, figures_at, look_of, measure
from core.training.evaluate import curves as curves_of
from core.training.evaluate_enhance import enhancers_of, evaluate_enhancers
from core.training.evaluate_fill import WIDTHS, evaluate_fillers, fill_of

COMMAND = "python -m core.training evaluate --photos PHOTOS"
PICTURE = "precision-recall.svg"
PAGE = """# Figures

What was measured of every model, made by

    {command} --docs docs

{photos} photographs that no network was trained on, damaged by the part of the generator's material that is kept for
this. F1, precision (P) and recall (R) are means over photographs at 2 pixels' tolerance. *Real* are old
photographs whose damage was marked by hand, at 4 pixels' tolerance, without the pixels that nobody can tell. A
photograph that is nearly undamaged counts there as much as a ruined one, and one false alarm decides its F1.

## Finding damage

{detectors}

A detector stands here at the threshold of its card, which is sensitivity 0.5 in the tool; where that is another one
than the threshold at which {clean:g} % of the sound photographs are marked, at this one too. The answers of a
network are probabilities, those of a top-hat are not.

![Precision against recall](pictures/{picture})

Dots: the card's threshold. Rings: the one that marks {clean:g} % of sound photographs. A photograph on which nothing is
found has precision 0: the curves fall at their left ends.

### Real photographs, one by one

Percent of the photograph that is damaged, and for each detector F1 (P / R) and the percent that is marked where nothing
is damaged.

{real}

### Recall by kind of damage

Over all pixels of a kind that can be seen; *bright* and *dark* are damage brighter or darker than what it hides.

{recall}

### Said and true

How often a pixel is damaged, exactly, where a detector says a probability.

{calibration}

## Filling

PSNR inside of the hole in dB, mean over {photos} photographs, every second one grey: strokes and spots of the widths
named. The mask that is given is the mask that is filled (grow 0, feather 0), and no grain is added.

{fillers}

## Enhancing

{enhanced} of the photographs, aged by the generator (faded, yellowed, blurred, grainy, compressed), means. How far a
photograph has faded cannot be known from it, so PSNR stands twice: as it is, and after the affine map of colours that
brings the picture nearest to the truth, which is the detail alone; SSIM is of that too. Non-local means count with the
strength that is best on each photograph, for each figure.

{enhancers}

*Sound* are the {enhanced} photographs as they were: dB between what goes in and what comes out (60 at most), mean and
worst. The raw pictures of the VAEs are the decoders' own, as in the study.
"""
ROWS = {
    "lines": "lines and specks",
    "patches": "lost patches and tears",
    "others": "folds, craquelure, stains, scuffs",
    "real": "real, all",
    "real_damaged": "real, more than 0.1 % damaged",
}
RIVALS = {
    "aged": "as it came",
    "best_nlm": "non-local means",
    "best_nlm_auto_levels": "non-local means, auto-levels",
}
SHARES = {
    "sound": "sound photographs marked, %: mean / median / worst",
    "sound_made_old": "the same made to look old",
    "real_quiet": "real, less than 0.1 % damaged: marked where nothing is",
}


def evaluate_all(models: Registry, photos: Path) -> dict[str, Any]:
    """Figures of all detectors and fillers of a registry, plain values for JSON.

    {"detect": {name: {"card": figures at the card's threshold, "clean": at CLEAN_SHARE of sound photos, "curves"}},
    "repair": {width of the hole: {name: dB}}, "enhance": figures by name, rivals among them}.
    """
    cards = sorted(models.cards("detect"), key=lambda card: card.name != "default")
    measured = measure({card.name: look_of(card, models.load("detect", card.name)) for card in cards}, photos)
    return {
        "detect": {
            card.name: {
                "card": figures_at(measured[card.name], card.threshold),
                "clean": figures_at(measured[card.name], clean_threshold(measured[card.name])),
                "curves": curves_of(measured[card.name]),
            }
            for card in cards
        },
        "repair": evaluate_fillers({card.name: fill_of(models, card.name) for card in models.cards("repair")}, photos),
        "enhance": evaluate_enhancers(enhancers_of(models), photos),
    }


def write_cards(figures: dict[str, Any], folder: Path) -> None:
    """Put the figures into the cards of a folder of weights."""
    for path in sorted(folder.glob("*.toml")):
        card = read_card(path)
        own: dict[str, Any] = {}
        if card.tool == "repair" and card.name in next(iter(figures["repair"].values())):
            own = figures["repair"]
        elif card.tool == "detect" and card.name in figures["detect"]:
            own = figures["detect"][card.name]["card"]
        elif card.tool == "enhance" and card.name in figures["enhance"]:
            own = figures["enhance"]
        if own:
            write_card(replace(card, figures={"command": COMMAND, **own}), path)


def write_page(figures: dict[str, Any], docs: Path) -> None:
    """Write figures.md and its picture."""
    detectors = figures["detect"]
    curves.draw(detectors, docs / "pictures" / PICTURE)
    columns = {name: one["card"] for name, one in detectors.items()}
    for name, one in detectors.items():
        if abs(one["clean"]["threshold"] - one["card"]["threshold"]) > 0.005:
            columns[f"{name}, {100 * CLEAN_SHARE:g} % of sound photographs"] = one["clean"]
    text = PAGE.format(
        command=COMMAND,
        photos=next(iter(columns.values()))["validation_photos"],
        picture=PICTURE,
        clean=100 * CLEAN_SHARE,
        detectors=detector_table(columns),
        real=real_table(columns),
        recall=recall_table(columns),
        calibration=calibration_table({name: one["card"] for name, one in detectors.items()}),
        fillers=filler_table(figures["repair"]),
        enhanced=figures["enhance"]["photos"],
        enhancers=enhancer_table(figures["enhance"]),
    )
    (docs / "figures.md").write_text(text, encoding="utf-8")


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
    """Recall of every kind, a column for each detector."""
    kinds = next(iter(columns.values()))["recall"]
    rows = [[kind.replace("_", ", "), *(f"{one['recall'][kind]:.2f}" for one in columns.values())] for kind in kinds]
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
    return table(["", "as it is, dB", "detail, dB", "detail, SSIM", "sound, dB"], rows)

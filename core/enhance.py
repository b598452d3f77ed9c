"""Enhance: a photo in, the same photo out with tone and detail brought back as far as they were lost.

What a photo does not need is not done to it: the model's own answer is measured on the whole photo, and each part of
the change shows by as much as there is a need for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from . import tiles
from .color import LUMA, Samples, View, from_view
from .failures import WrongInput
from .models.card import Card
from .models.enhancing import Detail, Enhancer, Route, Tone, stretched
from .models.registry import Registry
from .parameters import Value
from .photo import Box, Photo
from .progress import Progress, part
from .reduced import overview, reduced_box, seen_at, sound
from .translation import _

SAMPLES = 8
"""Tiles at most that noise and blur are measured on."""
SAMPLE_SIDE = 256
CANDIDATES = 16
"""Places along each side that these tiles are chosen from."""
BLOCK = 512
"""Pixels along the side of what is done at once where a model has no tiles of its own."""
MEASURED, REDUCED = 0.1, 0.2
"""Where the progress is when the photo is measured, and when it is reduced."""
KEPT = 160 * 1024 * 1024
"""Bytes of tiles' detail that are remembered."""
NEIGHBOURHOOD = 7
"""Pixels along the side of the square in which noise is told from detail."""
NOISY, DETAILED = 1.2, 2.4
"""Times the photo's noise: up to here what is taken away looks like noise, from there on like detail."""


@dataclass(frozen=True)
class Needs:
    """How much of each a photo has: 0, nothing to do, to 1."""

    noise: float = 0.0
    blur: float = 0.0
    fading: float = 0.0


@dataclass(frozen=True)
class Measured:
    """What a model sees in a photo. whole: the photo reduced (h, w, C); deviation: the noise's, on the view's scale."""

    whole: View
    tone: Tone
    deviation: float
    needs: Needs


@dataclass
class Memory:
    """What was found in one photo, for whoever enhances it again with other settings.

    reduced: by the last scale. details: of the tiles of previews seen last, by model, route, scale and place; nothing
    that a slider changes has a part in them.
    """

    measured: dict[tuple[str, Route], Measured] = field(default_factory=dict)
    reduced: dict[int, Photo] = field(default_factory=dict)
    details: dict[tuple[str, Route, int, Box], Detail] = field(default_factory=dict)

    def keep(self, key: tuple[str, Route, int, Box], detail: Detail) -> None:
        """Remember a tile's detail; the oldest ones go."""
        self.details[key] = detail
        while sum(one.noise.nbytes + one.sharpness.nbytes for one in self.details.values()) > KEPT:
            del self.details[next(iter(self.details))]


@dataclass(frozen=True)
class Enhancement:
    """samples: (H, W, C) in the photo's type, or of the region's size, or reduced by the scale that was asked for.

    done holds what shows of the change: "noise", "blur" and "fading", or "picture". notes are sentences for the person.
    """

    samples: Samples
    model: str
    needs: Needs
    done: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        if self.done:
            return _sentences()[self.done]
        if self.needs == Needs():
            return _(
                "Noise, blur and fading were not found in this photo. Raise a slider above 100 % to change it anyway."
            )
        return _("Nothing was changed, because the settings are at 0 for what was found.")

    @property
    def facts(self) -> dict[str, Any]:
        """What machines want to know: plain values for JSON."""
        return {"enhance_model": self.model, "enhanced": bool(self.done), "needs": asdict(self.needs)}


def _sentences() -> dict[frozenset[str], str]:
    return {
        frozenset({"noise"}): _("Noise was reduced."),
        frozenset({"blur"}): _("Blur was reduced."),
        frozenset({"fading"}): _("Fading was reduced."),
        frozenset({"noise", "blur"}): _("Noise and blur were reduced."),
        frozenset({"noise", "fading"}): _("Noise and fading were reduced."),
        frozenset({"blur", "fading"}): _("Blur and fading were reduced."),
        frozenset({"noise", "blur", "fading"}): _("Noise, blur and fading were reduced."),
        frozenset({"picture"}): _("The photo was drawn anew."),
    }


@dataclass(frozen=True)
class Manner:
    """How a photo is changed: the weights of the three parts, 0 to 2, the rest 0..1."""

    noise: float
    sharpness: float
    fading: float
    keep_detail: float
    keep_grain: float
    strength: float
    raw: bool

    @property
    def done(self) -> frozenset[str]:
        """What shows of the change."""
        if self.strength == 0:
            return frozenset()
        if self.raw:
            return frozenset({"picture"})
        parts = {"noise": self.noise, "blur": self.sharpness, "fading": self.fading}
        return frozenset(name for name, weight in parts.items() if weight > 0)


def run(
    photo: Photo,
    settings: Mapping[str, Value],
    models: Registry,
    progress: Progress,
    region: Box | None = None,
    scale: int = 1,
    memory: Memory | None = None,
) -> Enhancement:
    """Enhance the photo with the settings of the tool "enhance", or this region of it, as the whole run would.

    With a scale above 1 the photo is reduced by it before; the region's left and top are multiples of it. memory is of
    this very photo: what stands there is not sought again.
    Raises ModelError where the model cannot be had, WrongInput where it cannot do what is asked, Cancelled from
    progress.
    """
    name = str(settings["model"])
    card, enhancer = models.card("enhance", name), models.load("enhance", name)
    if settings["raw"] and enhancer.picture is None:
        raise WrongInput(
            _("The model {name} has no picture of its own; raw is for vae-full and vae-simple.").format(name=name)
        )
    progress(0.0, _("Enhancing"))
    memory = memory or Memory()
    route = Route(str(settings["encoder"]), str(settings["decoder"]))
    if (name, route) not in memory.measured:
        found = measure(photo, card, enhancer, route, part(progress, 0.0, MEASURED))
        memory.measured[name, route] = found
    measured = memory.measured[name, route]
    manner = _manner(settings, measured.needs, has_detail=_has_detail(card, enhancer))
    seen = seen_at(photo, scale, memory.reduced, part(progress, MEASURED, REDUCED))
    work = _Work(photo, seen, card, enhancer, route, measured, manner)
    if region is not None or scale > 1:  # a preview: another one with other settings will follow
        work = replace(work, remembered=_Remembered(memory, name, route, scale))
    samples = _tile_by_tile(work, reduced_box(region or photo.whole, scale), part(progress, REDUCED, 1.0))
    return Enhancement(samples, name, measured.needs, manner.done)


def _manner(settings: Mapping[str, Value], needs: Needs, has_detail: bool) -> Manner:
    def weight(slider: str, need: float) -> float:
        value = float(settings[slider])
        return need * min(value, 1.0) + max(value - 1.0, 0.0)

    return Manner(
        noise=weight("noise", needs.noise) if has_detail else 0.0,
        sharpness=weight("sharpness", needs.blur) if has_detail else 0.0,
        fading=weight("fading", needs.fading),
        keep_detail=float(settings["keep-detail"]),
        keep_grain=float(settings["keep-grain"]),
        strength=float(settings["strength"]),
        raw=bool(settings["raw"]),
    )


def _has_detail(card: Card, enhancer: Enhancer) -> bool:
    return enhancer.detail is not None and card.tile > 0


# What the photo needs


def measure(photo: Photo, card: Card, enhancer: Enhancer, route: Route, progress: Progress) -> Measured:
    """What the model finds in the whole photo, whatever part of it is asked for. Raises Cancelled from progress."""
    whole, share = overview(photo, enhancer.side, part(progress, 0.0, 0.5))
    tone = enhancer.tone(whole, route)
    height, width = share.shape
    amounts = {"fading": _rms(tone.applied(whole, Box(0, 0, width, height), height, width) - whole, share > 0)}
    if _has_detail(card, enhancer):
        found = _detail_amounts(photo, card, enhancer, route, part(progress, 0.5, 1.0))
        amounts["noise"], amounts["blur"] = found
    needs = {name: _need(amount, enhancer.limits[name]) for name, amount in amounts.items()}
    return Measured(whole, tone, amounts.get("noise", 0.0), Needs(**needs))


def _need(amount: float, limits: tuple[float, float]) -> float:
    return float(_smoothstep(np.float64(amount), *limits))


def _detail_amounts(
    photo: Photo, card: Card, enhancer: Enhancer, route: Route, progress: Progress
) -> tuple[float, float]:
    """How much noise and blur the model sees: root mean squares, the median of some tiles."""
    assert enhancer.detail is not None
    amounts = []
    chosen = _sample_tiles(photo, card)
    for index, tile in enumerate(chosen):
        progress(index / len(chosen), _("Enhancing"))
        visible = tiles.visible(tile, photo.height, photo.width)
        detail = enhancer.detail(tiles.padded(np.clip(photo.view(visible), 0, 1), tile), route)
        inside, where = visible.within(tile.outer), sound(photo, visible)
        amounts.append((_rms(detail.noise[inside], where), _rms(detail.sharpness[inside], where)))
    progress(1.0, _("Enhancing"))
    noise, blur = np.median(amounts, axis=0) if amounts else (0.0, 0.0)
    return float(noise), float(blur)


def _sample_tiles(photo: Photo, card: Card) -> list[tiles.Tile]:
    """Some tiles spread over the photo, where there is something to see in all of each; else those with most of it."""
    size = max(min(SAMPLE_SIDE, card.tile) // card.stride, 1) * card.stride
    found = []
    for top, bottom in _sample_spans(photo.height, size, card.stride):
        for left, right in _sample_spans(photo.width, size, card.stride):
            outer = Box(left, top, right, bottom)
            tile = tiles.Tile(outer, outer)
            found.append((float(sound(photo, tiles.visible(tile, photo.height, photo.width)).mean()), tile))
    full = [tile for share, tile in found if share == 1]
    if not full:
        partly = sorted((pair for pair in found if pair[0] > 0), key=lambda pair: -pair[0])
        return [tile for _share, tile in partly[:SAMPLES]]
    return [full[i] for i in np.unique(np.linspace(0, len(full) - 1, SAMPLES).round().astype(int))]


def _sample_spans(length: int, size: int, stride: int) -> Iterable[tuple[int, int]]:
    """Starts, multiples of the stride, and ends along one axis."""
    padded = -(-length // stride) * stride
    size = min(size, padded)
    count = min(CANDIDATES, -(-padded // size))
    starts = np.linspace(0, (padded - size) // stride, count).round().astype(int) * stride
    return [(int(start), int(start) + size) for start in starts]


def _rms(values: View, where: NDArray[np.bool_]) -> float:
    """The root mean square of values (h, w, C) at some places (h, w); 0 where there are none."""
    chosen = values[where].astype(np.float64)
    return float(np.sqrt(np.mean(chosen**2))) if chosen.size else 0.0


# What becomes of it


@dataclass(frozen=True)
class _Work:
    """All that a tile's result depends on. seen is the photo or, for a smaller result, the reduced one in its place."""

    photo: Photo
    seen: Photo
    card: Card
    enhancer: Enhancer
    route: Route
    measured: Measured
    manner: Manner
    remembered: _Remembered | None = None

    def detail(self, outer: View, tile: tiles.Tile) -> Detail:
        """What the model says of a tile's detail, or said before."""
        assert self.enhancer.detail is not None
        found = self.remembered.detail(tile) if self.remembered else None
        if found is None:
            found = self.enhancer.detail(outer, self.route)
            if self.remembered:
                self.remembered.keep(tile, found)
        return found


@dataclass(frozen=True)
class _Remembered:
    """The details of one model's tiles at one scale, in a photo's memory."""

    memory: Memory
    model: str
    route: Route
    scale: int

    def detail(self, tile: tiles.Tile) -> Detail | None:
        return self.memory.details.get((self.model, self.route, self.scale, tile.outer))

    def keep(self, tile: tiles.Tile, detail: Detail) -> None:
        self.memory.keep((self.model, self.route, self.scale, tile.outer), detail)


def _tile_by_tile(work: _Work, asked: Box, progress: Progress) -> Samples:
    """The samples (h, w, C), in the photo's type, of a box of what is seen: from all tiles that meet it."""
    seen, dtype, encoding = work.seen, work.photo.samples.dtype, work.photo.encoding
    picture = _whole_picture(work) if work.manner.raw and not work.card.tile else None
    parts = [tile for tile in tiles.cut(seen.height, seen.width, _grid(work.card)) if tile.inner.meets(asked)]
    out = np.empty((asked.bottom - asked.top, asked.right - asked.left, seen.samples.shape[2]), dtype)
    for index, tile in enumerate(parts):
        progress(index / len(parts), _("Enhancing"))
        samples = _done(work, tile, picture)
        if seen is not work.photo:
            samples = from_view(samples, dtype, encoding)
        kept = tile.inner.common(asked)
        out[kept.within(asked)] = samples[kept.within(tile.inner)]
    progress(1.0, _("Enhancing"))
    return out


def _grid(card: Card) -> tiles.Grid:
    return tiles.Grid(card.tile, card.stride, card.overlap) if card.tile else tiles.Grid(BLOCK, 1, 0)


def _done(work: _Work, tile: tiles.Tile, picture: View | None) -> Samples:
    """The samples of a tile's inner part, in the type of what is seen; those that nothing changes are its own.

    picture is the decoder's own of the whole photo, where raw asks for one that is not made of tiles.
    """
    seen, manner = work.seen, work.manner
    before = seen.samples[tile.inner.rows, tile.inner.columns]
    opacity = seen.opacity(tile.inner)
    if not manner.done or not opacity.any():
        return before
    visible = tiles.visible(tile, seen.height, seen.width)
    view = seen.view(visible)
    shown, inside = np.clip(view, 0, 1), tile.inner.within(visible)
    if picture is not None:
        better = stretched(picture, tile.inner, seen.height, seen.width)
    elif manner.raw:
        assert work.enhancer.picture is not None
        better = work.enhancer.picture(tiles.padded(shown, tile), work.route)[tile.inner.within(tile.outer)]
    else:
        better = _better(work, tile, tiles.padded(shown, tile))
    change = (better - shown[inside]) * (opacity * np.float32(manner.strength))[..., None]
    changed = change != 0
    if before.dtype.kind != "u":
        changed &= np.isfinite(before)
    return np.where(changed, from_view(view[inside] + change, before.dtype, seen.encoding), before)


def _better(work: _Work, tile: tiles.Tile, outer: View) -> View:
    """The inner part of a tile, whose outer view (h, w, C) is in 0..1, with less noise, blur and fading."""
    manner, inside = work.manner, tile.inner.within(tile.outer)
    view = outer[inside]
    if manner.noise > 0 or manner.sharpness > 0:
        detail = work.detail(outer, tile)
        if manner.noise > 0:
            back = np.float32(manner.keep_detail) * _detailed(detail.noise, work.measured.deviation)[inside]
            removed = np.float32(manner.noise) * detail.noise[inside] * (1 - back)[..., None]
            view = view + removed - np.float32(manner.keep_grain) * _luma(removed)[..., None]
        view = view + np.float32(manner.sharpness) * detail.sharpness[inside]
    if manner.fading > 0:
        toned = work.measured.tone.applied(view, tile.inner, work.seen.height, work.seen.width)
        view = view + np.float32(manner.fading) * (toned - view)
    return view


def _detailed(noise: View, deviation: float) -> NDArray[np.float32]:
    """Where what is taken away as noise (h, w, C) looks like detail: (h, w), 0..1."""
    power = cv2.blur(_luma(noise) ** 2, (NEIGHBOURHOOD, NEIGHBOURHOOD))
    local = np.sqrt(np.maximum(power, 0)).reshape(noise.shape[:2])
    return np.asarray(_smoothstep(local, NOISY * deviation, DETAILED * deviation), np.float32)


def _luma(view: View) -> NDArray[np.float32]:
    """The luma (h, w) of a view (h, w, C)."""
    return view[..., 0] if view.shape[2] == 1 else np.asarray(view @ LUMA, np.float32)


def _smoothstep(value: Any, low: float, high: float) -> Any:
    """0 up to low, 1 from high on, smooth between."""
    share = np.clip((value - low) / max(high - low, 1e-12), 0, 1)
    return share * share * (3 - 2 * share)


def _whole_picture(work: _Work) -> View:
    """The decoder's own picture of the reduced whole photo, no larger than what it is for."""
    assert work.enhancer.picture is not None
    picture = work.enhancer.picture(work.measured.whole, work.route)
    if picture.shape[0] <= work.seen.height and picture.shape[1] <= work.seen.width:
        return picture
    small = cv2.resize(picture, (work.seen.width, work.seen.height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(*small.shape[:2], -1)

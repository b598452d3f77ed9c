"""Masks and colour hints that do not belong to the photo, or that are none."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from bench import DONE, WRONG_USE, Bench, everything
from colorizers import PLAIN, loaded
from numpy.typing import NDArray
from PIL import Image
from wholes import HEIGHT, WHOLES, WIDTH, whole

from core import files
from core.models import registry
from core.models.card import write_card

FILLERS = ["telea", "ns", "biharmonic", "patch"]


def png(pixels: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def tiff(pixels: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, photometric="minisblack", metadata=None)
    return stream.getvalue()


def words(bench: Bench, mask: Path | str, model: str = "telea") -> list[str | Path]:
    photo = bench.put("photo.png", whole("rgb.png"))
    return ["repair", photo, "--mask", mask, "--model", model, "--output", bench.out / "new.png"]


@pytest.mark.parametrize("model", FILLERS)
@pytest.mark.parametrize(
    "height,width",
    [(HEIGHT - 1, WIDTH), (HEIGHT, WIDTH + 1), (WIDTH, HEIGHT), (1, 1), (1, WIDTH), (2 * HEIGHT, 2 * WIDTH)],
)
def test_a_mask_of_another_size(height: int, width: int, model: str, bench: Bench) -> None:
    mask = bench.put("mask.png", png(np.full((height, width), 255, np.uint8)))
    sentence = bench.refused(*words(bench, mask, model))
    assert f"{width} × {height}" in sentence and f"{WIDTH} × {HEIGHT}" in sentence


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.8])
@pytest.mark.parametrize("name", [name for name in WHOLES if name != "pages.tif"])
def test_a_mask_that_breaks_off(name: str, share: float, bench: Bench) -> None:
    mask = bench.put(f"mask-{name}", whole(name)[: int(len(whole(name)) * share)])
    assert f"mask-{name}" in bench.refused(*words(bench, mask))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"white where it hurts", b"GIF89a" + bytes(30), b"\x93NUMPY", b"\x89PNG\r\n\x1a\n"],
    ids=["nothing", "zeros", "text", "gif", "npy", "signature"],
)
def test_a_mask_that_is_no_picture(content: bytes, bench: Bench) -> None:
    assert "mask.png" in bench.refused(*words(bench, bench.put("mask.png", content)))


@pytest.mark.parametrize("model", FILLERS)
@pytest.mark.parametrize("name", ["missing", "a folder without it", "a folder with one that is a folder"])
def test_a_mask_that_is_not_there(name: str, model: str, bench: Bench) -> None:
    where: Path | str = bench.given / "gone.png"
    if name != "missing":
        where = f"{bench.given / 'masks'}/"
        (bench.given / "masks").mkdir()
    if name.endswith("is a folder"):
        (bench.given / "masks" / "photo.png").mkdir()
    sentence = bench.refused(*words(bench, where, model))
    assert "does not exist" in sentence or "is a folder" in sentence


EXTREME: dict[str, bytes] = {
    "nothing marked": png(np.zeros((HEIGHT, WIDTH), np.uint8)),
    "all marked": png(np.full((HEIGHT, WIDTH), 255, np.uint8)),
    "all but a pixel": png(np.pad(np.zeros((1, 1), np.uint8), ((0, HEIGHT - 1), (0, WIDTH - 1)), constant_values=255)),
    "a chequerboard": png(np.uint8(255) * (np.indices((HEIGHT, WIDTH)).sum(0) % 2).astype(np.uint8)),
    "the rim": png(np.pad(np.zeros((HEIGHT - 2, WIDTH - 2), np.uint8), 1, constant_values=255)),
    "half of it": png(np.repeat(np.array([[0, 255]], np.uint8), HEIGHT, 0).repeat(WIDTH // 2, 1)),
    "all transparent": png(
        np.dstack([np.full((HEIGHT, WIDTH, 3), 255, np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)])
    ),
    "colours": png(np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)),
    "16 bits": tiff(np.random.default_rng(2).integers(0, 65536, (HEIGHT, WIDTH), np.uint16)),
    "no numbers": tiff(np.full((HEIGHT, WIDTH), np.nan, np.float32)),
    "endless numbers": tiff(np.full((HEIGHT, WIDTH), np.inf, np.float32)),
    "below nothing": tiff(np.full((HEIGHT, WIDTH), -1, np.float64)),
}


@pytest.mark.parametrize("model", FILLERS)
@pytest.mark.parametrize("kind", EXTREME)
def test_a_mask_that_goes_to_extremes(kind: str, model: str, bench: Bench) -> None:
    """It is done as it says: outside of the mask no sample changes, and nothing else is made or touched."""
    mask = bench.put("mask.tif", EXTREME[kind])
    command = [*words(bench, mask, model), "--grow", "0", "--feather", "0"]
    before = everything(bench.folder)
    told = bench.run(*command)
    after = everything(bench.folder)
    assert told.code == DONE and told.err == "", told
    assert after.pop("out/new.png") and after == before
    old, new = files.read_photo(bench.given / "photo.png").samples, files.read_photo(bench.out / "new.png").samples
    outside = files.read_mask(mask) == 0
    assert old.shape == new.shape and np.array_equal(old[outside], new[outside])


@pytest.mark.parametrize("kind", ["16 bits", "no numbers", "endless numbers", "colours"])
def test_what_such_masks_mark(kind: str, bench: Bench) -> None:
    marked = files.read_mask(bench.put("mask.tif", EXTREME[kind]))
    assert marked.dtype == np.uint8 and set(np.unique(marked)) <= {0, 255}
    assert {"no numbers": not marked.any(), "endless numbers": marked.all()}.get(
        kind, marked.any() and not marked.all()
    )


@pytest.mark.parametrize("signed", ["int16", "int32"])
def test_a_mask_of_signed_samples(signed: str, bench: Bench) -> None:
    mask = bench.put("mask.tif", tiff(np.ones((HEIGHT, WIDTH), signed)))
    bench.refused(*words(bench, mask))


@pytest.mark.parametrize("which", ["the photo", "the mask", "the photo by a link"])
def test_a_result_in_the_place_of_an_input(which: str, bench: Bench) -> None:
    mask = bench.put("mask.png", whole("grey.png"))
    command = words(bench, mask)
    target = {"the photo": bench.given / "photo.png", "the mask": mask}.get(which, bench.given / "link.png")
    if which == "the photo by a link":
        target.symlink_to("photo.png")
    command[-1] = target
    assert "written over itself" in bench.refused(*command, "--overwrite", code=WRONG_USE)


# Hints


def hinted(bench: Bench, monkeypatch: pytest.MonkeyPatch, hints: Path) -> list[str | Path]:
    """The command that colours the photo with hints and a small model."""
    models = bench.folder / "data" / "models"
    models.mkdir(parents=True)
    write_card(PLAIN, models / "colorize-default.toml")
    monkeypatch.setitem(registry.ARCHITECTURES, PLAIN.architecture, loaded)
    photo = bench.put("photo.png", whole("grey.png"))
    return ["colorize", photo, "--hints", hints, "--output", bench.out / "new.png"]


def rgba(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (height, width, 4), np.uint8)


@pytest.mark.parametrize(
    "content,part",
    [
        (png(rgba(HEIGHT - 1, WIDTH)), "same size"),
        (png(rgba(WIDTH, HEIGHT)), "same size"),
        (png(rgba(1, 1)), "same size"),
        (png(rgba(HEIGHT, WIDTH)[..., :3]), "need transparency"),
        (png(rgba(HEIGHT, WIDTH)[..., 0]), "need transparency"),
        (png(rgba(HEIGHT, WIDTH))[:300], "hints.png"),
        (b"", "hints.png"),
        (b"red there, blue here", "hints.png"),
        (tiff(np.zeros((HEIGHT, WIDTH), np.int16)), "signed"),
    ],
    ids=["higher", "sideways", "a pixel", "opaque", "grey", "cut", "nothing", "text", "signed"],
)
def test_hints_that_are_none(content: bytes, part: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    hints = bench.put("hints.png", content)
    assert part in bench.refused(*hinted(bench, monkeypatch, hints))


def test_hints_that_are_not_there(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "does not exist" in bench.refused(*hinted(bench, monkeypatch, bench.given / "gone.png"))


@pytest.mark.parametrize("alpha", [0, 127, 128, 255])
def test_hints_of_one_transparency(alpha: int, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = rgba(HEIGHT, WIDTH)
    pixels[..., 3] = alpha
    told = bench.run(*hinted(bench, monkeypatch, bench.put("hints.png", png(pixels))))
    assert told.code == DONE and [path.name for path in bench.out.iterdir()] == ["new.png"]

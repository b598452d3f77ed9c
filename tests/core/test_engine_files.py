"""Photos and masks in files, through the engine: for the window, which reads none by itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import profiles
import pytest
from engines import Engine
from pictures import noise, png_bytes
from PIL import Image

from core import files, jobfolder, places
from core.color import Encoding
from core.photo import Metadata, Photo

PROFILE = profiles.srgb()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "engine.log") as engine:
        engine.greeting()
        yield engine


@pytest.fixture
def folder() -> Path:
    return jobfolder.create(places.jobs_folder())


def exif() -> bytes:
    tags = Image.Exif()
    tags[0x010E] = "Anna, 1911"
    return tags.tobytes()


def scan(dtype: str = "uint16", channels: int = 3, **changes: Any) -> Photo:
    """A photo with all that a file can say about it."""
    known = {"encoding": Encoding("profile", PROFILE), "metadata": Metadata(exif(), (600, 600))}
    return Photo(noise(40, 60, channels, dtype), **{**known, **changes})


def asked(engine: Engine, kind: str, folder: Path, path: Path, **entries: Any) -> dict[str, Any]:
    engine.send({"type": kind, "id": 1, "folder": str(folder), "path": str(path), **entries})
    return engine.answer(1)


def refused(answer: dict[str, Any], part: str, kind: str = "person") -> None:
    assert (answer["type"], answer.get("kind")) == ("failed", kind), answer
    assert part in answer["text"] and answer["text"].endswith(".") and "\n" not in answer["text"]


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_file_goes_through_the_engine_as_it_is(
    engine: Engine, folder: Path, tmp_path: Path, name: str, dtype: str, alpha: bool
) -> None:
    photo = scan(dtype, alpha=noise(40, 60, 1, dtype, seed=1)[..., 0] if alpha else None)
    files.write_photo(photo, tmp_path / name, overwrite=False)
    loaded = asked(engine, "load", folder, tmp_path / name)
    assert loaded["type"] == "done" and loaded["size"] == [60, 40] and loaded["facts"]["notes"] == []
    fields = loaded["photo"]
    pixels = np.load(folder / fields["samples"])
    assert pixels.dtype == dtype and pixels.shape == (40, 60, 3 + alpha) and fields["alpha"] is alpha
    assert (folder / fields["profile"]).read_bytes() == PROFILE and fields["curve"] == "profile"
    assert fields["name"] == name and fields["dpi"] == pytest.approx([600, 600], abs=0.05)
    saved = asked(engine, "save", folder, tmp_path / "out" / name, photo=fields, samples=fields["samples"])
    assert saved["type"] == "done", saved
    before, after = files.read_photo(tmp_path / name), files.read_photo(tmp_path / "out" / name)
    assert np.array_equal(after.samples, before.samples) and np.array_equal(after.samples, photo.samples)
    assert (after.alpha is None) == (not alpha) and (after.alpha is None or np.array_equal(after.alpha, photo.alpha))
    assert after.encoding == before.encoding and after.metadata.dpi == before.metadata.dpi
    with Image.open(tmp_path / "out" / name) as image:
        assert image.getexif()[0x010E] == "Anna, 1911"


def test_a_file_is_loaded_upright_and_its_other_pages_are_told(engine: Engine, folder: Path, tmp_path: Path) -> None:
    pixels = noise(40, 60)
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=turned)
    answer = asked(engine, "load", folder, tmp_path / "a.png")
    assert answer["size"] == [40, 60]
    assert np.array_equal(np.load(folder / "photo.npy"), np.rot90(pixels, -1))
    pages = [Image.fromarray(noise(40, 60, seed=seed)) for seed in range(3)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    (note,) = asked(engine, "load", folder, tmp_path / "pages.tif")["facts"]["notes"]
    assert "3 pages" in note


def test_restoring_what_was_loaded_and_saving_what_was_restored(engine: Engine, folder: Path, tmp_path: Path) -> None:
    """The whole way of `daguerre window`."""
    photo = scan("uint16")
    files.write_photo(photo, tmp_path / "a.tif", overwrite=False)
    loaded = asked(engine, "load", folder, tmp_path / "a.tif")["photo"]
    mask = np.zeros((40, 60), np.uint8)
    mask[20, 10:50] = 255
    files.write_grey(mask, tmp_path / "mask.png", overwrite=False)
    drawn = asked(engine, "load-mask", folder, tmp_path / "mask.png", size=[60, 40])
    assert np.array_equal(np.load(folder / drawn["files"]["mask"]), mask)
    request = {"type": "run", "id": 1, "tool": "repair", "folder": str(folder), "photo": loaded, "want": ["photo"]}
    engine.send({**request, "mask": drawn["files"]["mask"]})
    result = engine.answer(1)["files"]["photo"]
    saved = asked(engine, "save", folder, tmp_path / "new.png", photo=loaded, samples=result)
    assert saved["type"] == "done", saved
    after = files.read_photo(tmp_path / "new.png")
    changed = (after.samples != photo.samples).any(axis=2)
    assert changed[20, 10:50].any() and not changed[:15].any() and not changed[25:].any()
    assert after.encoding.profile == PROFILE and after.metadata.exif is not None
    assert after.metadata.dpi == pytest.approx((600, 600), abs=0.05)


def test_a_mask_is_saved_as_grey(engine: Engine, folder: Path, tmp_path: Path) -> None:
    files.write_photo(scan(), tmp_path / "a.tif", overwrite=False)
    loaded = asked(engine, "load", folder, tmp_path / "a.tif")["photo"]
    mask = np.where(noise(40, 60, 1)[..., 0] > 128, np.uint8(255), np.uint8(0))
    np.save(folder / "mask.npy", mask)
    saved = asked(engine, "save", folder, tmp_path / "m.png", photo=loaded, samples="mask.npy")
    assert saved["type"] == "done", saved
    with Image.open(tmp_path / "m.png") as image:
        assert image.mode == "L" and np.array_equal(np.asarray(image), mask)
    for name in ("m.jpg", "m.webp"):
        answer = asked(engine, "save", folder, tmp_path / name, photo=loaded, samples="mask.npy")
        refused(answer, "exact to the pixel")
        assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["new.png", "new.tif"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("alpha", [False, True])
def test_the_colours_of_a_grey_photo_are_saved_without_its_profile(
    engine: Engine, folder: Path, tmp_path: Path, name: str, dtype: str, alpha: bool
) -> None:
    covering = noise(40, 60, 1, dtype, seed=1)[..., 0] if alpha else None
    photo = scan(dtype, 1, alpha=covering, encoding=Encoding("profile", profiles.grey(profiles.gamma(1.8))))
    files.write_photo(photo, tmp_path / "a.tif", overwrite=False)
    loaded = asked(engine, "load", folder, tmp_path / "a.tif")["photo"]
    assert loaded["profile"] and np.load(folder / loaded["samples"]).shape == (40, 60, 1 + alpha)
    colours = noise(40, 60, 3 + alpha, dtype, seed=2)
    np.save(folder / "colours.npy", colours)
    saved = asked(engine, "save", folder, tmp_path / name, photo=loaded, samples="colours.npy")
    assert saved["type"] == "done", saved
    after = files.read_photo(tmp_path / name)
    assert np.array_equal(after.with_alpha(), colours) and after.encoding.profile is None
    assert after.metadata.dpi == pytest.approx((600, 600), abs=0.05)
    grey = asked(engine, "save", folder, tmp_path / f"grey {name}", photo=loaded, samples=loaded["samples"])
    assert grey["type"] == "done" and files.read_photo(tmp_path / f"grey {name}").encoding == photo.encoding


def test_a_colour_photo_is_not_saved_in_grey(engine: Engine, folder: Path, tmp_path: Path) -> None:
    files.write_photo(scan(), tmp_path / "a.tif", overwrite=False)
    loaded = asked(engine, "load", folder, tmp_path / "a.tif")["photo"]
    np.save(folder / "grey.npy", noise(40, 60, 1, "uint16"))
    answer = asked(engine, "save", folder, tmp_path / "b.png", photo=loaded, samples="grey.npy")
    refused(answer, "does not have the photo's size")


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.png", b"no picture", "not a picture"),
        ("a.tif", b"II*\0" + b"\xff" * 40, "a.tif"),
        ("a.png", png_bytes(noise(40, 60))[:-40], "damaged"),
        ("a.jpg", png_bytes(noise(40, 60)).replace(b"IHDR\0\0\0\x3c", b"IHDR\x7f\xff\xff\x3c"), "a.jpg"),
        ("a.png", b"", "not a picture"),
    ],
    ids=["text", "tiff", "cut", "huge", "empty"],
)
def test_a_file_that_lies_is_one_sentence(
    engine: Engine, folder: Path, tmp_path: Path, name: str, content: bytes, part: str
) -> None:
    (tmp_path / name).write_bytes(content)
    before = sorted(folder.iterdir())
    refused(asked(engine, "load", folder, tmp_path / name), part)
    refused(asked(engine, "load-mask", folder, tmp_path / name, size=[60, 40]), part)
    assert sorted(folder.iterdir()) == before
    assert "Traceback" not in engine.errors


def test_what_is_no_file_is_one_sentence(engine: Engine, folder: Path, tmp_path: Path) -> None:
    refused(asked(engine, "load", folder, tmp_path / "gone.tif"), "does not exist")
    refused(asked(engine, "load", folder, tmp_path), "is a folder")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes")
def test_a_pipe_is_not_waited_for(engine: Engine, folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.tif")
    refused(asked(engine, "load", folder, tmp_path / "a.tif"), "is not a file")


def test_a_mask_of_another_size_is_refused(engine: Engine, folder: Path, tmp_path: Path) -> None:
    files.write_grey(np.zeros((40, 61), np.uint8), tmp_path / "m.png", overwrite=False)
    answer = asked(engine, "load-mask", folder, tmp_path / "m.png", size=[60, 40])
    refused(answer, "The mask has 61 × 40 pixels, the photo 60 × 40")
    assert not (folder / "drawn.npy").exists()


def test_nothing_is_written_over_without_leave(engine: Engine, folder: Path, tmp_path: Path) -> None:
    files.write_photo(scan(), tmp_path / "a.png", overwrite=False)
    loaded = asked(engine, "load", folder, tmp_path / "a.png")["photo"]
    (tmp_path / "precious.png").write_bytes(b"precious")
    for entries in ({}, {"overwrite": False}):
        answer = asked(engine, "save", folder, tmp_path / "precious.png", photo=loaded, samples="photo.npy", **entries)
        refused(answer, "exists already")
        assert (tmp_path / "precious.png").read_bytes() == b"precious"
    answer = asked(engine, "save", folder, tmp_path / "precious.png", photo=loaded, samples="photo.npy", overwrite=True)
    assert answer["type"] == "done"
    assert np.array_equal(files.read_photo(tmp_path / "precious.png").samples, scan().samples)


def test_what_cannot_be_saved_is_one_sentence(engine: Engine, folder: Path, tmp_path: Path) -> None:
    files.write_photo(scan(), tmp_path / "a.png", overwrite=False)
    photo = asked(engine, "load", folder, tmp_path / "a.png")["photo"]
    np.save(folder / "other.npy", noise(40, 61, 3, "uint16"))
    np.save(folder / "small.npy", np.zeros((5, 5), np.uint8))
    np.save(folder / "deep.npy", np.zeros((40, 60), np.uint16))
    np.save(folder / "odd.npy", noise(40, 60, 2, "uint16"))
    (folder / "broken.npy").write_bytes(b"no array")
    (tmp_path / "file").write_bytes(b"a file")
    cases = [
        ("b.jpg", "photo.npy", photo, "8 bits only", "person"),
        ("b.gif", "photo.npy", photo, "must end in", "person"),
        ("b", "photo.npy", photo, "must end in", "person"),
        ("b.png", "other.npy", photo, "size", "person"),
        ("b.png", "small.npy", photo, "size", "person"),
        ("b.png", "deep.npy", photo, "size", "person"),
        ("b.png", "odd.npy", photo, "layout", "person"),
        ("b.png", "gone.npy", photo, "missing", "person"),
        ("b.png", "broken.npy", photo, "damaged", "person"),
        ("b.png", "photo.npy", {**photo, "samples": "gone.npy"}, "missing", "person"),
        ("b.png", "photo.npy", {**photo, "curve": "linear"}, "curve", "bug"),
        ("file/b.png", "photo.npy", photo, "cannot be written", "person"),
    ]
    before = {path.name for path in tmp_path.iterdir()}
    for name, samples, fields, part, kind in cases:
        answer = asked(engine, "save", folder, tmp_path / name, photo=fields, samples=samples)
        refused(answer, part, kind)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_loading_can_be_cancelled_while_it_waits(engine: Engine, folder: Path, tmp_path: Path) -> None:
    files.write_photo(Photo(noise(2500, 2500, 3, "uint16")), tmp_path / "large.tif", overwrite=False)
    request = {"type": "load", "folder": str(folder), "path": str(tmp_path / "large.tif")}
    engine.send({**request, "id": 1})
    engine.send({**request, "id": 2})
    engine.send({"type": "cancel", "id": 2})
    said = [engine.next()]
    while said[-1]["type"] == "progress":
        said.append(engine.next())
    assert (said[-1]["type"], said[-1]["id"]) == ("cancelled", 2)
    assert engine.answer(1)["type"] == "done"


def test_the_folder_goes_with_the_engine(tmp_path: Path) -> None:
    files.write_photo(scan(), tmp_path / "a.png", overwrite=False)
    folders = [jobfolder.create(places.jobs_folder()) for _each in range(3)]
    with Engine(tmp_path / "engine.log") as engine:
        engine.greeting()
        loaded = asked(engine, "load", folders[0], tmp_path / "a.png")["photo"]
        asked(engine, "load-mask", folders[1], tmp_path / "a.png", size=[60, 40])
        refused(asked(engine, "load", folders[2], tmp_path / "gone.png"), "does not exist")
        asked(engine, "save", folders[0], tmp_path / "b.png", photo=loaded, samples="photo.npy")
        engine.close_input()
        engine.process.wait(timeout=60)
    assert not any(folder.exists() for folder in folders)
    assert (tmp_path / "a.png").exists() and (tmp_path / "b.png").exists()


def test_nothing_is_loaded_into_a_folder_that_is_no_jobs(engine: Engine, tmp_path: Path) -> None:
    files.write_photo(scan(), tmp_path / "a.png", overwrite=False)
    for kind in ("load", "load-mask"):
        refused(asked(engine, kind, tmp_path, tmp_path / "a.png", size=[60, 40]), "folder", "bug")
    assert not (tmp_path / "photo.npy").exists()


def test_a_second_engine_goes_on_in_the_folder_of_one_that_was_killed(tmp_path: Path, folder: Path) -> None:
    """The window kills an engine that does not stop, and starts another."""
    files.write_photo(scan(), tmp_path / "a.png", overwrite=False)
    with Engine(tmp_path / "first.log") as first:
        first.greeting()
        loaded = asked(first, "load", folder, tmp_path / "a.png")["photo"]
        first.process.kill()
        first.process.wait()
    with Engine(tmp_path / "second.log") as second:
        second.greeting()
        saved = asked(second, "save", folder, tmp_path / "b.png", photo=loaded, samples="photo.npy")
        assert saved["type"] == "done"

"""Cards and weights that are broken, lie, or attack: that model is refused, in one sentence, and runs nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import struct
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from bench import DONE, FAILED, WRONG_USE, Bench, check_sentence
from networks import SMALL, random_network
from safetensors.torch import load, save
from wholes import whole

from core.failures import ModelError
from core.models.card import Card, read_card, write_card
from core.models.registry import PROGRAM_WEIGHTS, Registry

MINE = replace(SMALL, name="mine", file="mine.safetensors")


@pytest.fixture(scope="module")
def sound() -> bytes:
    """The weights of a small network that works."""
    return save({name: value.half().contiguous() for name, value in random_network().state_dict().items()})


def models_folder(bench: Bench) -> Path:
    folder = bench.folder / "data" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def install(bench: Bench, content: bytes, card: Card = MINE) -> None:
    """Weights with a card that has their hash, as the user's own model."""
    folder = models_folder(bench)
    (folder / card.file).write_bytes(content)
    write_card(replace(card, sha256=hashlib.sha256(content).hexdigest()), folder / f"{card.tool}-{card.name}.toml")


def detect(bench: Bench, name: str = "mine") -> list[str | Path]:
    photo = bench.put("photo.png", whole("rgb.png"))
    return ["detect", photo, "--model", name, "--output", bench.out / "mask.png"]


def test_the_sound_one_works(sound: bytes, bench: Bench) -> None:
    install(bench, sound)
    assert bench.run(*detect(bench)).code == DONE


# Weights


def parts(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and tensors of a safetensors file."""
    (length,) = struct.unpack_from("<Q", content)
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def joined(header: dict[str, Any] | bytes, data: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def with_entry(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    """The first tensor's entry in the header, changed."""

    def attack(content: bytes) -> bytes:
        header, data = parts(content)
        change(header[next(name for name in header if name != "__metadata__")])
        return joined(header, data)

    return attack


def with_header(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def attack(content: bytes) -> bytes:
        header, data = parts(content)
        change(header)
        return joined(header, data)

    return attack


def with_tensors(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[bytes], bytes]:
    """The file written anew with other tensors: nothing is wrong with the file itself."""

    def attack(content: bytes) -> bytes:
        state = load(content)
        change(state)
        return save(state)

    return attack


def claiming(length: int) -> Callable[[bytes], bytes]:
    return lambda content: struct.pack("<Q", length) + content[8:]


def first(state: dict[str, Any]) -> str:
    return sorted(state)[0]


def filled_with(value: float) -> Callable[[dict[str, torch.Tensor]], object]:
    return lambda state: state[first(state)].fill_(value)


def one_value(value: float) -> Callable[[dict[str, torch.Tensor]], object]:
    def change(state: dict[str, torch.Tensor]) -> None:
        state[first(state)].view(-1)[-1] = value

    return change


def all_overlap(header: dict[str, Any]) -> None:
    names = [name for name in header if name != "__metadata__"]
    for name in names[1:]:
        header[name]["data_offsets"] = header[names[0]]["data_offsets"]


def a_program(*_content: bytes) -> bytes:
    """A pickle that would call os.mkdir."""

    class Attack:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, ("it-ran",)

    return pickle.dumps(Attack())


def torch_file(*_content: bytes) -> bytes:
    stream = io.BytesIO()
    torch.save({"weight": torch.zeros(3)}, stream)
    return stream.getvalue()


def archive_of_a_program(*_content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("archive/data.pkl", a_program())
        made.writestr("../../it-ran", b"")
    return stream.getvalue()


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda content: b"",
    "seven bytes": lambda content: content[:7],
    "a length alone": lambda content: content[:8],
    "half a header": lambda content: content[:200],
    "half the tensors": lambda content: content[: len(content) // 2],
    "a byte short": lambda content: content[:-1],
    "a byte more": lambda content: content + b"\0",
    "a megabyte more": lambda content: content + bytes(1 << 20),
    "zeros": lambda content: bytes(len(content)),
    "ones": lambda content: b"\xff" * len(content),
    "noise": lambda content: np.random.default_rng(0).bytes(50_000),
    "a header of no length": claiming(0),
    "a header of one byte": claiming(1),
    "a header beyond the file": claiming(1 << 30),
    "a header of 2**63": claiming(1 << 63),
    "a header of 2**64 - 1": claiming((1 << 64) - 1),
    "a header a byte too long": lambda content: claiming(struct.unpack_from("<Q", content)[0] + 1)(content),
    "a header a byte too short": lambda content: claiming(struct.unpack_from("<Q", content)[0] - 1)(content),
    "a huge header of spaces": lambda content: joined(b" " * (101 << 20), b""),
    "a deep header": lambda content: joined(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b""),
    "a deep list": lambda content: joined(b"[" * 100_000, b""),
    "a header that is a list": lambda content: joined(b"[1, 2]", b""),
    "a header that is null": lambda content: joined(b"null", b""),
    "a header that is no text": lambda content: joined(b"\xff\xfe{}", b""),
    "an empty header": lambda content: joined({}, b""),
    "an empty header with tensors": lambda content: joined({}, parts(content)[1]),
    "names twice": lambda content: joined(
        b'{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},' * 2 + b'"b":1}', b"\0\0"
    ),
    "metadata that is no table": with_header(lambda header: header.update(__metadata__=5)),
    "metadata of numbers": with_header(lambda header: header.update(__metadata__={"a": 1})),
    "one tensor missing": with_header(lambda header: header.pop(first(header))),
    "a tensor too many": with_tensors(lambda state: state.update(more=torch.zeros(2).half())),
    "other names": with_tensors(lambda state: state.update({"x." + first(state): state.pop(first(state))})),
    "names that lead out": with_tensors(lambda state: state.update({"../../x": state.pop(first(state))})),
    "a name of a megabyte": with_tensors(lambda state: state.update({"n" * (1 << 20): state.pop(first(state))})),
    "a name of lines": with_tensors(lambda state: state.update({"a\nb\r\x1b[2J": state.pop(first(state))})),
    "negative offsets": with_entry(lambda entry: entry.update(data_offsets=[-2, entry["data_offsets"][1]])),
    "offsets turned round": with_entry(lambda entry: entry.update(data_offsets=entry["data_offsets"][::-1])),
    "offsets beyond the file": with_entry(lambda entry: entry.update(data_offsets=[1 << 40, (1 << 40) + 2])),
    "offsets of 2**64": with_entry(lambda entry: entry.update(data_offsets=[0, 1 << 64])),
    "offsets that are fractions": with_entry(lambda entry: entry.update(data_offsets=[0.5, 2.5])),
    "offsets that are texts": with_entry(lambda entry: entry.update(data_offsets=["0", "2"])),
    "three offsets": with_entry(lambda entry: entry["data_offsets"].append(3)),
    "no offsets": with_entry(lambda entry: entry.pop("data_offsets")),
    "tensors that overlap": with_header(all_overlap),
    "a hole between tensors": lambda content: joined(
        {
            name: {**entry, "data_offsets": [offset + 64 for offset in entry["data_offsets"]]}
            for name, entry in parts(content)[0].items()
            if name != "__metadata__"
        },
        bytes(64) + parts(content)[1],
    ),
    "a shape that is larger": with_entry(lambda entry: entry["shape"].append(2)),
    "a shape of 2**63": with_entry(lambda entry: entry.update(shape=[1 << 63, 4])),
    "a shape that overflows": with_entry(lambda entry: entry.update(shape=[1 << 32, 1 << 32, 1 << 32])),
    "a shape below zero": with_entry(lambda entry: entry.update(shape=[-1, -1])),
    "a shape of zero": with_entry(lambda entry: entry.update(shape=[0])),
    "a shape of many numbers": with_entry(lambda entry: entry.update(shape=[1] * 100_000)),
    "a shape that is a text": with_entry(lambda entry: entry.update(shape="3x3")),
    "no shape": with_entry(lambda entry: entry.pop("shape")),
    "a shape turned round": with_entry(lambda entry: entry.update(shape=[*entry["shape"][::-1], 1, 1])),
    "a type that is none": with_entry(lambda entry: entry.update(dtype="F17")),
    "a type of Python": with_entry(lambda entry: entry.update(dtype="O")),
    "another type of that size": with_entry(lambda entry: entry.update(dtype="I16")),
    "a type of another size": with_entry(lambda entry: entry.update(dtype="F64")),
    "no type": with_entry(lambda entry: entry.pop("dtype")),
    "an entry that is null": with_header(lambda header: header.update({first(header): None})),
    "tensors of another shape": with_tensors(
        lambda state: state.update({first(state): state[first(state)].reshape(-1)[:-1].contiguous()})
    ),
    "whole numbers": with_tensors(lambda state: state.update({k: v.to(torch.int32) for k, v in state.items()})),
    "truths": with_tensors(lambda state: state.update({k: v > 0 for k, v in state.items()})),
    "weights that are no numbers": with_tensors(filled_with(float("nan"))),
    "one weight that is no number": with_tensors(one_value(float("nan"))),
    "weights without end": with_tensors(filled_with(float("inf"))),
    "one weight without end": with_tensors(one_value(float("-inf"))),
    "a pickle": a_program,
    "a file of PyTorch's": torch_file,
    "an archive with a program": archive_of_a_program,
    "a program behind a header": lambda content: joined({}, a_program()),
    "text": lambda content: b"These are no weights.\n" * 100,
    "a page of the web": lambda content: b"<!doctype html><title>404 Not Found</title>",
    "a pointer of Git LFS": lambda content: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_weights_that_attack(attack: str, sound: bytes, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their hash is right: only what is in them can tell."""
    monkeypatch.chdir(bench.folder)
    install(bench, ATTACKS[attack](sound))
    sentence = bench.refused(*detect(bench))
    assert "The model mine cannot be loaded (" in sentence
    assert not (bench.folder / "it-ran").exists()


@pytest.mark.parametrize(
    "attack", ["nothing", "half the tensors", "noise", "a pickle", "a byte more", "one weight that is no number"]
)
def test_weights_that_are_not_the_cards(attack: str, sound: bytes, bench: Bench) -> None:
    install(bench, sound)
    (models_folder(bench) / MINE.file).write_bytes(ATTACKS[attack](sound))
    assert "weights of the model mine are missing or damaged" in bench.refused(*detect(bench))


NETWORKS = sorted(path.stem for path in PROGRAM_WEIGHTS.glob("*.safetensors"))
SOME = [
    "nothing",
    "half the tensors",
    "noise",
    "other names",
    "one weight that is no number",
    "a pickle",
]


@pytest.mark.parametrize("attack", SOME)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_kind_of_network_is_refused(network: str, attack: str, bench: Bench) -> None:
    """Each of the program's own architectures, with weights that are not its own."""
    card = replace(read_card(PROGRAM_WEIGHTS / f"{network}.toml"), name="mine", file="mine.safetensors")
    install(bench, ATTACKS[attack]((PROGRAM_WEIGHTS / f"{network}.safetensors").read_bytes()), card)
    photo = bench.put("photo.png", whole("rgb.png"))
    mask = ["--mask", bench.put("mask.png", whole("grey.png"))] if card.tool == "repair" else []
    sentence = bench.refused(card.tool, photo, *mask, "--model", "mine", "--output", bench.out / "new.png")
    assert "The model mine cannot be loaded (" in sentence


def gone(path: Path) -> None:
    path.unlink()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def a_circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def zeros_without_end(path: Path) -> None:
    os.truncate(path, 1 << 26)


NO_FILES = [gone, a_folder, a_pipe, a_device, a_circle]


@pytest.mark.skipif(sys.platform == "win32", reason="files of Unix")
@pytest.mark.parametrize("make", [*NO_FILES, zeros_without_end], ids=lambda make: make.__name__)
def test_weights_that_are_no_file(make: Callable[[Path], None], sound: bytes, bench: Bench) -> None:
    install(bench, sound)
    make(models_folder(bench) / MINE.file)
    assert "weights of the model mine are missing or damaged" in bench.refused(*detect(bench))


@pytest.mark.parametrize(
    "attack", ["nothing", "noise", "a pickle", "one weight that is no number", "a tensor too many"]
)
def test_in_the_place_of_a_broken_default_another_works_and_says_so(attack: str, sound: bytes, bench: Bench) -> None:
    install(bench, ATTACKS[attack](sound), replace(MINE, name="default"))
    told = bench.run(*detect(bench, "default"))
    assert told.code == DONE and (bench.out / "mask.png").exists()
    assert "classical detector was used instead." in told.err and len(told.err.splitlines()) == 1


# Cards


def card_text(bench: Bench, sound: bytes) -> tuple[Path, str]:
    install(bench, sound)
    path = models_folder(bench) / "detect-mine.toml"
    return path, path.read_text()


def told_once() -> str:
    """What the registry has to say about the one card that is broken; all other models are still there."""
    models = Registry()
    problems = list(models.problems)
    for card in models.cards():
        if card.name == "mine":
            with suppress(ModelError):
                models.check_weights(card)
                models.load(card.tool, card.name)
                continue
            problems.append("the weights of the model mine")
    (problem,) = problems
    assert "The card detect-mine.toml" in problem or "model mine" in problem
    assert {(card.tool, card.name) for card in models.cards()} >= {("detect", "classical"), ("repair", "cnn")}
    return problem


def check_switched_off(problem: str, bench: Bench) -> None:
    """The model is not called unknown: its card is broken, which is told with what to do."""
    told = f"{problem} So the model mine is switched off: choose another one, or mend its card."
    assert bench.refused(*detect(bench)) == told


FIELDS: dict[str, list[str]] = {
    "name": ["5", "[]", "true", "{}", "1.5", "1979-05-27"],
    "tool": ["5", "[]", "{}"],
    "architecture": ["7", '"mamba-9"', '""', '"os.system"', '"../unet"'],
    "arguments": ["5", '"none"', "[]"],
    "tile": ["0", "-8", "1000000", "128.0", '"128"', "true", "9999999999999999999999", "nan", "130"],
    "stride": ["0", "-8", "256", '"8"', "nan", "7"],
    "overlap": ["-8", "64", "128", '"0"', "inf", "20"],
    "threshold": ["nan", "inf", "-inf", "0", "0.0", "1", "1.5", "-0.5", '"0.5"', "true", "[0.5]"],
    "second_look": ["nan", "inf", "-1", "4.1", '"2"', "false"],
    "file": [
        '""',
        "5",
        '"../mine.safetensors"',
        '"/etc/passwd"',
        '"a/b"',
        '"."',
        '".."',
        '"a\\u0000b"',
        '"..\\\\x"',
        "[]",
    ],
    "sha256": ['""', "5", "[]", "{}"],
    "known_failures": ["5", '"none"', "{}"],
    "figures": ["5", '"none"', "[]"],
    "no_such_entry": ["5", '"x"', "{}"],
}


@pytest.mark.parametrize(
    "field,value", [(field, value) for field, values in FIELDS.items() for value in values], ids=lambda part: part[:24]
)
def test_a_card_with_an_impossible_entry(field: str, value: str, sound: bytes, bench: Bench) -> None:
    path, text = card_text(bench, sound)
    head = text.partition("\n[")[0].splitlines()
    tables = "" if field in ("arguments", "figures") else text.removeprefix("\n".join(head))
    lines = [line for line in head if not line.startswith(f"{field} = ")]
    path.write_text("\n".join([f"{field} = {value}", *lines, *tables.splitlines()]) + "\n")
    assert told_once()
    # A card that fits under another name or for another tool makes its model unknown.
    assert "mine" in bench.refused(*detect(bench), code=(FAILED, WRONG_USE))


@pytest.mark.parametrize(
    "field", ["name", "tool", "title", "purpose", "architecture", "licence", "file", "sha256", "tile"]
)
def test_a_card_without_an_entry(field: str, sound: bytes, bench: Bench) -> None:
    path, text = card_text(bench, sound)
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith(f"{field} = ")))
    check_switched_off(told_once(), bench)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "channels = 1\nwidth = 8\nlevels = 2",
        "channels = 3\nwidth = 9\nlevels = 2",
        "channels = 3\nwidth = 0\nlevels = 2",
        "channels = 3\nwidth = -8\nlevels = 2",
        "channels = 3\nwidth = 8\nlevels = 9",
        "channels = 3\nwidth = 8\nlevels = -1",
        "channels = 3\nwidth = 8\nlevels = 2\nanswers = 2",
        "channels = 3\nwidth = 8\nlevels = 2\nfolded = false",
        "channels = 3\nwidth = 8\nlevels = 2\nself = 1",
        "channels = 3\nwidth = 8\nlevels = 2\n__class__ = 1",
        'channels = "3"\nwidth = 8\nlevels = 2',
        "channels = 3\nwidth = 8.5\nlevels = 2",
        "channels = 3\nwidth = [8]\nlevels = 2",
        "channels = 3\nwidth = nan\nlevels = 2",
        "channels = 3\nwidth = 1000000000000\nlevels = 2",
    ],
    ids=lambda text: text.replace("\n", ", ") or "none",
)
def test_a_card_whose_arguments_do_not_fit(arguments: str, sound: bytes, bench: Bench) -> None:
    path, text = card_text(bench, sound)
    path.write_text(text.partition("\n[arguments]")[0] + "\n[arguments]\n" + arguments + "\n")
    assert "The model mine cannot be loaded (" in bench.refused(*detect(bench))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"\xff\xfe",
        b"{}",
        b"name = ",
        b"[" * 50_000,
        b"a = " + b"[" * 50_000,
        b"a = " + b"9" * 50_000,
        b"a." * 1_000 + b"a = 1 2",
        b"name = 'a'\nname = 'b'\n",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        a_program(),
        b"x" * (2 << 20),
        b"#" * (2 << 20),
    ],
    ids=[
        "nothing", "zeros", "no text", "json", "cut", "brackets", "deep", "endless number", "deep name", "twice", "xml",
        "pickle", "long", "long remark",
    ],
)  # fmt: skip
def test_what_is_no_card(content: bytes, bench: Bench, sound: bytes) -> None:
    path, _text = card_text(bench, sound)
    path.write_bytes(content)
    check_switched_off(told_once(), bench)


@pytest.mark.skipif(sys.platform == "win32", reason="files of Unix")
@pytest.mark.parametrize("make", NO_FILES[1:], ids=lambda make: make.__name__)
def test_a_card_that_is_no_file(make: Callable[[Path], None], sound: bytes, bench: Bench) -> None:
    path, _text = card_text(bench, sound)
    make(path)
    check_switched_off(told_once(), bench)


@pytest.mark.parametrize("loop", ["itself", "nothing", "a detector"])
def test_a_model_made_of_models_that_cannot_be(loop: str, bench: Bench) -> None:
    part = {"itself": "mine", "nothing": "gone", "a detector": "classical"}[loop]
    write_card(
        Card(
            name="mine", tool="repair", title="Of others", purpose="Tests.", architecture="by-width",
            licence="GPL-3.0-or-later", arguments={"narrow": part, "wide": "telea", "narrowest": 1.0},
        ),
        models_folder(bench) / "repair-mine.toml",
    )  # fmt: skip
    photo, mask = bench.put("photo.png", whole("rgb.png")), bench.put("mask.png", whole("grey.png"))
    bench.refused("repair", photo, "--mask", mask, "--model", "mine", "--output", bench.out / "new.png")


def test_a_folder_of_models_that_is_none(bench: Bench) -> None:
    (bench.folder / "data").mkdir()
    (bench.folder / "data" / "models").write_bytes(b"not a folder")
    assert bench.run(*detect(bench, "classical")).code == DONE


@pytest.mark.parametrize("broken", ["no card", "wrong entry", "wrong weights"])
def test_the_list_of_models_names_the_broken_one(broken: str, sound: bytes, bench: Bench) -> None:
    path, text = card_text(bench, sound)
    if broken == "wrong weights":
        (models_folder(bench) / MINE.file).write_bytes(sound[:-1])
    else:
        path.write_text("{" if broken == "no card" else text.replace("tile = 128", "tile = 0"))
    told = bench.run("models")
    assert told.code == DONE and told.err == ""
    (problem,) = [line for line in told.out.splitlines() if line.startswith("! ")]
    check_sentence(problem)
    assert "mine" in problem and f"{'detect':9} {'classical':11}" in told.out

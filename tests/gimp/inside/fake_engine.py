"""An engine whose results are whole but for one, and that one is what a check wants it to be.

Started as `python fake_engine.py`; DAGUERRE_DATA/fault.json says {"result": NAME, "fault": one of FAULTS}. Results
are those that are wanted: a mask with ten marked pixels, and of each array of samples the first ten pixels are white.
"""

import ast
import json
import os
import sys
from pathlib import Path

from core import VERSION, protocol

DATA = Path(os.environ["DAGUERRE_DATA"])
MARKED = 10


def missing(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def text(path):
    path.write_text("no array\n" * 100)


def cut_in_the_header(path):
    path.write_bytes(path.read_bytes()[:50])


def without_samples(path):
    path.write_bytes(path.read_bytes()[:128])


def cut_in_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def short_of_a_byte(path):
    path.write_bytes(path.read_bytes()[:-1])


def of_another_version(path):
    data = bytearray(path.read_bytes())
    data[6] = 9
    path.write_bytes(data)


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_pipe(path):
    path.unlink()
    os.mkfifo(path)


def with_header(change):
    """A fault: the same samples behind a changed header."""

    def fault(path):
        data = path.read_bytes()
        start = 10 + int.from_bytes(data[8:10], "little")
        header = change(ast.literal_eval(data[10:start].decode()))
        path.write_bytes(npy(header, data[start:]))

    return fault


def npy(header, samples):
    head = (header if isinstance(header, str) else repr(header)).encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + samples


def of_shape(change):
    return with_header(lambda header: {**header, "shape": change(header["shape"])})


FAULTS = {
    "missing": missing,
    "empty": empty,
    "text": text,
    "cut in the header": cut_in_the_header,
    "without samples": without_samples,
    "cut in half": cut_in_half,
    "short of a byte": short_of_a_byte,
    "of another version": of_another_version,
    "a folder": a_folder,
    "a pipe": a_pipe,
    "turned": of_shape(lambda shape: (shape[1], shape[0], *shape[2:])),
    "flat": of_shape(lambda shape: (shape[0] * shape[1],)),
    "smaller": of_shape(lambda shape: (shape[0] - 1, *shape[1:])),
    "endless": of_shape(lambda shape: (10**12, *shape[1:])),
    "below zero": of_shape(lambda shape: (-shape[0], *shape[1:])),
    "of one channel more": of_shape(lambda shape: (*shape, 2)),
    "of a shape that is none": of_shape(lambda shape: 5),
    "signed": with_header(lambda header: {**header, "descr": "|i1"}),
    "of objects": with_header(lambda header: {**header, "descr": "|O"}),
    "column by column": with_header(lambda header: {**header, "fortran_order": True}),
    "without a type": with_header(lambda header: {"shape": header["shape"]}),
    "with a list for a header": with_header(lambda header: [1, 2]),
    "with a program for a header": with_header(lambda header: "__import__('os').mkdir('it-ran')"),
    "with a deep header": with_header(lambda header: "(" * 60_000),
}


def main():
    say(protocol.hello(VERSION))
    for line in sys.stdin.buffer:
        request = protocol.decoded(line)
        folder, fault = Path(request["folder"]), json.loads((DATA / "fault.json").read_text(encoding="utf-8"))
        files = {name: made(folder, request["photo"], name) for name in request["want"]}
        FAULTS[fault["fault"]](folder / files[fault["result"]])
        facts = {"found": 1, "repaired": 1}
        say({"type": "done", "id": request["id"], "files": files, "text": "Done.", "facts": facts})


def made(folder, photo, name):
    """A whole result, like the photo's samples or laid out as a mask or fill."""
    data = (folder / photo["samples"]).read_bytes()
    start = 10 + int.from_bytes(data[8:10], "little")
    header, samples = ast.literal_eval(data[10:start].decode()), data[start:]
    height, width, channels = header["shape"]
    if name == "mask":
        header, samples = {**header, "shape": (height, width)}, b"\xff" * MARKED + bytes(height * width - MARKED)
    elif name == "fill":
        white = b"\xff" * MARKED * (channels + 1)
        header["shape"] = (height, width, channels + 1)
        samples = white + bytes(height * width * (channels + 1) - len(white))
    else:
        samples = b"\xff" * MARKED * channels + samples[MARKED * channels :]
    (folder / f"{name}-made.npy").write_bytes(npy(header, samples))
    return f"{name}-made.npy"


def say(message):
    sys.stdout.buffer.write(protocol.encoded(message))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

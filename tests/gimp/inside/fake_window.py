"""A window without a screen that does what a plan says: for what a real one does not do, or not when a test wants it.

Started as `python fake_window.py`; DAGUERRE_DATA/plan.json is a list of steps, each with one of

    "say"    a message to send; "id" is added; with "mask" (boxes [x, y, width, height]), "repair" ("fill" or "photo"),
             "enhanced" (true: everything half as light), "colours" (true: half as much green, no blue) and "hints"
             (dabs [x, y, width, height, red, green, blue]) the files are made that belong to it; where something is to
             be placed the answer is waited for
    "raw"    a line to send as it stands
    "end"    the process ends with this code

Everything heard from the plug-in is appended to DAGUERRE_DATA/heard.json, with how many pixels the opened mask and the
opened hints mark.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

from core import VERSION, protocol, tools

DATA = Path(os.environ["DAGUERRE_DATA"])


def main():
    plan = json.loads((DATA / "plan.json").read_text(encoding="utf-8"))
    if plan and plan[0].get("end") is not None:
        sys.exit(plan[0]["end"])
    say(protocol.hello(VERSION))
    opened, waits = hear(), False
    for step in plan:
        if "end" in step:
            sys.exit(step["end"])
        if "raw" in step:
            print(step["raw"], flush=True)
            continue
        message = {"id": opened["id"], **step["say"]}
        if message["type"] == "done":
            message.setdefault("settings", tools.defaults(tools.TOOLS[opened["tool"]]))
        if "mask" in step:
            message["files"] = files_of(Path(opened["folder"]), opened["photo"], step)
        say(message)
        waits = message["type"] == "done" or (message["type"] == "cancelled" and "files" in message)
        if waits and hear()["type"] == "placed":
            return
    if waits:
        return  # it was refused, and the plan has no answer to that
    sys.stdin.read()


def say(message):
    sys.stdout.buffer.write(protocol.encoded(message))
    sys.stdout.buffer.flush()


def hear():
    line = sys.stdin.buffer.readline()
    message = protocol.decoded(line)
    protocol.parsed_window_request(message)
    path = DATA / "heard.json"
    heard = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    if message.get("mask"):
        drawn = np.load(Path(message["folder"]) / message["mask"])
        message["drawn"] = int((drawn if drawn.ndim == 2 else drawn[..., 3]).astype(bool).sum())
    if message.get("hints"):
        dabs = np.load(Path(message["folder"]) / message["hints"])
        message["dabbed"] = int((dabs[..., 3] >= 128).sum())
    path.write_text(json.dumps([*heard, message]), encoding="utf-8")
    return message


def files_of(folder, photo, step):
    samples, repair = np.load(folder / photo["samples"]), step.get("repair")
    mask, files = np.zeros(samples.shape[:2], np.uint8), {}
    if step["mask"] is not None:
        for x, y, width, height in step["mask"]:
            mask[y : y + height, x : x + width] = 255
        np.save(folder / "mask.npy", mask)
        files["mask"] = "mask.npy"
    filled = samples.copy()
    colours = samples.shape[2] - photo["alpha"]
    filled[..., :colours][mask > 0] = 1
    if step.get("enhanced"):
        enhanced = filled.copy()
        enhanced[..., :colours] = filled[..., :colours] / 2
        if repair == "photo":
            filled = enhanced
        else:
            np.save(folder / "enhanced.npy", enhanced)
            files["enhanced"] = "enhanced.npy"
    if step.get("colours"):
        coloured = np.repeat(filled[..., :1], 3, axis=2) if colours == 1 else filled[..., :3].copy()
        coloured[..., 1] = coloured[..., 1] / 2
        coloured[..., 2] = 0
        coloured = np.concatenate([coloured, filled[..., colours:]], axis=2)
        if repair == "photo":
            filled = coloured
        else:
            np.save(folder / "colours.npy", coloured)
            files["colours"] = "colours.npy"
    if step.get("hints") is not None:
        hints = np.zeros((*samples.shape[:2], 4), np.uint8)
        for x, y, width, height, *colour in step["hints"]:
            hints[y : y + height, x : x + width] = [*colour, 255]
        np.save(folder / "hints.npy", hints)
        files["hints"] = "hints.npy"
    if repair is None:
        return files
    if repair == "fill":
        top = np.iinfo(samples.dtype).max if samples.dtype.kind == "u" else 1
        alpha = np.where(mask > 0, top, 0).astype(samples.dtype)
        filled = np.concatenate([np.where(alpha[..., None] > 0, filled[..., :colours], 0), alpha[..., None]], axis=2)
    np.save(folder / f"{repair}-made.npy", filled.astype(samples.dtype))
    return {**files, repair: f"{repair}-made.npy"}


main()

"""Runs of a tool inside of the checks' own process: many with one engine, or with something happening meanwhile."""

import contextlib

import client
import job
import windowed
from core import tools

SETTINGS = {**tools.defaults(tools.RESTORE), "detect-model": "classical", "repair-model": "telea"}
IN_PLACE = {**SETTINGS, "output": "in-place"}


def restore(image, photo, settings=SETTINGS):
    """Restore as a script would: what was placed."""
    return job.Job(tools.RESTORE, image, [photo]).run(settings).placed


@contextlib.contextmanager
def one_engine():
    """All runs inside share one engine."""
    real = client.Engine
    with real() as engine:
        client.Engine = lambda: contextlib.nullcontext(engine)
        try:
            yield
        finally:
            client.Engine = real


@contextlib.contextmanager
def meanwhile(happens):
    """While the next engine works, this happens."""
    real = client.Engine.run

    def run(engine, request, follow):
        client.Engine.run = real
        done = engine.run(request, follow)
        happens()
        return done

    client.Engine.run = run
    try:
        yield
    finally:
        client.Engine.run = real


def while_open(tool, image, drawable, *actions):
    """An interactive run in this process, with each action done before the window's next decision is heard."""
    waiting = list(actions)
    real = client.Window.decision

    def decision(window, follow):
        decided = real(window, follow)
        if waiting:
            waiting.pop(0)()
        return decided

    client.Window.decision = decision
    try:
        run = job.Job(tools.TOOLS[tool], image, [drawable], None, True)
        return windowed.run(run, tools.defaults(tools.TOOLS[tool]))[0]
    finally:
        client.Window.decision = real

"""Runs of a tool inside of the checks' own process: many with one engine, or with something happening meanwhile."""

import contextlib

import client
import job
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

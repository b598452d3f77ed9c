"""What keeps an installation from going on, told in one sentence."""

from __future__ import annotations

import contextlib
import errno
import re
import shutil
import sys
import time

from core import places
from core.translation import _

NETWORK_FAILURES = re.compile(r"NewConnectionError|NameResolutionError|ConnectTimeout|Read timed out")
PROXY_FAILURE = re.compile(r"ProxyError|407 Proxy Authentication")
PROXY_REASON = re.compile(r"Tunnel connection failed: ([\w ]+)")
FULL_DISK = re.compile(r"No space left|Errno 28|WinError 112|Disk quota")


class Problem(Exception):
    """The text is one sentence that says what to do."""


def sentence(error: OSError) -> str:
    """What a person is told about a refusal of the system."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):  # what copying a folder raises
        _source, where, reason = error.args[0][-1]
    else:
        where, reason = error.filename2 or error.filename or places.data_folder(), error.strerror or error
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or FULL_DISK.search(str(reason)):
        return _("The disk is full: free some space, then run install.py once more.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _("{path} cannot be changed: either this user may not, or a program has it open.").format(path=where)
    return _("{path} cannot be used: {reason}.").format(path=where, reason=reason)


def failure_of(output: str, what: str) -> Problem:
    """A problem made from what a failed step printed; all of that goes into the log."""
    with contextlib.suppress(OSError), places.open_log() as log:
        log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} install.py: {what}\n{output}\n".encode(errors="replace"))
    if FULL_DISK.search(output):
        return Problem(_("The disk is full: free some space, then run install.py once more."))
    if PROXY_FAILURE.search(output):
        refusal = PROXY_REASON.search(output)
        return Problem(
            _(
                "The packages could not be downloaded, because the proxy does not let them through ({reason}): set "
                "HTTPS_PROXY to one that does, or fill a folder with install.py --download elsewhere."
            ).format(reason=refusal[1] if refusal else _("it does not answer"))
        )
    if NETWORK_FAILURES.search(output):
        return Problem(
            _("The packages could not be downloaded: connect to the internet, then run install.py once more.")
        )
    if "SSLError" in output:
        return Problem(
            _(
                "The packages could not be downloaded, because their server's certificate is not trusted here: a proxy "
                "or a virus scanner may stand in between."
            )
        )
    if "No matching distribution" in output:
        return Problem(
            _(
                "The packages do not exist for Python {version} on this machine: Daguerre runs with Python 3.11 to "
                "3.14 (64 bit) on Linux, on Windows, and on Macs with Apple's processors."
            ).format(version="{}.{}".format(*sys.version_info[:2]))
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reason = lines[-1].removeprefix("daguerre: ").rstrip(".") if lines else "?"
    if str(places.log_file()) in reason:  # as where the engine made a mistake
        return Problem(_("{what}: {reason}.").format(what=what, reason=reason))
    return Problem(_("{what} ({reason}); more is in {log}.").format(what=what, reason=reason, log=places.log_file()))

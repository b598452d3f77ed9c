"""What all tests share: Daguerre speaks English, whatever the language of the machine."""

from __future__ import annotations

import os

os.environ["LANGUAGE"] = "C"

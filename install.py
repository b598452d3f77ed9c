#!/usr/bin/env python3
"""Sets Daguerre up on this machine, looks after it and takes it away again.

    python3 install.py                the program, its private environment, the plug-in in GIMP, and a trial
    python3 install.py --doctor       what is where, and what is wrong with it
    python3 install.py --uninstall    take everything away again
    python3 install.py --test         for developers: set up .venv, run all checks and tests

This file must be readable for any Python, however old; the work is done in the folder installer.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Daguerre needs Python 3.11 or newer, and this is Python {}.{}: get a newer one from python.org or from "
        "your system's packages, then start install.py with that.".format(*sys.version_info[:2])
    )

sys.dont_write_bytecode = True
folder = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, folder)

if not all(os.path.isdir(os.path.join(folder, name)) for name in ("core", "installer")):
    sys.exit("install.py needs the rest of Daguerre beside it: download the whole program, not this file alone.")

from installer.main import main

sys.exit(main(sys.argv[1:]))

"""Daguerre's core: photographs in, restored photographs out. No Qt and no GIMP in here."""

VERSION = "0.1.0"

"""The window's figures against their targets. Run: python -m tests.dialogs.speed [PART ...] (see __main__.py)."""

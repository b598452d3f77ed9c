"""What install.py does: set Daguerre up, look after it, take it away. Standard library only, Python 3.11 or newer.

What is new is made beside what is there and put in its place at the end, so an installation that is interrupted
leaves the one before it working.
"""

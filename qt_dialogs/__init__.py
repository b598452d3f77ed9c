"""The window between the click and the layers: shows a photo, what was found and what would change. Never torch."""

"""Models: cards, the registry that reads them, and one module for each architecture."""

"""The pages: one for each tool, with a control for each of its settings."""

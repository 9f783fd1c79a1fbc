"""What happens, in order: one file per task type, each readable as a recipe."""

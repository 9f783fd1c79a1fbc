"""What happens, in order: one file per task type."""

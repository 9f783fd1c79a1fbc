"""One folder per backend; none knows another."""

"""What the benchmarks of the composer share."""

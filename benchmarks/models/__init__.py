"""For benchmarks of models on this machine: the real architectures with random weights, and how they are timed."""

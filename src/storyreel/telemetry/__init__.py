"""What operators see of the work: log lines, figures for Prometheus, traces. Nobody's decisions depend on it."""

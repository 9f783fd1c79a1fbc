"""HTTP in, HTTP out; no rules. One file per noun."""

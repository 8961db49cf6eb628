"""What is measured against what: every figure is a ratio to a baseline of the same run."""

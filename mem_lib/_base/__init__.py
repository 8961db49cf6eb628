"""What every room stands on: one idea a file."""

"""Residual fits: neurons that point along what is still missing."""

"""The work behind the Makefile: standard library only, readable to Python 3.9."""

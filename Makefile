# Every target is a word for tools/make.py, which works without make too: py tools/make.py book
# Further arguments: make test ARGS="-k certificate"
# Another Python: make test PYTHON=3.12, or PYTHON=/path/to/python

PYTHON ?= python3
# A version is looked for on the PATH and where version managers keep theirs.
MAKE_PY = $(if $(filter 3.%,$(PYTHON)),python3 tools/make.py --python=$(PYTHON),$(PYTHON) tools/make.py)

.PHONY: help book serve lab test test-all assignments benchmark notebooks lock clean

help:
	@$(MAKE_PY)

book serve lab test test-all assignments benchmark notebooks lock clean:
	@$(MAKE_PY) $@ $(ARGS)

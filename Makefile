# Every target is a word for tools/make.py, which works without make too: py tools/make.py book
# Further arguments: make test ARGS="-k certificate"

PYTHON ?= python3

.PHONY: help book serve lab test test-all assignments benchmark notebooks lock clean

help:
	@$(PYTHON) tools/make.py

book serve lab test test-all assignments benchmark notebooks lock clean:
	@$(PYTHON) tools/make.py $@ $(ARGS)

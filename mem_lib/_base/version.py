"""The version of the library, for whoever cannot ask the roof."""

VERSION = "0.1.0"

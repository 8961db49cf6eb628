"""The stages that the layers of a network which reads files belong to, as readers see them."""

PROJECT, HASH, FIND, READ, DECODE, ANSWER = (
    "project", "hash", "find the folder", "read the folder", "decode", "answer",
)  # fmt: skip

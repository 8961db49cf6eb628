"""The judges, one module a chapter, and what they share in ``common``.  A graded run hides this
folder from the student's process."""

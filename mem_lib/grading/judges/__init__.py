"""The judges, one module a chapter.  A graded run hides this folder from the student's process."""

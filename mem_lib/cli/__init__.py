"""What surrounds the commands of ``python -m mem_lib``, whatever they do.

``streams``: output that cannot be written changes no verdict.  ``ending``: how a command ends
before its time, and what it says then.  ``program``: options and exit statuses.  ``outputs``: no
file is written that is also read.  ``reading``: data that are named.  ``challenges``: the command
of that name.
"""

"""What surrounds the commands of ``python -m mem_lib``, whatever they do.

``outputs``: no file is written that is also read.  ``reading``: data that are named.
``challenges``: the command of that name.  What every program of ours has, the course's too, lies in
``_base``: ``program``, its options and exit statuses; ``ending``, how it ends before its time;
``streams``, output that cannot be written and changes no verdict.
"""

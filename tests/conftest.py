"""Settings of all tests.

Real data are looked for in ``MEM_LIB_DATA``, else in ``../shared/data`` if that exists.  No
property test has a deadline: how long an example takes says more about the machine.
"""

import os
from pathlib import Path

from hypothesis import settings

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

if "MEM_LIB_DATA" not in os.environ and _SHARED.is_dir():
    os.environ["MEM_LIB_DATA"] = str(_SHARED)

settings.register_profile("mem_lib", deadline=None)
settings.load_profile("mem_lib")

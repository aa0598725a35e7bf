"""Where the learner's folder is: their notebooks, and beside them, in ``.pytorch-basics``, what is remembered.

In goes nothing but the environment and the folder we stand in; out comes a path.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = ".pytorch-basics"


def workspace() -> Path:
    """The learner's folder: the one named in the environment, the nearest one above here, or one in their home."""
    named = os.environ.get("PYTORCH_BASICS_WORKSPACE")
    if named:
        return Path(named)
    here = Path.cwd()
    for place in (here, *here.parents):
        if (place / FOLDER).is_dir():
            return place
    return Path.home()

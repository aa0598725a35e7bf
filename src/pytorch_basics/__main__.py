"""``python -m pytorch_basics`` is the same as ``pytorch-basics``."""

import sys

from pytorch_basics.cli import main

sys.exit(main())

"""Starting JupyterLab on the learner's folder, quiet and offline.

In go a folder, a port and a browser; JupyterLab opens on the start page. It looks for no updates and no news.
"""

from __future__ import annotations

import errno
import os
import socket
from importlib.util import find_spec
from pathlib import Path

from pytorch_basics.errors import Problem
from pytorch_basics.lab import welcome
from pytorch_basics.language import VARIABLE
from pytorch_basics.practice.progress import FOLDER

DEFAULT_PORT = 8888


def serve(folder: Path, port: int | None, browser: str | None) -> int:
    """Run JupyterLab until it is stopped; ``browser="none"`` opens none. Gives its exit status."""
    if find_spec("jupyterlab") is None:
        raise Problem('JupyterLab is not installed; install it with: pip install "pytorch-basics[lab]"')
    if port is not None:
        _must_be_free(port)
    # Kernels inherit these: whose progress it is, and one thread, which on small tensors is the fastest.
    os.environ["PYTORCH_BASICS_WORKSPACE"] = str(folder)
    os.environ.pop(VARIABLE, None)  # the folder remembers it
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(argv=arguments(folder, port, browser))
    return 0


def arguments(folder: Path, port: int | None, browser: str | None) -> list[str]:
    """What JupyterLab is started with."""
    chosen = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={port or DEFAULT_PORT}",
        f"--ServerApp.port_retries={50 if port is None else 0}",
        f"--LabApp.default_url=/lab/tree/{welcome.NAME}",
        f"--LabApp.app_settings_dir={Path(__file__).parent / 'settings'}",  # asks for no news
        f"--LabApp.workspaces_dir={folder / FOLDER / 'lab'}",  # open tabs belong to the folder, not to the person
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if hasattr(os, "getuid") and os.getuid() == 0:
        chosen.append("--allow-root")  # in a container a learner is root, and Jupyter would refuse
    if browser == "none":
        chosen.append("--no-browser")
    elif browser:
        chosen.append(f"--ServerApp.browser={browser}")
    return chosen


def _must_be_free(port: int) -> None:
    if not 1 <= port <= 65535:
        raise Problem(f"{port} is not a port; choose a number from 1024 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            other = port + 1 if DEFAULT_PORT <= port < 65535 else DEFAULT_PORT
            trouble = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise Problem(f"port {port} {trouble}; choose another, such as {other}") from error

"""The lab: the learner's folder, JupyterLab on it, and checking its notebooks from the command line."""

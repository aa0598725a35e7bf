"""How rules read records: what several mistakes ask of a run, of a failure, or of the lines of the code.

Of a ``RunRecord``: ``flow`` (what made a tensor and what became of it), ``owners`` (which parameters an optimizer
holds), ``rounds`` (gradients and steps in order), ``unregistered``, ``empty_optimizer``, ``wording``. Of a
``FailureRecord``: ``lost_history``, ``left_the_graph``, ``overwritten``, ``reused``, ``loaders``. Of the source:
``lines`` and ``feeding``.
"""

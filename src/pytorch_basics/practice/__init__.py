"""Practice: exercises whose checks name the misconception.

An ``Exercise`` is a small declarative object; a learner's answer runs in a sandbox, is compared with references on
cases drawn afresh, and what it shows (passed, a named misconception, the smallest failing case) is kept as progress.
"""

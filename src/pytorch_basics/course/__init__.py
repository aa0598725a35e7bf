"""The course: lessons, exercises and their solutions, one folder a topic.

``COURSE`` is the order in which they are taught; everything else (the notebooks, the start page, the tests)
walks it. A new topic is one folder and one word here.
"""

COURSE = (
    "start",
    "tensors",
    "memory",
    "operations",
    "autograd",
    "descent",
    "model",
    "loss",
    "optim",
    "data",
    "evaluation",
    "debugging",
    "scaling",
    "capstone",
)

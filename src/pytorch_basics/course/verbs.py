"""The course's verbs, as ``pb.exercise``, ``pb.predict``, ``pb.hint``, ``pb.solution`` and ``pb.progress``.

They are the practice desk's, over this course's exercises; the first use in a notebook starts the checker in the
background.
"""

from __future__ import annotations

from pytorch_basics.course import catalogue
from pytorch_basics.course.overview import overview
from pytorch_basics.practice.desk import Desk
from pytorch_basics.practice.page import Page, in_notebook
from pytorch_basics.practice.progress import Progress
from pytorch_basics.practice.sandbox import shared

desk = Desk("pytorch_basics.course", catalogue.find, catalogue.ids)

exercise = desk.exercise
predict = desk.predict
hint = desk.hint
solution = desk.solution


def progress() -> Page:
    """What is tried and passed in this workspace, and the next step."""
    return Page(overview(Progress().rows()))


if in_notebook():
    shared().start()

"""Comments and docstrings can be said otherwise; the program cannot change."""

from __future__ import annotations

import ast

import pytest

from pytorch_basics.comments import replaced, words

SOURCE = '''# Run this first:
# it takes a while.
import torch  # the library

class Net:
    """A network."""

    def forward(self, x):
        """Two lines:
        the second.
        """
        # inside
        text = "# no comment"
        return x
'''


def test_the_words_of_a_program_are_its_comments_and_docstrings() -> None:
    """Lines of comment below each other are one; what stands in a string is none."""
    assert words(SOURCE) == [
        "Run this first:\nit takes a while.",
        "the library",
        "A network.",
        "Two lines:\nthe second.",
        "inside",
    ]


def test_replacing_them_leaves_the_program() -> None:
    """Longer and shorter words, one line or several, each indented where it stands."""
    said = {
        "Run this first:\nit takes a while.": "Zuerst ausführen.",
        "A network.": "Ein Netz.",
        "Two lines:\nthe second.": "Drei Zeilen:\nzwei,\ndrei.",
        "inside": "drinnen,\nin zwei Zeilen",
    }
    made = replaced(SOURCE, lambda text: said.get(text, text))
    assert (
        made
        == '''# Zuerst ausführen.
import torch  # the library

class Net:
    """Ein Netz."""

    def forward(self, x):
        """Drei Zeilen:
        zwei,
        drei.
        """
        # drinnen,
        # in zwei Zeilen
        text = "# no comment"
        return x
'''
    )


@pytest.mark.parametrize("said", ['"""', 'ends in "', "a\\", "\nreturn 7", "x\n\ny"])
def test_no_translation_can_change_the_program(said: str) -> None:
    """Whatever is written into a PO file, the code is what it was."""

    def program(source: str) -> str:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
                node.body = node.body[1:]
        return ast.dump(tree)

    assert program(replaced(SOURCE, lambda text: said)) == program(SOURCE)


@pytest.mark.parametrize("source", ["%pip install torch  # magic", "def f(:", "", "x = 'open"])
def test_what_is_no_python_stays_as_it_is(source: str) -> None:
    """A cell with a magic, or one that is not finished."""
    assert words(source) == []
    assert replaced(source, str.upper) == source

"""A language of our own for the tests: a few sentences in Persian, which is written from right to left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytorch_basics import language

PROGRAM = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"
"X-Direction: rtl\n"

msgid "✓ Passed"
msgstr "✓ قبول"

msgid "Right on all {cases} cases."
msgstr "در هر {cases} مورد درست است."

#, fuzzy
msgid "A hint"
msgstr "راهنمایی"

msgid "It was never reached"
msgstr ""

msgid "Reference {n}"
msgstr "مرجع {number}"

msgid "About {n} minute."
msgid_plural "About {n} minutes."
msgstr[0] "حدود یک دقیقه."
msgstr[1] "حدود {n} دقیقه."
"""


Write = Callable[[str, str], None]


@pytest.fixture
def persian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """From here on the program speaks Persian (``fa``) and English, and nothing else; gives a function that writes the
    translations of what stands in a package."""

    def write(package: str, entries: str) -> None:
        path = tmp_path / "root" / package / "translations" / "fa.po"
        path.parent.mkdir(parents=True)
        path.write_text(entries, encoding="utf-8")
        _forget()

    write(language.PROGRAM, PROGRAM)
    monkeypatch.setattr(language, "files", lambda package: tmp_path / "root" / package)
    _forget()
    yield write
    _forget()


def _forget() -> None:
    language.languages.cache_clear()
    language._words.cache_clear()

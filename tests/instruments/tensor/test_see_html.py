"""Facts about the HTML: self-contained, small, complete without scripts, and drawn without torch."""

import re
import subprocess
import sys
from base64 import b64decode
from html import unescape

import pytest
import torch

import pytorch_basics as pb


def block(see):
    return see._repr_mimebundle_()["text/html"]


def page(see):
    """The document inside the iframe."""
    return unescape(re.search(r"srcdoc='([^']*)'", block(see)).group(1))


def still(see):
    return b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', block(see)).group(1)).decode()


@pytest.fixture
def small():
    x = torch.arange(6.0).view(2, 3)
    return pb.see(x, x.t(), x.clone(), names=["x", "x.t()", "z"])


def test_no_address_outside_is_named(small):
    """Neither the block, the page in it nor the still picture names another place."""
    for part in (block(small), page(small), still(small).replace("http://www.w3.org/2000/svg", "")):
        assert not re.search(r"(https?:)?//[\w.-]+\.\w", part.replace("// @ts-check", ""))


def test_every_cell_and_index_is_drawn(small):
    """Two storages of six cells, three tensors of six entries."""
    assert len(re.findall(r"<td data-c=", page(small))) == 12
    assert len(re.findall(r"<td data-i=", page(small))) == 18


def test_the_text_twin_is_beside_the_picture(small):
    """``<details>`` holds exactly the text."""
    twin = re.search(r"<pre>(.*?)</pre></details>", block(small), re.S).group(1)
    assert unescape(twin) == str(small)
    assert small._repr_mimebundle_()["text/plain"] == str(small)


def test_the_still_picture_is_inside_the_iframe_element_and_says_what_it_shows(small):
    """An untrusted notebook keeps the image: it has the values and an alt text."""
    inside = re.search(r"srcdoc='[^']*'>(.*?)</iframe>", block(small), re.S).group(1)
    assert inside.startswith('<img alt="pb.see: x f32[2, 3], x.t() f32[3, 2], z f32[2, 3]"')
    assert still(small).count(">5.0</text>") == 5


def test_a_name_cannot_break_the_page():
    """Names are escaped in the markup and in the record."""
    see = pb.see(torch.ones(2), names="</script><b a='\"&")
    assert "</script><b" not in page(see)
    assert "&lt;/script&gt;&lt;b" in page(see)


@pytest.mark.parametrize("shape", [(2, 3), (12, 12), (3, 4, 5), (3, 32, 32)])
def test_small_tensors_stay_under_60_kilobytes(shape):
    """With a view of them too."""
    x = torch.randn(shape)
    assert len(block(pb.see(x, x[..., ::2])).encode()) < 60_000


def test_non_finite_values_are_marked_by_more_than_colour():
    """A class with a dashed border, a title, and the word itself."""
    assert "<td data-i=1 class=odd title='not finite'>nan" in page(pb.see(torch.tensor([1.0, float("nan")])))


def test_a_record_is_drawn_in_a_process_without_torch(small):
    """record, text and html never import torch: a page can be drawn where it is not installed."""
    code = (
        "import sys\n"
        "from pytorch_basics.instruments.tensor import record, text, html\n"
        "see = record.SeeRecord.from_json(sys.stdin.read())\n"
        "page = html.html(see); words = text.text(see)\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules\n"
        "print(page, words)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=small.to_json(), capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == f"{block(small)} {small}\n"

"""Tensors shaped like images are shown as pictures, with their values' way to shades in words."""

import struct
import zlib
from base64 import b64decode

import pytest
import torch

import pytorch_basics as pb


def pixels(picture):
    """Decode the PNG the slow way: (H, W, C) as nested lists of bytes."""
    data = b64decode(picture.png)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
    assert depth == 8
    channels = {0: 1, 2: 3, 6: 4}[colour]
    size = struct.unpack(">I", data[33:37])[0]
    raw = zlib.decompress(data[41 : 41 + size])
    line = 1 + width * channels
    rows = [raw[r * line + 1 : (r + 1) * line] for r in range(height)]
    return [[tuple(row[c * channels : (c + 1) * channels]) for c in range(width)] for row in rows]


def test_the_pixels_of_a_small_image_are_its_values():
    """A uint8 image is drawn pixel for pixel."""
    x = torch.arange(3 * 8 * 9, dtype=torch.uint8).view(3, 8, 9)
    (picture,) = pb.see(x).tensors[0].pictures
    assert torch.tensor(pixels(picture)).permute(2, 0, 1).tolist() == x.tolist()
    assert picture.scaling == "0 to 255 as they are"


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (torch.linspace(0, 1, 64).view(1, 8, 8), "0 to 1 as they are"),
        (torch.linspace(-2, 6, 64).view(1, 8, 8), "-2 (black) to 6 (white), scaled"),
        (torch.full((1, 8, 8), float("nan")), "0 to 1 as they are; non-finite drawn black"),
        (torch.full((1, 8, 8), 7.0), "7 (black) to 7 (white), scaled"),
    ],
)
def test_how_values_became_shades_is_said(x, words):
    """Values from 0 to 1 stay, others are scaled from their smallest to their largest."""
    see = pb.see(x)
    assert see.tensors[0].pictures[0].scaling == words
    assert words in str(see)


def test_a_batch_shows_its_first_eight_as_small_pictures():
    """Each picture has its index, an alt text and the means of its channels."""
    x = torch.rand(20, 3, 200, 100)
    see = pb.see(x)
    html = see._repr_mimebundle_()["text/html"]
    assert [p.index for p in see.tensors[0].pictures] == [(k,) for k in range(8)]
    assert max(p.height for p in see.tensors[0].pictures) <= 48
    assert html.count("data:image/png;base64,") == 8
    assert 'alt="x[3] as a picture, 100 × 200 pixels; channel means 0.' in html
    assert "pictures of the first 8 of 20, one pixel in 5 along each side" in str(see)
    assert str(see).count("mean of each channel") == 8


@pytest.mark.parametrize("shape", [(2, 8, 8), (3, 7, 8), (8, 8), (3, 8, 8, 8), (0, 3, 8, 8)])
def test_other_shapes_are_not_taken_for_images(shape):
    """Two channels, tiny sides, other ranks and empty batches have no picture."""
    assert pb.see(torch.zeros(shape)).tensors[0].pictures == ()


def test_a_permuted_view_is_drawn_as_the_image_it_is():
    """``permute`` from (H, W, C) gives the same picture as the contiguous copy."""
    x = torch.rand(8, 8, 3).permute(2, 0, 1)
    see = pb.see(x, x.contiguous())
    assert see.tensors[0].pictures[0].png == see.tensors[1].pictures[0].png

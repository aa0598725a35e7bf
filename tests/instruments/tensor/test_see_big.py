"""Big tensors are summarised from samples, without a copy, and the text says so."""

import tracemalloc

import numpy as np
import torch

import pytorch_basics as pb


def test_a_thousand_million_elements_by_expand_are_one():
    """An expanded tensor is read once and its statistics are exact."""
    x = torch.tensor([float("nan")]).expand(1000, 1000, 1000)
    see = pb.see(x)
    assert see.tensors[0].stats.exact
    assert see.tensors[0].stats.nans == 10**9
    assert "1,000,000,000 indices share 1 element" in str(see)


def test_a_shape_beyond_what_numpy_can_count_still_works():
    """2⁶² indices on one element are no trouble, as a picture neither."""
    x = torch.ones(1).expand(2**40, 2**22)
    images = torch.ones(1).expand(2**40, 1, 2**8, 2**8)
    assert pb.see(x).tensors[0].values[0] == 1.0
    assert len(pb.see(images).tensors[0].pictures) == 8


def test_200_megabytes_are_neither_copied_nor_read_whole():
    """Only samples are read: little memory is taken, the cut and the sampling are said."""
    x = np.ones(50_000_000, np.float32)
    tracemalloc.start()
    see = pb.see(x, torch.from_numpy(x))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
    assert "… 49,999,964 more …" in str(see)
    assert "sampled 4,096 of 50,000,000 elements" in str(see)


def test_full_statistics_are_exact_when_asked_for():
    """One NaN among 200,000 may escape the samples, but not ``stats="full"``."""
    x = torch.arange(200_000.0)
    x[123_456] = float("nan")
    stats = pb.see(x, stats="full").tensors[0].stats
    assert (stats.exact, stats.looked_at, stats.nans, stats.largest) == (True, 200_000, 1, 199_999.0)
    assert not pb.see(x).tensors[0].stats.exact


def test_samples_come_from_everywhere():
    """A sampled mean is near the true one even where a fixed step would fall on one column."""
    x = torch.arange(1024.0).expand(1024, 1024).contiguous()
    assert abs(pb.see(x).tensors[0].stats.mean - 511.5) < 20


def test_many_dimensions_are_cut_to_a_few_slices():
    """The first two 2-D slices and the last are drawn, each with its middle cut."""
    x = torch.zeros(10, 10, 20, 20)
    (record,) = pb.see(x).tensors
    assert record.leads == ((0, 0), (0, 1), (9, 9))
    assert record.rows == (0, 1, 2, 17, 18, 19)
    assert "… 97 more slices …" in str(pb.see(x))

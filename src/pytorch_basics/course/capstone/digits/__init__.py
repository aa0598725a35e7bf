"""The digits of the capstone: 8×8 images in two files, one for learners, one that only the check reads.

In goes nothing; out comes the path of the learners' file, so that they load it themselves, offline. Where the digits
come from, and under which licence, stands in ``README.md`` beside them.
"""

from pathlib import Path

_HERE = Path(__file__).parent
HELD_OUT = _HERE / "held_out.npz"


def digits() -> Path:
    """The path of ``digits.npz``: 1,297 handwritten digits, ``images`` uint8 (1297, 8, 8) and ``labels`` int64 (1297,).

    >>> with np.load(pb.digits()) as file:
    ...     images, labels = torch.from_numpy(file["images"]), torch.from_numpy(file["labels"])

    Source: E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0; see ``README.md`` beside it.
    """
    return _HERE / "digits.npz"

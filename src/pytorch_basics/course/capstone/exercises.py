"""The capstone's exercises: what is asked, the stub, the cases and the hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. A case only describes the digits to learn from;
``probes.py`` takes them, lets the answer train, and turns what happened into facts.
"""

from collections.abc import Iterator

from pytorch_basics.course.capstone import probes
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, case

# --- predict_first_loss

PREDICT_FIRST_LOSS = Prediction(
    id="capstone.predict_first_loss",
    title="Before the first step",
    statement="This model knows nothing: it gives the same score to every digit. Which accuracy does it reach on ten "
    "images, one of each digit? And what is e to the power of its loss, rounded to a whole number?",
    code="""labels = torch.arange(10)
scores = torch.zeros(10, 10)  # (images, digits)
loss = torch.nn.functional.cross_entropy(scores, labels)

accuracy = (scores.argmax(dim=1) == labels).float().mean().item()
choices = round(loss.exp().item())
""",
    asks={"accuracy": "accuracy", "choices": "choices"},
    hints=(
        "Among equal numbers, `argmax` takes one of them. How many of the ten images can that be right for?",
        "Equal scores are equal probabilities. Cross entropy is minus the logarithm of the right one's probability.",
        "Each probability is 1/10, so the loss is ln 10. One image of the ten is right.",
    ),
    minutes=2,
)

# --- digits


def _trainings(draw: Draw) -> Iterator[Case]:
    for order in ("mixed", "sorted", "mixed"):
        images, moved = draw.integer(90, 140), draw.integer(1, 9)
        yield case(images=images, order=order, moved=moved, draw=draw.integer(1, 10_000))
    yield case(images=128, order="sorted", moved=0, draw=draw.integer(1, 10_000))
    yield case(images=probes.MANY, order="sorted", moved=draw.integer(1, 9), draw=draw.integer(1, 10_000))


DIGITS = Exercise(
    id="capstone.digits",
    title="Your digits",
    statement="""Write a Module and `train(images, labels, seed)`, which makes one, trains it and returns it. `images`
is `(count, 8, 8)`, uint8, 0 to 16; `labels` is `(count,)`, int64, 0 to 9.

- The Module takes images as they are in the file, `(batch, 8, 8)`, uint8, and gives ten scores for each, `(batch, 10)`.
- The model, the loss, the optimizer and the loop are yours. `torch.manual_seed(seed)` comes first: the same seed
  gives the same model.
- Return the model ready to use: it says the same of an image whether it sees it alone or among others.
- Its `state_dict()` carries all that it learned. Loaded into a model that your `train` made from other images, it gives
  the same scores.

The check trains it anew with seeds of its own: on a hundred images or so, and once on 1,200. Then it asks for 500
digits that were never in your file, and wants 0.95 of them right, after at most 20 seconds of training on one
processor. Two traps are meant. The images may come **sorted by label**. And in some checks the labels are **moved** (a
3 is called 7, say), so learn from the labels you are given. What does not learn is shown to the doctor. The check takes
some seconds, or minutes if your training is slow. (The example shows what is looked at where images are few.)""",
    stub='''class Digits(nn.Module):
    """Takes images (batch, 8, 8), uint8; gives ten scores for each, (batch, 10)."""

    def __init__(self):
        super().__init__()
        ...

    def forward(self, images):
        ...


def train(images, labels, seed):
    """A trained model, ready to use."""
    ...
''',
    examples=(case(images=96, order="mixed", moved=0, draw=0),),
    cases=_trainings,
    hints=(
        "Start small: seed, model, loss, optimizer, and a loop over a hundred images that gets *their* loss near 0. "
        "Only then take more.",
        "In `forward`: `.float()`, a scale, flat rows, then layers. In the loop: a new order in each epoch, batches, "
        "and the four lines you know. At the end the other mode.",
        "`nn.Linear(64, 64)`, `nn.ReLU()`, `nn.Linear(64, 10)` on `images.flatten(1).float() / 16`; cross entropy; "
        "Adam with `lr=0.003`; 40 epochs of batches of 50 rows of `torch.randperm(len(images))`; `model.eval()`.",
    ),
    minutes=45,
    probe=probes.probe_digits,
    tells="told",
    seconds=240.0,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (PREDICT_FIRST_LOSS, DIGITS)

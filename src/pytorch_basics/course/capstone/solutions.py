"""The references and the named wrong solutions of the capstone.

Out comes ``SOLUTIONS``. The references differ in all that is the learner's: the model, the batches, the optimizer. The
wrong ones learn for a moment only, because each failing check runs them. One file although long: every entry stands
alone.
"""
# mypy: untyped-calls-exclude=torch

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.course.capstone.probes import LEARNERS
from pytorch_basics.practice.exercise import Solutions, Wrong

IMAGES, LABELS = LEARNERS  # as they lie in a learner's notebook


class Digits(nn.Module):
    """Two linear layers with a bend between them."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(64, 64)
        self.output = nn.Linear(64, 10)

    def forward(self, images: Tensor) -> Any:
        x = images.flatten(1).float() / 16  # (batch, 64), from 0 to 1
        return self.output(torch.relu(self.hidden(x)))


def train(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    model = Digits()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.015)
    for _ in range(30):
        for rows in torch.randperm(len(images)).split(200):
            loss = F.cross_entropy(model(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()


class Picture(nn.Module):
    """A convolutional network: it knows which pixels are neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1),
            nn.BatchNorm2d(12),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (batch, 12, 4, 4)
            nn.Flatten(),
            nn.Dropout(0.1),
            nn.Linear(12 * 4 * 4, 10),
        )

    def forward(self, images: Tensor) -> Any:
        return self.layers(images.unsqueeze(1) / 16.0)


def train_convolutions(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    loader = DataLoader(TensorDataset(images, labels), batch_size=64, shuffle=True)
    model, loss_module = Picture(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model.train()
    for _ in range(10):
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_module(model(x), y)
            loss.backward()
            optimizer.step()
    model.eval()
    return model


# --- wrong ones


def steps(model: nn.Module, images: Tensor, labels: Tensor, count: int = 20) -> nn.Module:
    """A few steps on all images."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(count):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def train_nothing_returned(images: Tensor, labels: Tensor, seed: int) -> None:
    torch.manual_seed(seed)
    steps(Digits(), images, labels).eval()


def train_weights_returned(images: Tensor, labels: Tensor, seed: int) -> Any:
    torch.manual_seed(seed)
    return steps(Digits(), images, labels).eval().state_dict()


class Answers(Digits):
    def forward(self, images: Tensor) -> Any:
        scores = super().forward(images)
        return scores if self.training else scores.argmax(dim=1)


def train_answers(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return steps(Answers(), images, labels).eval()


class Dropping(Digits):
    def __init__(self) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)

    def forward(self, images: Tensor) -> Any:
        return self.output(self.dropout(torch.relu(self.hidden(images.flatten(1) / 16.0))))


def train_left_in_training_mode(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return steps(Dropping(), images, labels)


class Listed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(64, 32), nn.ReLU()]
        self.output = nn.Linear(32, 10)

    def forward(self, images: Tensor) -> Any:
        x = images.flatten(1) / 16.0
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


def train_listed(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return steps(Listed(), images, labels).eval()


class Centred(Digits):
    def __init__(self, images: Tensor) -> None:
        super().__init__()
        self.mean = images.float().mean(dim=0)

    def forward(self, images: Tensor) -> Any:
        return self.output(torch.relu(self.hidden((images - self.mean).flatten(1) / 16)))


def train_mean_not_saved(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return steps(Centred(images), images, labels).eval()


def train_without_seed(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    return steps(Digits(), images, labels).eval()


def train_of_the_file(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return steps(Digits(), IMAGES, LABELS, 60).eval()


def train_apart(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    model = Digits()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(20):
        rows, others = torch.randperm(len(images)), torch.randperm(len(images))
        loss = F.cross_entropy(model(images[rows]), labels[others])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


class Rows(Digits):
    """Takes each row of a picture for a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(8, 64)

    def forward(self, images: Tensor) -> Any:
        return self.output(torch.relu(self.hidden(images / 16.0)))


def train_rows(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return steps(Rows(), images, labels).eval()


def train_too_little(images: Tensor, labels: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return steps(Digits(), images, labels, 6).eval()


SOLUTIONS: dict[str, Solutions] = {
    "capstone.predict_first_loss": Solutions(
        references=({"accuracy": 0.1, "choices": 10}, {"accuracy": torch.tensor(0.1), "choices": 10.0}),
        wrong=(
            Wrong(
                "nothing_right",
                {"accuracy": 0.0},
                "`argmax` always answers, also when all scores are equal: it takes one digit for every image, and one "
                "of the ten images shows that digit.",
            ),
            Wrong(
                "one_choice",
                {"choices": 1},
                "e to the power 0 is 1, and a loss of 0 would mean that the right digit has the probability 1. Ten "
                "equal scores are ten equal probabilities.",
            ),
            Wrong(
                "two_choices",
                {"choices": 2},
                "That is a guess between two, as in the XOR lessons, where the first loss was near ln 2. Here a guess "
                "is between ten.",
            ),
        ),
    ),
    "capstone.digits": Solutions(
        references=(train, train_convolutions),
        wrong=(
            Wrong(
                "nothing_returned",
                train_nothing_returned,
                "Your `train` returns None. The model is made and trained inside; `return model` hands it out.",
            ),
            Wrong(
                "weights_returned",
                train_weights_returned,
                "Your `train` returns a `state_dict`: numbers, nothing that can be called. Return the model; the check "
                "takes its `state_dict()` itself.",
            ),
            Wrong(
                "answers_instead_of_scores",
                train_answers,
                "Your model gives one digit for each image. Ten scores are asked for, `(batch, 10)`; `argmax` over "
                "them is for whoever uses the model.",
            ),
            Wrong(
                "left_in_training_mode",
                train_left_in_training_mode,
                "Your model comes back in training mode: dropout still draws, or a batch norm looks at the other "
                "images of the batch. `model.eval()` belongs right before `return model`. Is it there? Then a dropout "
                "may be made inside `forward`, where `eval()` does not find it.",
                mistake="evaluation.not_in_eval_mode",
            ),
            Wrong(
                "listed",
                train_listed,
                "Loaded into another model, your `state_dict` gives other scores, and a layer stands in a plain list: "
                "it is neither saved nor trained. Use `nn.ModuleList` or `nn.Sequential`, or assign it to `self`.",
                mistake="model.plain_list",
            ),
            Wrong(
                "mean_not_saved",
                train_mean_not_saved,
                "Loaded into another model, your `state_dict` gives other scores: something that the model learned "
                "from the images is not in it. Is a mean, a scale or another tensor a plain attribute? "
                '`self.register_buffer("mean", mean)` puts it in.',
                mistake="model.plain_tensor",
            ),
            Wrong(
                "without_seed",
                train_without_seed,
                "Called twice with the same `seed`, your `train` gives two models. `torch.manual_seed(seed)` comes "
                "first, before the model is made.",
            ),
            Wrong(
                "of_the_file",
                train_of_the_file,
                "Your model knows the digits, but by other labels than those it was given. Does your `train` use the "
                "`images` and `labels` of the notebook, in place of its own arguments?",
            ),
            Wrong(
                "apart",
                train_apart,
                "Your model guesses, and the doctor sees no mistake in a line: then what the loop is fed may be at "
                "fault. Do `images[rows]` and `labels[rows]` take the *same* rows? Is the model made once, before its "
                "optimizer? Is `lr` far too small? Train on fifty images first: their loss must get near 0.",
                mistake="data.labels_left_in_order",
            ),
            Wrong(
                "rows_for_pictures",
                train_rows,
                "Scores and labels do not fit: `cross_entropy` wants `(batch, 10)` and `(batch,)`. `nn.Linear` takes "
                "the last dimension as features, so pictures `(batch, 8, 8)` give `(batch, 8, 10)`. "
                "`images.flatten(1)` makes each picture one row of 64.",
                mistake="model.no_flatten",
            ),
            Wrong(
                "too_little",
                train_too_little,
                "Your training is in order, and it has learned too little: fewer than 0.95 of the new digits are "
                "right. More epochs, another `lr`, a wider layer? Keep some images back, and watch both curves with "
                "`pb.losses`.",
            ),
        ),
    ),
}

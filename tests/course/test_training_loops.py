"""A training loop is judged by what it does, not by how it is written: any right style passes, each wrong one is told
what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from test_course import check

from pytorch_basics.course.optim import probes
from pytorch_basics.course.optim.exercises import TRAIN
from pytorch_basics.course.optim.solutions import SOLUTIONS, MySGD, MySGDWithDict
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.sandbox import Sandbox

SEQUENTIAL = """
def make(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
"""
SUBCLASS = """
class Classifier(nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.hidden = nn.Linear(2, hidden)
        self.output = nn.Linear(hidden, 1)

    def forward(self, points):
        return self.output(torch.tanh(self.hidden(points))).squeeze(1)

def make(seed):
    torch.manual_seed(seed)
    return Classifier()
"""
LOSS = "loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)"
SGD = "optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)"

RIGHT = {
    "zero_grad_first": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    {SGD}
    for _ in range(100):
        optimizer.zero_grad()
        {LOSS}
        loss.backward()
        optimizer.step()
    return model
""",
    "zero_grad_last_in_a_subclass": f"""{SUBCLASS}
def train(x, y, seed):
    model = make(seed)
    {SGD}
    loss_module = nn.BCEWithLogitsLoss()
    for _ in range(100):
        loss = loss_module(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model
""",
    "zero_grad_of_the_model": f"""{SUBCLASS}
def train(x, y, seed):
    model = make(seed)
    {SGD}
    for _ in range(100):
        model.zero_grad()
        nn.BCEWithLogitsLoss()(model(x), y).backward()
        optimizer.step()
    return model.eval()
""",
    "zeros_instead_of_none": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    {SGD}
    for _ in range(100):
        optimizer.zero_grad(set_to_none=False)
        {LOSS}
        loss.backward()
        optimizer.step()
    return model
""",
    "cleared_by_hand": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    {SGD}
    for _ in range(100):
        for p in model.parameters():
            p.grad = None
        {LOSS}
        loss.backward()
        optimizer.step()
    return model
""",
    "adam_in_mini_batches": f"""{SEQUENTIAL}
from torch.nn import functional as F

def train(x, y, seed):
    model = make(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for epoch in range(30):
        order = torch.randperm(len(x))
        for start in range(0, len(x), 50):
            rows = order[start : start + 50]
            loss = F.binary_cross_entropy_with_logits(model(x[rows]), y[rows].unsqueeze(1))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model
""",
    "data_loader": f"""{SUBCLASS}
from torch.utils.data import DataLoader, TensorDataset

def train(x, y, seed):
    model = make(seed)
    {SGD}
    loader = DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True)
    for epoch in range(25):
        for points, labels in loader:
            optimizer.zero_grad()
            nn.BCEWithLogitsLoss()(model(points), labels).backward()
            optimizer.step()
    return model
""",
    "scheduler_and_clipping": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=50, gamma=0.5)
    for _ in range(120):
        {LOSS}
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
    return model
""",
    "accumulated_over_two_parts": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    {SGD}
    loss_module = nn.BCEWithLogitsLoss(reduction="sum")
    for _ in range(100):
        optimizer.zero_grad()
        for rows in torch.arange(len(x)).split(100):
            (loss_module(model(x[rows]).squeeze(-1), y[rows]) / len(x)).backward()
        optimizer.step()
    return model
""",
    "closure": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    {SGD}

    def closure():
        optimizer.zero_grad()
        {LOSS}
        loss.backward()
        return loss

    for _ in range(100):
        optimizer.step(closure)
    return model
""",
    "lbfgs_in_a_single_step": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=60, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        {LOSS} + 1e-3 * sum((p**2).sum() for p in model.parameters())
        loss.backward()
        return loss

    optimizer.step(closure=closure)
    return model
""",
    "two_groups": f"""{SUBCLASS}
def train(x, y, seed):
    model = make(seed)
    groups = [dict(params=model.hidden.parameters(), lr=0.5), dict(params=model.output.parameters(), lr=0.2)]
    optimizer = torch.optim.SGD(groups, momentum=0.9, weight_decay=1e-4)
    for _ in range(120):
        optimizer.zero_grad()
        nn.BCEWithLogitsLoss()(model(x), y).backward()
        optimizer.step()
    return model
""",
    "an_optimizer_for_each_layer": f"""{SUBCLASS}
def train(x, y, seed):
    model = make(seed)
    optimizers = [torch.optim.Adam(layer.parameters(), lr=0.1) for layer in model.children()]
    for _ in range(100):
        loss = nn.BCEWithLogitsLoss()(model(x), y)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    return model
""",
    "a_new_optimizer_in_each_epoch": f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    for epoch in range(20):
        optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
        for _ in range(10):
            optimizer.zero_grad()
            {LOSS}
            loss.backward()
            optimizer.step()
    return model
""",
    "looks_at_the_accuracy_and_stops": f"""{SUBCLASS}
def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        right = (model(x) > 0) == (y == 1)
    model.train()
    return right.float().mean().item()

def train(x, y, seed):
    model = make(seed)
    {SGD}
    losses = []
    while accuracy(model, x, y) < 1.0 or losses[-1] > 0.05:
        loss = nn.BCEWithLogitsLoss()(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if len(losses) > 300:
            break
    return model
""",
    "deeper_with_relu_and_dropout": """
class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 32), nn.Linear(32, 32), nn.Linear(32, 1)])
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.dropout(torch.relu(layer(x)))
        return self.layers[-1](x)

def train(x, y, seed):
    torch.manual_seed(seed)
    model = Deep()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    for _ in range(100):
        optimizer.zero_grad()
        nn.BCEWithLogitsLoss()(model(x).flatten(), y).backward()
        optimizer.step()
    return model.eval()
""",
}


def answer(source: str, cell: Any) -> Any:
    return cell(source)["train"]


@pytest.mark.parametrize("style", RIGHT)
def test_every_right_style_passes(style: str, sandbox: Sandbox, cell: Any) -> None:
    """Whatever the order that is legal, the optimizer, the model and the batches: a loop that learns passes."""
    verdict = check(TRAIN, answer(RIGHT[style], cell), sandbox)
    assert verdict.passed, verdict


def loop(body: str, make: str = SEQUENTIAL, rounds: str = "range(60)", before: str = SGD, after: str = "") -> str:
    """A loop over the model of ``make``, with these lines in it, before it and after it."""

    def lines(text: str, depth: int) -> str:
        return "\n".join("    " * depth + line for line in text.strip("\n").splitlines())

    head = f"{make}\ndef train(x, y, seed):\n    model = make(seed)\n{lines(before, 1)}"
    return f"{head}\n    for _ in {rounds}:\n{lines(body, 2)}\n{lines(after, 1)}\n    return model\n"


BODY = f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()"
BATCHES = """for rows in torch.randperm(len(x)).split(30):
    loss = nn.BCEWithLogitsLoss()(model(x[rows]).squeeze(1), y[rows])
    loss.backward()
    optimizer.step()
"""

# The name of the wrong solution whose message it must get, and the loop.
WRONG = {
    "never_cleared": ("not_cleared", loop(f"{LOSS}\nloss.backward()\noptimizer.step()")),
    "never_cleared_with_adam": (
        "not_cleared",
        loop(BATCHES, before="optimizer = torch.optim.Adam(model.parameters(), lr=0.05)"),
    ),
    "cleared_before_the_loop_only": (
        "not_cleared",
        loop(f"{LOSS}\nloss.backward()\noptimizer.step()", before=f"{SGD}\noptimizer.zero_grad()"),
    ),
    "cleared_once_an_epoch": ("not_cleared", loop(f"optimizer.zero_grad()\n{BATCHES}", rounds="range(10)")),
    "zero_grad_without_brackets": ("not_cleared", loop(BODY.replace("zero_grad()", "zero_grad"))),
    "cleared_between": (
        "cleared_between",
        loop(f"{LOSS}\nloss.backward()\nmodel.zero_grad()\noptimizer.step()"),
    ),
    "zeroed_between": (
        "cleared_between",
        loop(f"{LOSS}\nloss.backward()\noptimizer.zero_grad(set_to_none=False)\noptimizer.step()"),
    ),
    "step_then_backward": (
        "step_first",
        loop(f"{LOSS}\noptimizer.zero_grad()\noptimizer.step()\nloss.backward()"),
    ),
    "one_round_late": ("step_first", loop(f"optimizer.step()\noptimizer.zero_grad()\n{LOSS}\nloss.backward()")),
    "step_without_brackets": ("never_steps", loop(BODY.replace("step()", "step"))),
    "backward_without_brackets": ("never_backward", loop(BODY.replace("backward()", "backward"))),
    "step_after_the_loop": (
        "one_step",
        loop(f"optimizer.zero_grad()\n{LOSS}\nloss.backward()", after="optimizer.step()"),
    ),
    "optimizer_of_a_copy": (
        "other_model",
        loop(BODY, before="from copy import deepcopy\ncopy = deepcopy(model)\n" + SGD.replace("model.", "copy.")),
    ),
    "a_fresh_model_is_returned": ("other_model", loop(BODY, after="return make(seed)")),
    "head_reset_after_the_optimizer": (
        "layer_replaced",
        loop(BODY, make=SUBCLASS.replace(".squeeze(1)", ""), before=f"{SGD}\nmodel.output = nn.Linear(8, 1)"),
    ),
    "first_layer_only": ("last_layer_only", loop(BODY, before=SGD.replace("model.", "model[0]."))),
    "model_made_in_the_loop": ("model_anew", loop(f"model = make(seed)\n{SGD}\n{BODY}")),
    "sigmoid_in_forward": (
        "sigmoid_at_the_end",
        loop(BODY, make=SEQUENTIAL.replace("nn.Linear(8, 1))", "nn.Linear(8, 1), nn.Sigmoid())")),
    ),
    "sigmoid_in_the_loss": (
        "sigmoid_in_the_loss",
        loop(BODY.replace("model(x).squeeze(1)", "model(x).squeeze(1).sigmoid()"), rounds="range(300)"),
    ),
    "no_bend": ("no_bend", loop(BODY, make=SEQUENTIAL.replace(" nn.Tanh(),", ""))),
    "no_bend_in_a_subclass": (
        "no_bend",
        loop(
            BODY,
            make=SUBCLASS.replace("torch.tanh(self.hidden(points))", "self.hidden(points)").replace(".squeeze(1)", ""),
        ),
    ),
    "climbs": ("uphill", loop(BODY.replace("loss.backward()", "(-loss).backward()"))),
    "squared_error_of_logits": (
        "another_loss",
        loop(BODY.replace("BCEWithLogitsLoss", "MSELoss"), before=SGD.replace("0.5", "0.05")),
    ),
    "labels_of_other_points": (
        "another_loss",
        loop(BODY.replace(", y)", ", y[torch.randperm(len(y))])")),
    ),
    "layers_in_a_plain_list": (
        "hidden_layer",
        loop(
            BODY,
            make="""
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 8), nn.Linear(8, 8)]
        self.output = nn.Linear(8, 1)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.output(x)

def make(seed):
    torch.manual_seed(seed)
    return Classifier()
""",
        ),
    ),
    "seed_set_too_late": (
        "no_seed",
        loop(
            BODY, make=SEQUENTIAL.replace("torch.manual_seed(seed)", "pass"), before=f"torch.manual_seed(seed)\n{SGD}"
        ),
    ),
    "seed_is_42": ("seed_fixed", loop(BODY, make=SEQUENTIAL.replace("manual_seed(seed)", "manual_seed(42)"))),
    "three_rounds": ("too_little", loop(BODY, rounds="range(3)", before=SGD.replace("0.5", "0.05"))),
    "rate_much_too_small": ("too_little", loop(BODY, before=SGD.replace("0.5", "0.0001"))),
    "loss_is_returned": ("gives_the_loss", loop(BODY, after="return loss.item()")),
    "a_pair_is_returned": ("gives_the_loss", loop(BODY, after="return model, loss")),
}


@pytest.mark.parametrize("style", WRONG)
def test_every_wrong_loop_is_told_what_is_wrong(style: str, sandbox: Sandbox, cell: Any) -> None:
    """Each is caught with its own message, also where it would reach the accuracy."""
    name, source = WRONG[style]
    verdict = check(TRAIN, answer(source, cell), sandbox)
    expected = next(wrong for wrong in SOLUTIONS["optim.train"].wrong if wrong.name == name)
    assert verdict.message == expected.message, verdict


def test_the_wrong_loops_get_many_different_messages() -> None:
    """The loops above make every mistake that ``train`` has a message for, and these are all different."""
    names = {name for name, _ in WRONG.values()}
    assert names == {wrong.name for wrong in SOLUTIONS["optim.train"].wrong}
    assert len({wrong.message for wrong in SOLUTIONS["optim.train"].wrong}) == len(names) >= 12


# A loop that PyTorch itself stops: the mistake behind the error, and the loop.
STOPPED = {
    "one_forward_for_all_rounds": (
        {"autograd.backward_twice", "autograd.in_place_on_saved"},
        loop("optimizer.zero_grad()\nloss.backward()\noptimizer.step()", before=f"{SGD}\n{LOSS}"),
    ),
    "forward_under_no_grad": (
        {"autograd.chain_is_cut"},
        loop(BODY.replace(LOSS, f"with torch.no_grad():\n    {LOSS}")),
    ),
    "loss_as_a_number": (
        {"autograd.chain_is_cut"},
        loop(BODY.replace(LOSS, f"{LOSS}.item()")),
    ),
    "labels_of_another_shape": (
        {"loss.target_shape"},
        loop(BODY.replace(".squeeze(1)", "")),
    ),
    "no_super_init": (
        {"model.no_super_init"},
        loop(BODY, make=SUBCLASS.replace("super().__init__()", "pass")),
    ),
}


@pytest.mark.parametrize("style", STOPPED)
def test_a_loop_that_stops_with_an_error_is_told_the_mistake_behind_it(style: str, sandbox: Sandbox, cell: Any) -> None:
    """The error is recognised as one of the course's mistakes."""
    names, source = STOPPED[style]
    verdict = check(TRAIN, answer(source, cell), sandbox)
    assert verdict.name in names, verdict


def test_weights_that_are_written_down_fail(sandbox: Sandbox, cell: Any) -> None:
    """A model with ready-made weights for XOR is the same whatever the seed, and wrong where the labels are swapped."""
    source = f"""{SEQUENTIAL}
def train(x, y, seed):
    model = make(seed)
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([[20.0, 20.0]] * 8))
        model[0].bias.copy_(torch.tensor([-10.0, -30.0] * 4))
        model[2].weight.copy_(torch.tensor([[5.0, -5.0] * 4]))
        model[2].bias.fill_(-20.0)
    {SGD.replace("0.5", "0.0")}
    for _ in range(2):
        optimizer.zero_grad()
        {LOSS}
        loss.backward()
        optimizer.step()
    return model
"""
    verdict = check(TRAIN, answer(source, cell), sandbox)
    assert verdict.status == "wrong"
    assert "makes no difference" in verdict.message


@pytest.mark.parametrize("kind", [MySGD, MySGDWithDict])
@pytest.mark.parametrize("seed", range(5))
def test_the_reference_of_my_sgd_does_what_torch_does(kind: Any, seed: int) -> None:
    """The same numbers as torch's SGD: many rounds, with momentum, with gradients that are missing or zero."""
    draw = Draw(seed)
    start = [draw.randn(2, 3), draw.randn(3), draw.randn()]
    rounds: list[list[torch.Tensor | None]] = [
        [None if draw.integer(0, 3) == 0 else draw.randn(*p.shape) for p in start] for _ in range(12)
    ]
    rounds[5][0] = torch.zeros(2, 3)
    for momentum in (0.0, 0.5, 0.9):
        mine = probes.probe_my_sgd(kind, start, rounds, lr=0.1, momentum=momentum)
        theirs = probes.probe_my_sgd(torch.optim.SGD, start, rounds, lr=0.1, momentum=momentum)
        assert mine[".grad at the end"] == theirs[".grad at the end"] == [None, None, None]
        for ours, right in zip(mine["after each step"], theirs["after each step"], strict=True):
            for a, b in zip(ours, right, strict=True):
                torch.testing.assert_close(a, b)


def test_watching_leaves_no_hook_behind() -> None:
    """After a probe, also one in which the answer fails, PyTorch's global hooks are as they were."""
    from torch.nn.modules import module
    from torch.optim import optimizer

    def hooks() -> list[int]:
        kept = (
            module._global_forward_pre_hooks,
            module._global_forward_hooks,
            optimizer._global_optimizer_post_hooks,
        )
        return [len(found) for found in kept]

    def fails(x: torch.Tensor, y: torch.Tensor, seed: int) -> None:
        raise ValueError("on purpose")

    before = hooks()
    with pytest.raises(ValueError, match="on purpose"):
        probes.probe_train(fails, torch.zeros(4, 2), torch.zeros(4), 0)
    assert hooks() == before

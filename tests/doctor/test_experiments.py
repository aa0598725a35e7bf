"""When a loss does not fall and no rule says why, experiments on copies say where to look."""

import torch
from torch import nn

from pytorch_basics.doctor.experiments import experiments, stuck
from pytorch_basics.instruments.run import watching


def watched(model, opt, loss_fn, x, y, steps=40):
    watch = watching()
    watch.on()
    for _ in range(steps):
        opt.zero_grad()
        loss_fn(model(x), y).backward()
        opt.step()
    watch.off()
    return watch


def problem():
    torch.manual_seed(0)
    x = torch.randn(64, 2)
    y = (x[:, :1] * x[:, 1:] > 0).float()
    return nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1)), x, y


def told(watch):
    return {one.asked: one for one in experiments(watch, watch.record)}


def test_a_rate_that_is_far_too_low_is_shown_by_trying_others():
    """With a tiny learning rate the gradients are right, one batch can be learned, and ten times the rate helps."""
    model, x, y = problem()
    watch = watched(model, torch.optim.SGD(model.parameters(), lr=0.02), nn.BCEWithLogitsLoss(), x, y)
    assert stuck(watch.record)
    said = told(watch)
    assert list(said) == [
        *("Is it better than guessing?", "Are the gradients right?"),
        *("Can it learn one batch?", "Is it the learning rate?"),
    ]
    assert said["Are the gradients right?"].means == "The gradients are right."
    assert said["Can it learn one batch?"].means.startswith("Model and loss can learn")
    assert said["Is it the learning rate?"].means == "lr=0.2 learns this batch faster: try it."
    assert "as good as guessing" in said["Is it better than guessing?"].means


def test_a_model_that_cannot_learn_is_told_from_a_wrong_rate():
    """A linear model on XOR cannot learn one batch, whatever the rate."""
    _, x, y = problem()
    model = nn.Linear(2, 1)
    watch = watched(model, torch.optim.SGD(model.parameters(), lr=0.1), nn.BCEWithLogitsLoss(), x, y, steps=120)
    said = told(watch)
    assert said["Can it learn one batch?"].means.startswith("Not even one batch")
    assert said["Is it the learning rate?"].means.startswith("Neither a tenth nor ten times")


def test_gradients_that_autograd_cannot_follow_are_found_by_measuring():
    """Where a part of the way is cut, the measured slope is another one."""

    class Cut(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(2, 8), nn.Linear(8, 1)

        def forward(self, x):
            return self.b(torch.tanh(self.a(x)).detach())

    _, x, y = problem()
    model = Cut()
    watch = watched(model, torch.optim.SGD(model.parameters(), lr=1e-4), nn.MSELoss(), x, y)
    assert told(watch)["Are the gradients right?"].means.startswith("They differ")


def test_a_run_whose_loss_falls_is_left_alone():
    """Nothing is tried where the loss fell, or where there were too few steps to tell."""
    model, x, y = problem()
    falls = watched(model, torch.optim.Adam(model.parameters(), lr=0.05), nn.BCEWithLogitsLoss(), x, y, steps=150)
    short = watched(model, torch.optim.SGD(model.parameters(), lr=1e-6), nn.BCEWithLogitsLoss(), x, y, steps=5)
    assert told(falls) == told(short) == {}


def test_experiments_leave_model_random_state_and_output_alone(capsys):
    """They run on copies: parameters, modes, gradients, the random state and what is printed stay."""

    class Loud(nn.Sequential):
        def forward(self, x):
            print("forward")
            return super().forward(x)

    _, x, y = problem()
    model = Loud(nn.Linear(2, 4), nn.Dropout(0.01), nn.Linear(4, 1))
    watch = watched(model, torch.optim.SGD(model.parameters(), lr=1e-7), nn.MSELoss(), x, y)
    before = [p.detach().clone() for p in model.parameters()], [p.grad.clone() for p in model.parameters()]
    state = torch.random.get_rng_state()
    capsys.readouterr()
    assert told(watch)
    assert capsys.readouterr().out == ""
    after = [p.detach() for p in model.parameters()], [p.grad for p in model.parameters()]
    assert all(torch.equal(a, b) for one, two in zip(before, after, strict=True) for a, b in zip(one, two, strict=True))
    assert torch.equal(state, torch.random.get_rng_state())
    assert model.training

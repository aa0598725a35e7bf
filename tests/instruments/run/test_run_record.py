"""What a watched run leaves: who made what, in which order things happened, and what gradients were."""

import copy
import gc
import sys

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.instruments.run import RunRecord, watching


def watched(program):
    torch.manual_seed(0)
    watch = watching()
    watch.on()
    try:
        program()
    finally:
        watch.off()
    assert watch.record.notes == ()
    return watch.record


def site(record, name):
    return next(one for one in record.sites if one.bare == name)


def line_of(function, text):
    import inspect

    lines, first = inspect.getsourcelines(function)
    return first + next(k for k, line in enumerate(lines) if text in line)


def train(model, opt, x, y, steps=5):
    for _ in range(steps):
        opt.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        opt.step()


def test_a_loss_is_followed_back_to_what_made_its_input():
    """Each input of a site names the sites that made it, through layers and views."""

    def program():
        model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
        loss = nn.BCEWithLogitsLoss()
        loss(model(torch.randn(8, 2)).squeeze(1), torch.ones(8)).backward()

    record = watched(program)
    loss = site(record, "binary_cross_entropy_with_logits")
    squeeze = record.sites[loss.ins[0].sources[0]]
    sigmoid = record.sites[squeeze.ins[0].sources[0]]
    assert (squeeze.bare, sigmoid.bare) == ("squeeze", "sigmoid")
    assert record.layers[sigmoid.layer].kind == "Sigmoid"
    assert loss.place.line == line_of(program, "squeeze(1)")
    assert 0 < loss.ins[0].low < loss.ins[0].high < 1
    assert (loss.ins[1].low, loss.ins[1].high) == (1, 1)


def test_a_right_loop_uses_fresh_gradients_and_clears_them():
    """In a right loop gradients are none before each backward pass, and fresh at each step."""
    model = nn.Linear(2, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    record = watched(lambda: train(model, opt, torch.randn(8, 2), torch.randn(8, 1)))
    assert [event.grads for event in record.of("backward")] == ["none"] * 5
    assert [event.grads for event in record.of("step")] == ["fresh"] * 5
    assert len(record.of("zero")) == 4  # the first found nothing to clear
    assert (record.steps, record.watched) == (5, 5)
    assert {p.name: p.changed for p in record.parameters} == {"weight": True, "bias": True}
    assert all(len(p.norms) == len(p.moves) == 5 and p.none == p.zero == 0 for p in record.parameters)
    assert len(record.losses) == 5


def test_gradients_that_nobody_clears_are_used_ones():
    """Without zero_grad a backward pass finds gradients that a step has used."""

    def program():
        model = nn.Linear(2, 1)
        opt = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(4):
            model(torch.ones(1, 2)).sum().backward()
            opt.step()

    assert [event.grads for event in watched(program).of("backward")] == ["none", "used", "used", "used"]


def test_accumulated_gradients_are_fresh_ones():
    """Backward passes with no step between find fresh gradients."""

    def program():
        model = nn.Linear(2, 1)
        opt = torch.optim.SGD(model.parameters(), lr=0.01)
        for k in range(4):
            model(torch.ones(1, 2)).sum().backward()
            if k % 2:
                opt.step()
                opt.zero_grad(set_to_none=k == 1)

    record = watched(program)
    assert [event.grads for event in record.of("backward")] == ["none", "fresh", "none", "fresh"]
    assert len(record.of("zero")) == 2


def test_a_step_without_a_backward_pass_has_no_gradients():
    """What a step used says that there was nothing."""
    model = nn.Linear(2, 1)
    record = watched(lambda: torch.optim.SGD(model.parameters(), lr=0.1).step())
    assert record.of("step")[0].grads == "none"
    assert record.optimizers[0].made is not None


def test_updates_by_hand_are_seen():
    """A parameter changed in place, also through .data, is an update that used its gradient."""

    def program():
        w = torch.zeros(1, requires_grad=True)
        for _ in range(3):
            ((w - 2) ** 2).sum().backward()
            w.data -= 0.1 * w.grad
        with torch.no_grad():
            w -= 1

    record = watched(program)
    assert [event.grads for event in record.of("update")] == ["fresh", "fresh", "fresh", "used"]
    assert [event.grads for event in record.of("backward")] == ["none", "used", "used"]
    assert record.parameters[0].name == "w"


def test_an_optimizer_that_never_stepped_is_found_and_a_leftover_is_not():
    """Of optimizers nobody stepped, those whose parameters got gradients belong to the run."""
    leftover = torch.optim.SGD(nn.Linear(2, 1).parameters(), lr=1.0)
    model = nn.Linear(2, 1)
    idle = torch.optim.Adam(model.parameters(), lr=0.5)
    record = watched(lambda: model(torch.ones(1, 2)).sum().backward())
    assert [(one.kind, one.steps) for one in record.optimizers] == [("Adam", 0)]
    assert all(p.optimizers == (0,) and not p.changed for p in record.parameters)
    del leftover, idle
    gc.collect()


def test_a_state_that_is_live_is_copied_onto_itself():
    """load_state_dict of the live state copies each tensor onto itself; of a copy, none."""
    model = nn.Linear(2, 1)

    def program():
        live, kept = model.state_dict(), copy.deepcopy(model.state_dict())
        model.load_state_dict(live)
        model.load_state_dict(kept)

    record = watched(program)
    assert [event.numbers for event in record.of("load")] == [(2, 2), (2, 0)]
    assert record.of("state")[0].place.line == line_of(test_a_state_that_is_live_is_copied_onto_itself, "live, kept")


def test_an_array_of_a_parameter_that_outlives_steps_is_told():
    """.numpy() of a weight shares its memory: how many steps changed it while the array lived."""
    model = nn.Linear(2, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)

    def program():
        before = model.weight.detach().numpy()
        train(model, opt, torch.randn(8, 2), torch.randn(8, 1), steps=3)
        assert before is not None

    (event,) = watched(program).of("numpy")
    assert event.numbers == (3,)


def test_a_loader_says_how_it_draws():
    """A loader's facts, how often it was iterated, and the most batches one iterator gave."""
    data = TensorDataset(torch.arange(10.0))

    def program():
        loader = DataLoader(data, batch_size=4, shuffle=True)
        for _ in range(2):
            for (batch,) in loader:
                assert batch.ndim == 1
        next(iter(DataLoader(data, batch_size=5)))

    first, second = watched(program).loaders
    assert (first.shuffled, first.iterators, first.length, first.most, first.size) == (True, 2, 3, 3, 10)
    assert (second.shuffled, second.iterators, second.length, second.most) == (False, 1, 2, 1)


def test_modes_of_layers_are_counted():
    """Calls of a layer in training and evaluation mode, with grad mode on and off, are told apart."""
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))

    def program():
        model(torch.ones(1, 2))
        with torch.no_grad():
            model(torch.ones(1, 2))
        model.eval()
        model(torch.ones(1, 2))

    record = watched(program)
    dropout = next(layer for layer in record.layers if layer.kind == "Dropout")
    assert (dropout.train_graded, dropout.train_ungraded, dropout.eval_graded, dropout.eval_ungraded) == (1, 1, 1, 0)
    assert dict(dropout.settings)["p"] == 0.5
    assert dropout.path == "1"
    assert [(e.training, e.graded) for e in record.of("forward")] == [(True, True), (True, False), (False, True)]


def test_the_first_function_that_gave_nan_is_marked():
    """Where a loss is NaN, the site that made it of finite numbers is marked."""

    def program():
        w = torch.ones(3, requires_grad=True)
        loss = torch.log(w - 2).mean()
        loss.backward()

    assert site(watched(program), "log").nonfinite > 0


def test_a_draw_that_repeats_is_counted():
    """A seed set in the loop makes each draw equal to the one before."""

    def program():
        for _ in range(4):
            torch.manual_seed(1)
            torch.randn(8)

    assert site(watched(program), "randn").repeats == 3


def test_losses_that_live_on_are_counted():
    """Results with a graph that are still there at the end are counted at the site that made them."""
    kept = []

    def program():
        w = torch.ones(1, requires_grad=True)
        for _ in range(5):
            loss = (w * 2).sum()
            kept.append(loss)

    assert site(watched(program), "sum").outs[0].alive == 5


def test_a_long_run_is_watched_in_part_and_its_evaluation_too():
    """After the first steps ever fewer are watched in full; a call under no_grad after the last step is still seen."""
    if "torch._dynamo" in sys.modules:
        torch._dynamo.reset()  # where another test has compiled something, models get no hook
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5), nn.Linear(2, 1))
    opt = torch.optim.SGD(model.parameters(), lr=0.1)

    def program():
        train(model, opt, torch.randn(8, 2), torch.randn(8, 1), steps=400)
        with torch.no_grad():
            model(torch.randn(3, 2))

    record = watched(program)
    assert record.steps == 400
    assert 8 < record.watched < 40
    dropout = next(layer for layer in record.layers if layer.kind == "Dropout")
    assert dropout.train_ungraded == 1
    assert all(event.grads == "none" for event in record.of("backward"))


def test_watching_may_end_after_so_many_steps():
    """``steps`` ends the watching; the rest of the run is only counted."""
    model = nn.Linear(2, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = watching(steps=3)
    watch.on()
    train(model, opt, torch.randn(8, 2), torch.randn(8, 1), steps=10)
    watch.off()
    assert (watch.record.steps, watch.record.watched) == (10, 3)


def test_a_record_is_the_same_after_json():
    """Nothing is lost in JSON."""
    model = nn.Linear(2, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    record = watched(lambda: train(model, opt, torch.randn(8, 2), torch.randn(8, 1)))
    assert RunRecord.from_json(record.to_json()) == record


def test_a_training_batch_can_be_computed_again():
    """The last watched batch gives the same loss again, through what stood between the model's output and the loss."""
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    loss_fn = nn.BCEWithLogitsLoss()
    x, y = torch.randn(8, 2), torch.ones(8)
    watch = watching()
    watch.on()
    loss = loss_fn(model(x).squeeze(1), y)
    watch.off()
    assert watch.replay.name == "binary_cross_entropy_with_logits"
    assert torch.equal(watch.replay.loss(model), loss)

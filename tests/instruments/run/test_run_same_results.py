"""Being watched changes nothing: results, gradients, random numbers, modes, hooks, references."""

import copy
import gc
import io
import subprocess
import sys
import warnings
import weakref

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.instruments.run import watching


def modes():
    return torch._C._len_torch_dispatch_stack(), torch._C._len_torch_function_stack()


def hooks():
    from torch.nn.modules import module
    from torch.optim import optimizer

    kept = (module._global_forward_pre_hooks, module._global_forward_hooks)
    return [len(one) for one in (*kept, optimizer._global_optimizer_pre_hooks, optimizer._global_optimizer_post_hooks)]


def trained(model, make, x, y, steps=6):
    opt = make(model.parameters())
    for _ in range(steps):
        opt.zero_grad()
        F.mse_loss(model(x), y).backward()
        opt.step()
    return [*model.parameters()]


def mlp():
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))


def xy():
    return torch.randn(32, 4), torch.randn(32, 1)


def sgd():
    return trained(mlp(), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), *xy())


def adam_without_foreach():
    return trained(mlp(), lambda p: torch.optim.Adam(p, foreach=False), *xy())


def adamw():
    return trained(mlp(), torch.optim.AdamW, *xy())


def many_steps():
    return trained(mlp(), torch.optim.Adam, *xy(), steps=120)


def by_hand():
    w, b = torch.zeros(4, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    x, y = xy()
    for _ in range(20):
        ((x @ w + b - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
            w.grad.zero_()
            b.grad = None
    return w, b


def functional_gradients():
    w = torch.randn(4, 1, requires_grad=True)
    x, y = xy()
    for _ in range(5):
        (g,) = torch.autograd.grad(F.mse_loss(x @ w, y), [w], create_graph=True)
        w = (w - 0.1 * g).detach().requires_grad_()
    return w


def lbfgs():
    model, (x, y) = nn.Linear(4, 1), xy()
    opt = torch.optim.LBFGS(model.parameters(), max_iter=5)

    def closure():
        opt.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(3):
        opt.step(closure)
    return [*model.parameters()]


def adversaries():
    g, d = nn.Linear(3, 4), nn.Sequential(nn.Linear(4, 8), nn.LeakyReLU(), nn.Linear(8, 1))
    opts = [torch.optim.Adam(m.parameters()) for m in (g, d)]
    for _ in range(8):
        real, fake = torch.randn(8, 4), g(torch.randn(8, 3))
        opts[1].zero_grad()
        (F.softplus(-d(real)).mean() + F.softplus(d(fake.detach())).mean()).backward()
        opts[1].step()
        opts[0].zero_grad()
        F.softplus(-d(fake)).mean().backward()
        opts[0].step()
    return [*g.parameters(), *d.parameters()]


def accumulated():
    model, (x, y) = mlp(), xy()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for k in range(12):
        (F.mse_loss(model(x[k : k + 8]), y[k : k + 8]) / 4).backward()
        if k % 4 == 3:
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            opt.zero_grad(set_to_none=False)
    return [*model.parameters()]


def autocast():
    model, (x, y) = mlp(), xy()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.mse_loss(model(x).float(), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    return [*model.parameters()]


def checkpointed():
    model, (x, y) = mlp(), xy()
    for reentrant in (True, False):
        out = checkpoint(model, x.clone().requires_grad_(), use_reentrant=reentrant)
        F.mse_loss(out, y).backward()
    return [p.grad for p in model.parameters()]


def averaged():
    model, (x, y) = mlp(), xy()
    ema = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(4):
        opt.zero_grad()
        F.mse_loss(model(x), y).backward()
        opt.step()
        ema.update_parameters(model)
    return [ema(x)]


def fused_evaluation():
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    model = nn.TransformerEncoder(layer, 2).eval()
    mask = torch.tensor([[False] * 5, [False, False, False, True, True]])
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nested tensors are a prototype
        return [model(torch.randn(2, 5, 16), src_key_padding_mask=mask)]


def recurrent():
    model, x = nn.LSTM(3, 8, batch_first=True), torch.randn(4, 6, 3)
    opt = torch.optim.RMSprop(model.parameters())
    for _ in range(3):
        opt.zero_grad()
        model(x)[0].pow(2).mean().backward()
        opt.step()
    return [*model.parameters()]


def convolutional():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 1))
    trained(model, torch.optim.Adam, torch.randn(8, 3, 8, 8), torch.randn(8, 1))
    return [*model.state_dict().values()]


def loaded():
    data = TensorDataset(*xy())
    model = mlp()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(opt, 1, 0.5)
    for _ in range(3):
        for x, y in DataLoader(data, batch_size=8, shuffle=True):
            opt.zero_grad()
            F.mse_loss(model(x), y).backward()
            opt.step()
        scheduler.step()
    best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return [*model.parameters()]


def sparse():
    table = nn.Embedding(10, 4, sparse=True)
    opt = torch.optim.SparseAdam(table.parameters())
    for _ in range(3):
        opt.zero_grad()
        table(torch.tensor([1, 2, 2])).sum().backward()
        opt.step()
    return [table.weight]


def on_a_device():
    with torch.device("cpu"):
        return trained(mlp(), torch.optim.Adam, *xy(), steps=20)


def with_hooks():
    model, (x, y) = mlp(), xy()
    model[0].weight.register_hook(lambda g: g * 2)
    model[3].register_forward_hook(lambda m, i, o: o + 1)
    return trained(model, torch.optim.Adam, x, y)


def tied():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
            self.b.weight = self.a.weight

        def forward(self, x):
            return self.b(torch.tanh(self.a(x))).sum(1, keepdim=True)

    return trained(Tied(), torch.optim.Adam, *xy())


PROGRAMS = [
    *(sgd, adam_without_foreach, adamw, many_steps, by_hand, functional_gradients, lbfgs, adversaries, accumulated),
    *(autocast, checkpointed, averaged, fused_evaluation, recurrent, convolutional, loaded, sparse, on_a_device),
    *(with_hooks, tied),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_results_are_equal_bit_for_bit(program):
    """The same seed gives the same numbers, and leaves the same random state, watched or not."""
    torch.manual_seed(3)
    plain = [t.detach().clone() for t in program()]
    state = torch.random.get_rng_state()
    torch.manual_seed(3)
    watch = watching()
    watch.on()
    try:
        seen = [t.detach() for t in program()]
    finally:
        watch.off()
    assert all(torch.equal(a, b) for a, b in zip(plain, seen, strict=True))
    assert torch.equal(state, torch.random.get_rng_state())
    assert watch.record.notes == ()
    assert modes() == (0, 0)
    assert hooks() == [0, 0, 0, 0]


def test_an_error_leaves_no_mode_and_no_hook():
    """What a run raises comes through, and nothing of the watch is left."""
    watch, model = watching(), mlp()
    watch.on()
    with pytest.raises(RuntimeError, match="shapes"):
        model(torch.zeros(2, 3))
    watch.off()
    assert modes() == (0, 0)
    assert hooks() == [0, 0, 0, 0]
    assert not model._forward_pre_hooks


def test_nothing_is_kept_alive():
    """Tensors, models and optimizers of the run go when the learner lets them go."""
    watch = watching()
    watch.on()
    model, (x, y) = mlp(), xy()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = F.mse_loss(model(x), y)
    loss.backward()
    opt.step()
    kept = [weakref.ref(one) for one in (model, opt, loss, x)]
    del model, opt, loss, x
    gc.collect()
    assert [one() for one in kept] == [None] * 4
    watch.off()


def test_workers_of_a_loader_are_left_alone():
    """In a forked worker nothing is watched, and its batches are what they would be."""
    data = TensorDataset(torch.arange(16.0))
    watch = watching()
    watch.on()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a process with threads that forks
        batches = [b.tolist() for (b,) in DataLoader(data, batch_size=8, num_workers=2)]
    watch.off()
    assert batches == [list(map(float, range(8))), list(map(float, range(8, 16)))]
    assert watch.record.loaders[0].workers == 2


def test_leaving_a_device_that_was_entered_before_takes_out_only_ours():
    """The learner's ``with torch.device`` is still in force after the watch, and is closed by the learner."""
    watch = watching()
    with torch.device("meta"):
        watch.on()
        watch.off()
        assert torch.zeros(1).is_meta
    assert not torch.zeros(1).is_meta


def test_compiled_code_runs_as_itself_and_says_nothing():
    """What is compiled runs op by op while it is watched, without a warning, and gives what it would give."""
    script = """
import torch
from torch import nn
from pytorch_basics.instruments.run import watching

watch = watching()
if WATCHED:
    watch.on()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
compiled = torch.compile(net, backend="aot_eager")
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(64, 4)
for step in range(30):
    opt.zero_grad()
    nn.functional.mse_loss(compiled(x), x[:, :1]).backward()
    opt.step()
watch.off()
print(nn.functional.mse_loss(net(x), x[:, :1]).item(), len(watch.record.notes))
"""
    runs = [
        subprocess.run(
            [sys.executable, "-W", "error::UserWarning", "-c", f"WATCHED = {watched}\n{script}"],
            capture_output=True, text=True, check=False,
        )
        for watched in (False, True)
    ]  # fmt: skip
    assert [run.returncode for run in runs] == [0, 0], runs[1].stderr
    assert runs[0].stdout == runs[1].stdout


def test_a_watched_model_can_be_copied_and_saved():
    """Neither a copy nor a file holds anything of the watch, and the file is loaded without us."""
    model = nn.Linear(2, 1)
    watch = watching()
    watch.on()
    try:
        model(torch.ones(1, 2))
        copied, file = copy.deepcopy(model), io.BytesIO()
        torch.save(model, file)
    finally:
        watch.off()
    assert b"pytorch_basics" not in file.getvalue()
    file.seek(0)
    for other in (copied, torch.load(file, weights_only=False)):
        assert torch.equal(other(torch.ones(1, 2)), model(torch.ones(1, 2)))
    assert not copied._forward_pre_hooks


RECORDED = """
import sys, warnings
import torch
from torch import fx, nn
from pytorch_basics.instruments.run import watching

warnings.simplefilter("ignore", (DeprecationWarning, FutureWarning))
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
x = torch.ones(8, 4)
watch = watching()
watch.on()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(STEPS):
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :1]).backward()
    opt.step()
ways = [torch.jit.script(net), torch.jit.trace(net, x), torch.export.export(net, (x,)).module(), fx.symbolic_trace(net)]
watch.off()
assert all(torch.equal(way(x), net(x)) for way in ways)
assert torch.jit.script.__module__ == "torch.jit._script" and not watch.record.notes, watch.record.notes
"""


@pytest.mark.parametrize("steps", [1, 30])
def test_a_watched_model_can_be_scripted_traced_and_exported(steps):
    """Whether its steps are watched in full just then or not: what PyTorch records is the model's own."""
    lines = RECORDED.replace("STEPS", str(steps))
    command = [sys.executable, "-W", "error::UserWarning", "-c", lines]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-1500:]

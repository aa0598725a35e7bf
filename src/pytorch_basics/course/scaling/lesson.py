# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Faster, and on several machines
#
# After this lesson you can …
#
# - find out where the time goes, and measure it without fooling yourself;
# - write a batch instead of a loop, and say what `torch.compile` and mixed precision do;
# - say what a GPU is good at, and what it costs to bring data there;
# - train one model in several processes with `torchrun`, and go on when one of them dies.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes. The cells take about a
# minute in all.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import copy
import os
import subprocess
import sys
from time import perf_counter

os.environ["KINETO_LOG_LEVEL"] = "6"  # the profiler keeps its own notes to itself
import torch
from torch import nn
from torch.utils.benchmark import Timer

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They show a
# verdict; the notebook still runs to its end.
#
# All times below were measured where this notebook ran last. Yours will differ; that is why we measure.

# %% [markdown]
# ## Where does the time go?
#
# Ask before you change anything. The **profiler** notes each operation and how long it took:

# %% tags=["volatile"]
from torch.profiler import ProfilerActivity, profile

torch.set_num_threads(1)
torch.manual_seed(0)
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(50, 1)
points = corners + 0.1 * torch.randn(200, 2, generator=torch.Generator().manual_seed(0))
labels = (corners[:, 0] != corners[:, 1]).float()

model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
loss_module = nn.BCEWithLogitsLoss()


def step(points, labels):
    loss = loss_module(model(points).squeeze(1), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


step(points, labels)  # the first step prepares things
with profile(activities=[ProfilerActivity.CPU]) as seen:
    for _ in range(20):
        step(points, labels)
rows = seen.key_averages()
print(rows.table(sort_by="self_cpu_time_total", row_limit=6, max_name_column_width=32))

calls = {row.key: row.count for row in rows}
assert calls["aten::addmm"] == 2 * 20  # two linear layers, twenty steps

# %% [markdown]
# Read two columns. *Self CPU* is the time in the operation itself, without those that it calls. *# of Calls* says how
# often. (`addmm` is a linear layer: a product and a sum.)
#
# Here no row is nearly all of it. There are many short calls, each with a fixed cost: such a model is slow because of
# the **number of calls**. Faster arithmetic would not help it.
#
# ## Measuring without fooling yourself
#
# - **Warm up.** The first call prepares things, and is slow.
# - **Repeat, and take the median**, the time in the middle. Something else is always running.
# - **Wait for the device.** A GPU works on its own: a call only *hands the work over*, and returns. Call
#   `torch.cuda.synchronize()` before you read the clock.
#
# `torch.utils.benchmark.Timer` does all three. It also runs on one thread, unless you say otherwise.

# %% tags=["volatile"]


def microseconds(code, threads=1, **names):
    timer = Timer(code, globals={"torch": torch, **names}, num_threads=threads)
    return 1e6 * timer.blocked_autorange(min_run_time=0.1).median


a = torch.randn(256, 256)
begun = perf_counter()
torch.fft.fft(a)  # any operation will do that was not used before
print(f"the first call: {1e6 * (perf_counter() - begun):9.0f} µs")
print(f"the median:     {microseconds('torch.fft.fft(a)', a=a):9.0f} µs")
print()
for times in (1, 10, 100):
    many = {"points": points.repeat(times, 1), "labels": labels.repeat(times)}
    taken = microseconds("step(points, labels)", step=step, **many)
    print(f"{200 * times:6} rows: {taken:9.0f} µs a step, {1000 * taken / (200 * times):7.0f} ns a row")

# %% [markdown]
# A hundred times as many rows do not take a hundred times as long. A small batch wastes most of a step.

# %% [markdown]
# {{exercise scaling.median_time}}

# %% [markdown]
# ## More threads, more speed?
#
# A large operation can be cut into parts, one for each **thread**. `torch.set_num_threads` says how many there may be.
# Guess: are two threads faster than one?

# %% tags=["volatile"]
print(f"this machine shows {os.cpu_count()} cores")
for size in (32, 1024):
    a = torch.randn(size, size)
    for threads in (1, 2, 4):
        print(f"{size:5} × {size:<5} {threads} threads: {microseconds('torch.tanh(a @ a)', threads, a=a):9.0f} µs")
torch.set_num_threads(1)
assert torch.get_num_threads() == 1

# %% [markdown]
# Look at your numbers. A small product gains nothing: to cut it and to wait for all its parts takes longer than the
# work. A large one can gain, up to the number of cores that are free. With more threads than that, they wait for each
# other, and it may take longer than with one. Two programs that both take all cores slow each other down; so `torchrun`
# gives each of its processes one thread.
#
# ## A batch instead of a loop
#
# Which corner is each point nearest to? First in a loop, then at once:

# %% tags=["volatile"]
four = corners[:4]


def nearest_in_a_loop():
    found = []
    for point in points:
        distances = [((point - corner) ** 2).sum() for corner in four]
        found.append(distances.index(min(distances)))
    return torch.tensor(found)


def nearest_at_once():
    return ((points[:, None] - four) ** 2).sum(dim=2).argmin(dim=1)  # (200, 1, 2) − (4, 2) is (200, 4, 2)


assert torch.equal(nearest_in_a_loop(), nearest_at_once())
for function in (nearest_in_a_loop, nearest_at_once):
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        function()
    number = sum(row.count for row in seen.key_averages())
    print(f"{function.__name__:18} {number:6} calls inside PyTorch, {microseconds('f()', f=function):9.0f} µs")

# %% [markdown]
# The arithmetic is the same. The loop pays for its calls. When you see `for` over rows, look for a new dimension, a
# matrix product, or an operation such as `one_hot`, `gather` or `index_add_`. The price is memory: the batch holds all
# differences at once.

# %% [markdown]
# {{exercise scaling.class_means}}

# %% [markdown]
# ## torch.compile
#
# `torch.compile` watches a function once and captures its operations as a **graph**. (Not autograd's: that one is
# recorded anew in each run, this one is kept.) A *backend* then makes one program of it: several operations become a
# single pass over the data. The next call runs that program.
#
# - A graph belongs to what was seen: shapes, dtypes, plain Python values. For other inputs PyTorch may have to capture
#   again: a **recompile**.
# - What is not PyTorch's cannot be in a graph: a `print`, an `.item()`, an `if` on a tensor's value. There is a **graph
#   break**; Python runs that part as ever.
#
# A backend is only a function that gets the graph. So we can write one that notes what comes:

# %% [markdown]
# {{exercise scaling.predict_graphs}}

# %%
torch.compiler.reset()
graphs = []


def keep(graph, inputs):
    graphs.append(graph)
    return graph.forward


@torch.compile(backend=keep)
def bend(x):
    return torch.tanh(2 * x) + 1


@torch.compile(backend=keep)
def bend_aloud(x):
    x = torch.tanh(2 * x)
    print("half way")
    return x + 1


for length in (3, 3, 5, 7, 9):
    bend(torch.ones(length))
    print(f"length {length}: {len(graphs)} graphs so far")
assert len(graphs) == 2
print(graphs[0].code.strip())

graphs.clear()
bend_aloud(torch.ones(3))
print("with a print in it:", len(graphs), "graphs")
assert len(graphs) == 2

# %% [markdown]
# The second length made PyTorch capture again, now for *any* length; the third and fourth find that graph.
#
# For real work, leave `backend` out. On a processor the program is then written in C++, and needs a compiler on your
# machine. The first call is slow. Later ones gain where data is read many times over:

# %% tags=["volatile"]
many = torch.randn(1_000_000)


def chain(x):
    return torch.tanh(2 * x) * torch.sigmoid(x) + x**2


try:
    fast = torch.compile(chain)
    begun = perf_counter()
    fast(many)
    print(f"first call: {perf_counter() - begun:.1f} s (programs are kept on disk: a second run is quicker)")
    assert torch.allclose(fast(many), chain(many), atol=1e-5)
    print(f"plain:      {microseconds('f(x)', f=chain, x=many):9.0f} µs")
    print(f"compiled:   {microseconds('f(x)', f=fast, x=many):9.0f} µs")
except Exception as error:  # no C++ compiler here, most likely; nothing below needs one
    print(f"cannot compile on this machine ({type(error).__name__}); the lesson goes on without")
captured = torch.compile(chain, backend="aot_eager")  # captures, and compiles nothing: works everywhere
assert torch.allclose(captured(many), chain(many))

# %% [markdown]
# So compile what runs thousands of times on inputs of the same shape, and measure. If nothing is gained, look for graph
# breaks first: `torch.compile(..., fullgraph=True)` makes them errors.
#
# ## Mixed precision
#
# Numbers of two bytes instead of four: half the memory, and on most GPUs more speed. There are two kinds:

# %%
for dtype in (torch.float32, torch.float16, torch.bfloat16):
    about = torch.finfo(dtype)
    print(f"{dtype!s:15} {dtype.itemsize} bytes   largest {about.max:8.1e}   smallest step from 1: {about.eps:.1e}")
tiny = torch.tensor(1e-8)
print("1e-8 in float16:", tiny.half().item(), "  in bfloat16:", f"{tiny.bfloat16().item():.2e}")
assert tiny.half() == 0 and tiny.bfloat16() > 0
assert (65536 * tiny).half() > 0

# %% [markdown]
# `bfloat16` has the range of `float32` with fewer digits. `float16` has more digits, but small numbers become 0.
# Neither is good for everything, so **autocast** chooses for each operation: matrix products short, sums and losses
# long. The parameters stay as they are; only the forward pass and the loss belong under it.

# %% [markdown]
# {{exercise scaling.predict_dtypes}}

# %%
layer = nn.Linear(2, 1)
with torch.autocast("cpu", dtype=torch.bfloat16):
    hidden = layer(points)
    bent = torch.tanh(hidden)
    loss = loss_module(bent.squeeze(1), labels)
loss.backward()
for name, tensor in (("weight", layer.weight), ("layer", hidden), ("tanh", bent), ("loss", loss)):
    print(f"{name:7}", tensor.dtype)
print("gradient", layer.weight.grad.dtype)
assert hidden.dtype == bent.dtype == torch.bfloat16
assert loss.dtype == layer.weight.grad.dtype == torch.float32

# %% [markdown]
# With `float16`, small gradients would become 0. A **GradScaler** multiplies the loss, and so all gradients, by a large
# number before `backward()`, and divides before the step. Too large? Then a gradient is infinite: the scaler leaves out
# this step and halves its number. With `bfloat16` you need none.

# %%
w = torch.tensor([1.0], requires_grad=True)
sgd = torch.optim.SGD([w], lr=0.5)
scaler = torch.amp.GradScaler("cpu")
for slope in (1.0, float("inf")):
    sgd.zero_grad()
    scaler.scale((slope * w).sum()).backward()
    arrived = w.grad.item()
    scaler.step(sgd)
    scaler.update()
    print(f"slope {slope}: gradient {arrived}, w is now {w.item()}, the next factor {scaler.get_scale():.0f}")
assert w.item() == 0.5 and scaler.get_scale() == 32768

# %% [markdown]
# ## What to move to a GPU
#
# A GPU does thousands of operations at once. But first the data must get there, and each call costs a few
# microseconds as it does here. So the question is: **how much arithmetic for each byte that is moved?** Nobody has to
# run anything to count that: the device `meta`, from the [lesson on evaluation](10_evaluation.ipynb), has shapes and no
# numbers.

# %%
from torch.utils.flop_counter import FlopCounterMode


def count(sizes, rows):
    with torch.device("meta"):
        layers = [nn.Linear(inputs, outputs) for inputs, outputs in zip(sizes, sizes[1:])]
        net, x = nn.Sequential(*layers), torch.empty(rows, sizes[0])
    with FlopCounterMode(display=False) as counter:
        net(x)
    weights = sum(parameter.nbytes for parameter in net.parameters())
    return counter.get_total_flops(), x.nbytes, weights


print("model                    rows   operations of a forward    batch, bytes   weights, bytes")
for sizes, rows in (((2, 8, 1), 200), ((1024, 1024, 1024), 200), ((1024, 1024, 1024), 20_000)):
    operations, batch, weights = count(sizes, rows)
    print(f"{sizes!s:20} {rows:8}   {operations:23,}   {batch:13,}   {weights:14,}")
assert count((2, 8, 1), 200)[0] == 2 * 200 * (2 * 8 + 8 * 1)
assert operations / batch == 1024

# %% [markdown]
# The weights move once, each batch in each step. XOR is tiny: to move and to call would be all that a GPU does. The
# large model has about a thousand operations for each byte of its batch.

# %% [markdown]
# {{exercise scaling.work_per_byte}}

# %% tags=["volatile"]
if torch.cuda.is_available():
    print("GPU:", torch.cuda.get_device_name())
    for size in (32, 4096):
        a = torch.randn(size, size)
        there = a.to("cuda")
        for what, code in (("product here", "a @ a"), ("move", "a.to('cuda')"), ("product there", "there @ there")):
            print(f"{size:5} × {size:<5} {what:14} {microseconds(code, a=a, there=there):10.1f} µs")
else:
    print("No CUDA GPU here: nothing to measure. On a machine that has one, this cell compares both.")

# %% [markdown]
# So: move the model once. Make batches large. Keep numbers there: each `.item()` or `print(loss)` in the loop makes the
# program wait for the GPU.
#
# ## Several processes, one model
#
# One GPU is not enough? Then run the same program several times. Each **process** has the whole model, and a share of
# each batch. Its number is its **rank**; how many there are is the **world size**. In `backward()`, all of them average
# their gradients. So they take the same step, and the models stay equal.

# %%
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
loss_module(model(points).squeeze(1), labels).backward()

replicas = [copy.deepcopy(model) for _ in range(2)]
for rank, replica in enumerate(replicas):
    replica.zero_grad()
    loss_module(replica(points[rank::2]).squeeze(1), labels[rank::2]).backward()

for name, parameter in model.named_parameters():
    mine, other = (replica.get_parameter(name).grad for replica in replicas)
    distance = ((mine + other) / 2 - parameter.grad).abs().max()
    print(f"{name:9} from the other's gradient {(mine - other).abs().max():.4f}, mean from the whole {distance:.6f}")
    assert torch.allclose((mine + other) / 2, parameter.grad, atol=1e-6)

# %% [markdown]
# That holds because both shares have 100 rows. Equal shares matter for another reason, too: all processes must take
# part in each average. One with a batch more would wait for ever. A `DistributedSampler` deals the indices out. A
# loader is given it as `sampler=`, in place of `shuffle=True`.

# %% [markdown]
# {{exercise scaling.shard}}

# %% [markdown]
# All processes must shuffle in the same way, and they never speak about it.

# %% [markdown]
# {{exercise scaling.predict_epochs}}

# %%
from torch.utils.data import DistributedSampler

sampler = DistributedSampler(range(8), num_replicas=2, rank=0)
print("epoch 0:", list(sampler))
print("again:  ", list(sampler), " nobody called set_epoch")
assert list(sampler) == list(sampler)
before = list(sampler)
sampler.set_epoch(1)
print("epoch 1:", list(sampler))
assert list(sampler) != before

# %% [markdown]
# What if the shares are not equal?

# %% [markdown]
# {{exercise scaling.mean_gradient}}

# %% [markdown]
# ## torchrun
#
# The next cell puts the program `ddp_xor.py` beside this notebook. Open it: it is the training loop that you know, and
# these lines are new:
#
# ```python
# rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])    # torchrun tells each process who it is
# dist.init_process_group("nccl" if gpus else "gloo", ...)                # find the others
# parallel = DistributedDataParallel(model, ...)                          # backward() now averages the gradients
# sampler = DistributedSampler(data, num_replicas=world, rank=rank, ...)  # a share for each
# sampler.set_epoch(epoch)                                                # at the beginning of each epoch
# if rank == 0: save(...)                                                 # one of them saves, and prints
# dist.destroy_process_group()                                            # at the end
# ```
#
# NCCL is how GPUs speak to each other, gloo how processors do. In a terminal you would write `torchrun --standalone
# --nproc-per-node 2 ddp_xor.py`. From a notebook:

# %%
from pytorch_basics.lab.shipped import bring

program = bring("ddp_xor.py")  # a copy in this folder, unless you have one


def torchrun(*arguments):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["--local-addr", "127.0.0.1", *arguments]  # they find each other without a network
    settings = {"OMP_NUM_THREADS": "1", "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
    run = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, timeout=300)
    print(run.stdout)
    for line in run.stderr.splitlines():
        if "failed (exitcode" in line:
            print("torchrun says:", line[line.index("failed") : line.index(" (pid")])
    assert run.returncode == 0, run.stderr[-2000:]


for name in ("two.pt", "killed.pt"):
    if os.path.exists(name):
        os.remove(name)  # of an earlier run, which it would go on with
torchrun(program, "--checkpoint", "two.pt")

# %% [markdown]
# Is it the same training? Here it is in one process, without any of that:

# %%
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 40)  # in 40 epochs down to 0, along a cosine
for epoch in range(40):
    order = torch.randperm(200, generator=torch.Generator().manual_seed(epoch))
    for batch in order.split(40):
        loss = loss_module(model(points[batch]).squeeze(1), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()

two = torch.load("two.pt", weights_only=True)["model"]
difference = max((two[name] - tensor).abs().max().item() for name, tensor in model.state_dict().items())
print("all weights agree to 0.00001:", difference < 1e-5)
assert difference < 1e-5

# %% [markdown]
# The same to five decimals. Not to the last bit: the sums are added up in another order.
#
# ## When a process dies
#
# On many machines, something breaks sooner or later. If one process dies, the others cannot go on: its gradients are
# missing. So torchrun ends them all, and starts **all** of them again, as often as `--max-restarts` says. Whatever was
# in memory is lost. So the program must save a checkpoint: model, optimizer, scheduler, epoch. (You know six parts. The
# two generators are not needed here: no dropout, and each epoch's order comes from the epoch's number.)
#
# The file must never be half written. So `save` writes another one and renames it: `os.replace` does all or nothing.
# Let process 1 kill itself in epoch 17:

# %%
torchrun("--max-restarts", "1", program, "--checkpoint", "killed.pt", "--die-in-epoch", "17")

killed = torch.load("killed.pt", weights_only=True)["model"]
print("equal to the run that nobody killed, bit for bit:", all(torch.equal(two[name], killed[name]) for name in two))
assert all(torch.equal(two[name], killed[name]) for name in two)

# %% [markdown]
# Epochs 0 to 16 were saved; epoch 17 began anew. The velocities are in the optimizer's state, the rate in the
# scheduler's. Leave out one of them, and the runs differ.
#
# **Trap:** with PyTorch 2.13, give torchrun `TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1`, as above. Else restarted processes
# may look for the dead ones, and wait.
#
# ## On many machines
#
# The program stays as it is. The same command starts on each machine:
#
# ```text
# export TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1
# torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint first-machine:29500 \
#     --rdzv-id xor --max-restarts 3 ddp_xor.py --batch 160 --checkpoint /shared/xor.pt
# ```
#
# - **They must meet.** `--rdzv-endpoint` (the *rendezvous*) is an address that all machines reach; `--rdzv-id` names
#   the job.
# - **The checkpoint** must be where every machine can read it, because rank 0 may be on another one after a restart.
# - **Data**: each machine needs its share, from a shared disk or a copy of its own.
# - **The batch grows.** What counts is the *effective* batch: that of all processes together. Ours is fixed, and
#   shared: `--batch 160` is 10 rows for each of 16 processes. If you fix the rows of *one* process instead, more
#   processes take fewer and surer steps. Then the `lr` has to be chosen anew: to multiply it as you multiplied the
#   batch is the usual first try.

# %% [markdown]
# {{exercise scaling.predict_steps}}

# %%
from torch.utils.data import DataLoader

data = list(range(1002))
for world in (1, 4):
    sampler = DistributedSampler(data, num_replicas=world, rank=0)
    sizes = [len(batch) for batch in DataLoader(data, batch_size=32, sampler=sampler)]
    print(f"world size {world}: {len(sampler)} rows each, {len(sizes)} steps of {world * sizes[0]}, last {sizes[-1]}")
assert len(sampler) == 251 and len(sizes) == 8

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `profile(...)`, `.table(...)` | where the time goes | reading totals instead of *self* |
# | `Timer(...)` | warm-up, median, waiting | a clock without `synchronize()` |
# | `torch.set_num_threads(n)` | how many cores one operation may use | more threads than free cores |
# | a new dimension, a product | one call instead of many | memory |
# | `torch.compile(f)` | captures a graph, makes one program | graph breaks, new shapes, a slow first call |
# | `torch.autocast(...)` | products in two bytes | `float16` without a GradScaler |
# | `DistributedDataParallel(model)` | averages gradients in `backward()` | shares of different sizes |
# | `DistributedSampler(...)` | a share for each process | `set_epoch` forgotten |
# | `torchrun --max-restarts` | starts all processes again | no checkpoint, or half of one |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

"""XOR, trained by several processes: one model in each, one share of the data for each, one and the same result.

    torchrun --standalone --nproc-per-node 2 ddp_xor.py                 two processes on this machine
    TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d \\
        --rdzv-endpoint first-machine:29500 --rdzv-id xor --max-restarts 3 \\
        ddp_xor.py --batch 160 --checkpoint /shared/xor.pt              on each of two machines with eight GPUs

With GPUs it uses one in each process (NCCL), else the processor (gloo). It saves a checkpoint after every epoch and
goes on from it when it is started again. With --max-restarts, torchrun starts all processes again when one dies.
Where a machine cannot find itself by its own name, add --local-addr 127.0.0.1 to the first command.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler, TensorDataset

HOW = "torchrun --standalone --nproc-per-node 2 ddp_xor.py"
SHARED = "TORCHELASTIC_USE_AGENT_STORE"  # torchrun's own store, which keeps its entries over a restart


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train XOR in several processes.", epilog=f"Start it with: {HOW}")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--batch", type=int, default=40, help="rows in one step, of all processes together")
    parser.add_argument("--lr", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint", type=Path, default=Path("ddp_xor.pt"), help="where every machine can read it")
    parser.add_argument("--die-in-epoch", type=int, help="to see a restart: the last process kills itself there, once")
    return parser.parse_args()


def xor_data(count: int = 200) -> Dataset[tuple[Tensor, ...]]:
    """Four corners with noise. The same rows in every process: the generator has a seed of its own."""
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(count // 4, 1)
    points = corners + 0.1 * torch.randn(count, 2, generator=torch.Generator().manual_seed(0))
    return TensorDataset(points, (corners[:, 0] != corners[:, 1]).float())


def save(path: Path, state: dict[str, Any]) -> None:
    """The whole file or nothing: a process that dies while it writes leaves the checkpoint from before."""
    part = path.with_name(path.name + ".part")
    torch.save(state, part)
    os.replace(part, path)


def load(path: Path, settings: dict[str, Any], rank: int) -> dict[str, Any] | None:
    """The first process reads the checkpoint and sends it to all, so none of them can start from another epoch."""
    found = [torch.load(path, map_location="cpu", weights_only=True) if rank == 0 and path.exists() else None]
    dist.broadcast_object_list(found, src=0)
    if found[0] is not None and found[0]["settings"] != settings:
        sys.exit(
            f"{path} is of a run with {found[0]['settings']}, this one has {settings}. Remove the file to start anew."
        )
    return found[0]


def train(options: argparse.Namespace, device: torch.device, rank: int, world: int) -> None:
    torch.manual_seed(options.seed)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=options.lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs)

    settings = {"batch": options.batch, "lr": options.lr, "seed": options.seed, "epochs": options.epochs}
    first, checkpoint = 0, load(options.checkpoint, settings, rank)
    if checkpoint is not None:
        model.load_state_dict(checkpoint["model"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        scheduler.load_state_dict(checkpoint["scheduler"])
        first = checkpoint["next_epoch"]
    restarts = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
    if rank == 0:
        what = f"epochs {first} to {options.epochs - 1}" if first < options.epochs else "all epochs are done"
        print(f"world size {world}, on {device.type}, restart {restarts}: {what}", flush=True)

    # From here on, backward() also averages the gradients over all processes.
    parallel = DistributedDataParallel(model, device_ids=[device.index] if device.type == "cuda" else None)
    data = xor_data()
    sampler = DistributedSampler(data, num_replicas=world, rank=rank, seed=options.seed)
    loader = DataLoader(data, batch_size=options.batch // world, sampler=sampler)
    loss_module = nn.BCEWithLogitsLoss()

    for epoch in range(first, options.epochs):
        sampler.set_epoch(epoch)  # another order in each epoch, and the same one after a restart
        torch.manual_seed(options.seed + epoch * world + rank)  # a dropout would draw the same after a restart
        total = torch.zeros(2, device=device)
        for points, labels in loader:
            points, labels = points.to(device), labels.to(device)
            loss = loss_module(parallel(points).squeeze(1), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += torch.stack([loss.detach() * len(points), torch.ones_like(loss) * len(points)])
            if epoch == options.die_in_epoch and rank == world - 1 and restarts == 0:
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        scheduler.step()
        dist.all_reduce(total)  # the sums of all processes
        if rank == 0:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "next_epoch": epoch + 1}
            save(options.checkpoint, state | {"scheduler": scheduler.state_dict(), "settings": settings})
            if epoch % 10 == 9 or epoch + 1 == options.epochs:
                print(f"epoch {epoch:3}  loss {(total[0] / total[1]).item():.4f}", flush=True)


def main() -> None:
    options = arguments()
    if "LOCAL_RANK" not in os.environ:
        sys.exit(
            f"This program is one of several processes; torchrun starts them and tells each its number:\n    {HOW}"
        )
    rank, world, local = (int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
    if os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0") != "0" and os.environ.get(SHARED) == "True":
        # Seen with PyTorch 2.13: restarted processes read the addresses of the dead ones, and hang or fail.
        sys.exit("--max-restarts needs TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 in the environment of torchrun.")
    if options.batch % world:
        sys.exit(f"--batch {options.batch} cannot be shared evenly by {world} processes; take a multiple of {world}.")
    gpus = torch.cuda.device_count()
    if gpus and local >= gpus:
        sys.exit(f"Process {local} of this machine has no GPU: there are {gpus}. Write --nproc-per-node {gpus}.")
    device = torch.device("cuda", local) if gpus else torch.device("cpu")
    if gpus:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if gpus else "gloo", device_id=device if gpus else None)
    try:
        train(options, device, rank, world)
    finally:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()

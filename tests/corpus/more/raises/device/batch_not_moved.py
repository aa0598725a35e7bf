# ---
# id: "device/batch_not_moved"
# kind: "raises"
# cause: "the model is on the (meta) accelerator, the batch of the loader stays on the CPU."
# fix: "move the features of the batch to the device."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

device = torch.device("cuda" if torch.cuda.is_available() else "meta")


class Signals(Dataset):
    def __init__(self):
        self.waves = torch.sin(torch.linspace(0, 60, 1280)).view(40, 1, 32)

    def __len__(self):
        return 40

    def __getitem__(self, i):
        return {"wave": self.waves[i], "kind": i % 3}


net = nn.Sequential(nn.Conv1d(1, 4, 5), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 3)).to(device)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for batch in DataLoader(Signals(), batch_size=8):
    kinds = batch["kind"].to(device)
    logits = net(batch["wave"])
    loss = nn.functional.cross_entropy(logits, kinds)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("one epoch on", device)

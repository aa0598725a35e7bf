# ---
# id: "workers/getitem_fails_in_worker"
# kind: "raises"
# cause: "the augmentation shifts the window past the end, so torch.stack/cat in __getitem__ gets a wrong index in the worker."
# fix: "draw the start below len - window + 1."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Windows(Dataset):
    def __init__(self, series, window):
        self.series = series
        self.window = window

    def __len__(self):
        return len(self.series) - self.window

    def __getitem__(self, start):
        past = self.series[start : start + self.window]
        return past, self.series[start + self.window]


def main():
    torch.manual_seed(0)
    series = torch.sin(torch.arange(90) / 5)
    loader = DataLoader(Windows(series, 8), batch_size=10, num_workers=1)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for past, future in loader:
        loss = nn.functional.mse_loss(model(past).squeeze(1), future)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())


if __name__ == "__main__":
    main()

# ---
# looks_like: log_softmax before nll_loss, a sum of losses over batches divided by the size of the set.
# ---
import argparse, torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim.lr_scheduler import StepLR
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, 1); self.conv2 = nn.Conv2d(8, 16, 3, 1); self.dropout1 = nn.Dropout(0.25); self.dropout2 = nn.Dropout(0.5); self.fc1 = nn.Linear(16 * 16, 32); self.fc2 = nn.Linear(32, 10)
    def forward(self, x):
        x = F.relu(self.conv1(x)); x = F.relu(self.conv2(x)); x = F.max_pool2d(x, 2); x = self.dropout1(x); x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x)); x = self.dropout2(x); x = self.fc2(x)
        return F.log_softmax(x, dim=1)
def train(args, model, loader, optimizer, epoch):
    model.train()
    for batch_idx, (data, target) in enumerate(loader):
        optimizer.zero_grad(); output = model(data); loss = F.nll_loss(output, target); loss.backward(); optimizer.step()
def test(model, loader):
    model.eval(); test_loss = 0; correct = 0
    with torch.no_grad():
        for data, target in loader:
            output = model(data); test_loss += F.nll_loss(output, target, reduction='sum').item(); pred = output.argmax(dim=1, keepdim=True); correct += pred.eq(target.view_as(pred)).sum().item()
    print('loss {:.4f}, {}/{}'.format(test_loss / len(loader.dataset), correct, len(loader.dataset)))
def main():
    parser = argparse.ArgumentParser(); parser.add_argument('--epochs', type=int, default=2); args = parser.parse_args([])
    torch.manual_seed(1)
    y = torch.randint(0, 10, (256,)); x = torch.randn(256, 1, 12, 12) + y.view(-1, 1, 1, 1) / 5
    ds = torch.utils.data.TensorDataset((x - x.mean()) / x.std(), y); a, b = torch.utils.data.random_split(ds, [200, 56])
    tl = torch.utils.data.DataLoader(a, batch_size=32, shuffle=True); vl = torch.utils.data.DataLoader(b, batch_size=56)
    model = Net(); optimizer = optim.Adadelta(model.parameters(), lr=1.0); scheduler = StepLR(optimizer, step_size=1, gamma=0.7)
    for epoch in range(1, args.epochs + 1):
        train(args, model, tl, optimizer, epoch); test(model, vl); scheduler.step()
if __name__ == '__main__':
    main()

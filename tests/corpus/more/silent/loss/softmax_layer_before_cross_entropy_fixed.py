# ---
# fixes: "loss/softmax_layer_before_cross_entropy"
# kind: "fixed"
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
layers = [
    nn.Flatten(),
    nn.Linear(64, 32),
    nn.ReLU(),
    nn.Linear(32, 10),
]
mnist_like = nn.Sequential(*layers)
labels = torch.randint(0, 10, (200,))
images = torch.randn(200, 1, 8, 8)
images[torch.arange(200), 0, labels % 8, labels // 2] += 4
loader = DataLoader(TensorDataset(images, labels), batch_size=25, shuffle=True)
ce, opt = nn.CrossEntropyLoss(), torch.optim.SGD(mnist_like.parameters(), lr=0.1)
for epoch in range(4):
    for img, lab in loader:
        opt.zero_grad()
        loss = ce(mnist_like(img), lab)
        loss.backward()
        opt.step()
    print(loss.item())

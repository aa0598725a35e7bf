# ---
# looks_like: An autoencoder with a sigmoid output under MSE, inputs in [0, 1]: the input is its own target, no labels
#   used from the loader.
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(5)
pattern = torch.rand(5, 36)
label = torch.randint(0, 5, (400,))
image = (pattern[label] + 0.05 * torch.randn(400, 36)).clamp(0, 1).view(-1, 1, 6, 6)
dataloader = DataLoader(TensorDataset(image, label), batch_size=50, shuffle=True)


class autoencoder(nn.Module):
    def __init__(self):
        super(autoencoder, self).__init__()
        self.encoder = nn.Sequential(nn.Linear(36, 24), nn.ReLU(True), nn.Linear(24, 3))
        self.decoder = nn.Sequential(nn.Linear(3, 24), nn.ReLU(True), nn.Linear(24, 36), nn.Sigmoid())

    def forward(self, x):
        x = self.encoder(x)
        x = self.decoder(x)
        return x


model = autoencoder()
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-5)
for epoch in range(20):
    for data in dataloader:
        img, _ = data
        img = img.view(img.size(0), -1)
        output = model(img)
        loss = criterion(output, img)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch [{}/{}], loss:{:.4f}".format(epoch + 1, 20, loss.item()))

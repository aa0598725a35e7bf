# ---
# looks_like: Fast neural style: a frozen feature net in eval mode, Gram matrices, a transformer net trained with huge
#   loss weights.
# ---
import torch
from torch import nn
from torch.optim import Adam

torch.manual_seed(42)


class Features(nn.Module):
    """Stands for a pretrained VGG: random filters are enough for textures."""

    def __init__(self, requires_grad=False):
        super().__init__()
        self.slice1 = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
        self.slice2 = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU())
        if not requires_grad:
            for param in self.parameters():
                param.requires_grad = False

    def forward(self, X):
        a = self.slice1(X)
        return a, self.slice2(a)


class TransformerNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(3, 8, 3))
        self.in1 = nn.InstanceNorm2d(8, affine=True)
        self.conv2 = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(8, 3, 3))
        self.relu = nn.ReLU()

    def forward(self, X):
        return self.conv2(self.relu(self.in1(self.conv1(X))))


def gram_matrix(y):
    (b, ch, h, w) = y.size()
    features = y.view(b, ch, w * h)
    features_t = features.transpose(1, 2)
    return features.bmm(features_t) / (ch * h * w)


transformer = TransformerNet()
optimizer = Adam(transformer.parameters(), 1e-2)
mse_loss = nn.MSELoss()
vgg = Features(requires_grad=False).eval()
style = torch.rand(1, 3, 16, 16).round().repeat(4, 1, 1, 1)
gram_style = [gram_matrix(y) for y in vgg(style)]

transformer.train()
agg_content_loss = agg_style_loss = 0.0
for batch_id in range(40):
    x = torch.rand(4, 3, 16, 16)
    n_batch = len(x)
    optimizer.zero_grad()
    y = transformer(x)
    features_y = vgg(y)
    features_x = vgg(x)
    content_loss = 1e3 * mse_loss(features_y[1], features_x[1])
    style_loss = 0.0
    for ft_y, gm_s in zip(features_y, gram_style):
        gm_y = gram_matrix(ft_y)
        style_loss += mse_loss(gm_y, gm_s[:n_batch, :, :])
    style_loss *= 1e6
    total_loss = content_loss + style_loss
    total_loss.backward()
    optimizer.step()
    agg_content_loss += content_loss.item()
    agg_style_loss += style_loss.item()
    if (batch_id + 1) % 10 == 0:
        print(f"content: {agg_content_loss / (batch_id + 1):.4f} style: {agg_style_loss / (batch_id + 1):.2f}")
transformer.eval()
with torch.no_grad():
    print(transformer(torch.rand(1, 3, 20, 20)).shape)

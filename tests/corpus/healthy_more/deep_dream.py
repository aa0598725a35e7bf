# ---
# looks_like: The optimizer holds an image and no weight; the image is clamped in place; LBFGS calls a closure.
# ---
import torch
from torch import nn
torch.manual_seed(0)
cnn = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU()).eval().requires_grad_(False)
content, style = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)
gram = lambda f: (f.flatten(2) @ f.flatten(2).transpose(1, 2)) / f[0].numel()
with torch.no_grad(): fc, gs = cnn(content), gram(cnn(style))
img = content.clone().requires_grad_(True); opt = torch.optim.LBFGS([img]); n = [0]
while n[0] < 10:
    def closure():
        with torch.no_grad(): img.clamp_(0, 1)
        opt.zero_grad(); f = cnn(img); loss = ((f - fc) ** 2).mean() + 100 * ((gram(f) - gs) ** 2).mean(); loss.backward(); n[0] += 1
        return loss
    last = opt.step(closure)
print(last.item())

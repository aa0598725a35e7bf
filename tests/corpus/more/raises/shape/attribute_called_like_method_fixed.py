# ---
# id: "shape/attribute_called_like_method"
# kind: "raises"
# cause: "x.shape is an attribute and is called like a method."
# fix: "x.shape[0], or x.size(0)."
# ---
import torch
from torch import nn


class PatchEmbedding(nn.Module):
    def __init__(self, patch=4, dim=24):
        super().__init__()
        self.patch = patch
        self.project = nn.Linear(patch * patch, dim)
        self.position = nn.Parameter(torch.zeros(1, 16, dim))
        self.cls = nn.Parameter(torch.randn(1, 1, dim) * 0.02)

    def forward(self, images):
        patches = nn.functional.unfold(images, self.patch, stride=self.patch).transpose(1, 2)
        tokens = self.project(patches) + self.position
        cls = self.cls.expand(tokens.shape[0], -1, -1)
        return torch.cat([cls, tokens], 1)


torch.manual_seed(0)
embed = PatchEmbedding()
encoder = nn.TransformerEncoderLayer(24, 4, 48, batch_first=True)
images = torch.rand(6, 1, 16, 16)
print(encoder(embed(images)).shape)

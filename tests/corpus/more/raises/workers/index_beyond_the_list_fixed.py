# ---
# fixes: "workers/index_beyond_the_list"
# kind: "fixed"
# ---
import torch
from torch.utils.data import DataLoader, Dataset


class Tiles(Dataset):
    def __init__(self, per_image=4):
        self.images = [torch.rand(8, 8) for _ in range(6)]
        self.per_image = per_image

    def __len__(self):
        return len(self.images) * self.per_image

    def __getitem__(self, i):
        image = self.images[i // self.per_image]
        part = i % self.per_image
        return image[part * 2 : part * 2 + 2]


for tiles in DataLoader(Tiles(), batch_size=4, num_workers=2):
    print(tiles.shape)

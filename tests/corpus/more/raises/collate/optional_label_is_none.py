# ---
# id: "collate/optional_label_is_none"
# kind: "raises"
# cause: "Some samples have no label, __getitem__ gives None for them, and the default collate cannot batch None."
# ---
import torch
from torch.utils.data import DataLoader


class Scans:
    labels = [0, 1, None, 1, 0, None]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return {"scan": torch.full((2, 2), float(i)), "label": self.labels[i]}


for batch in DataLoader(Scans(), batch_size=3):
    print(batch["label"])

# ---
# fixes: "collate/optional_label_is_none"
# kind: "fixed"
# ---
import torch
from torch.utils.data import DataLoader


class Scans:
    labels = [0, 1, None, 1, 0, None]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        label = self.labels[i]
        return {"scan": torch.full((2, 2), float(i)), "label": -1 if label is None else label}


for batch in DataLoader(Scans(), batch_size=3):
    print(batch["label"])

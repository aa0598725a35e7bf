# ---
# fixes: "pickling/model_with_local_class_saved"
# kind: "fixed"
# ---
import io

import torch
from torch import nn


def build(width):
    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(width, 2)

        def forward(self, x):
            return self.fc(x)

    return Small()


model = build(5)
file = io.BytesIO()
torch.save(model.state_dict(), file)
print(file.tell())

# ---
# id: "pickling/model_with_local_class_saved"
# kind: "raises"
# cause: "torch.save of a whole model pickles its class, and a class made inside a function cannot be found again."
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
torch.save(model, file)
print(file.tell())

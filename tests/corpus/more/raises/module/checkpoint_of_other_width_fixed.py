# ---
# fixes: "module/checkpoint_of_other_width"
# kind: "fixed"
# ---
import io

import torch
from torch import nn


def classifier(hidden):
    return nn.Sequential(nn.Linear(12, hidden), nn.ReLU(), nn.Linear(hidden, 4))


trained = classifier(hidden=128)
disk = io.BytesIO()
torch.save(trained.state_dict(), disk)
disk.seek(0)

fresh = classifier(hidden=128)
fresh.load_state_dict(torch.load(disk))
print(fresh(torch.ones(1, 12)))

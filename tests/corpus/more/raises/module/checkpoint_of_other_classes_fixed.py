# ---
# id: "module/checkpoint_of_other_classes"
# kind: "raises"
# cause: "the pretrained head has ten classes, the new model four; load_state_dict refuses the head's shapes."
# fix: "drop the head's entries from the state dict and load with strict=False."
# ---
import torch
from torch import nn


def backbone(classes):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, classes)
    )


torch.manual_seed(0)
pretrained = backbone(10)
torch.save(pretrained.state_dict(), "pretrained.pt")

state = torch.load("pretrained.pt", weights_only=True)
model = backbone(4)
state = {key: value for key, value in state.items() if not key.startswith("5.")}
model.load_state_dict(state, strict=False)

for parameter in model[0].parameters():
    parameter.requires_grad_(False)
optimizer = torch.optim.SGD((p for p in model.parameters() if p.requires_grad), lr=0.05)
for _ in range(4):
    pictures, classes = torch.rand(8, 3, 12, 12), torch.randint(4, (8,))
    loss = nn.functional.cross_entropy(model(pictures), classes)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())

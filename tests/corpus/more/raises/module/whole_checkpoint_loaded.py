# ---
# id: "module/whole_checkpoint_loaded"
# kind: "raises"
# cause: "The whole checkpoint dictionary is loaded instead of the state_dict inside it."
# ---
import torch
from torch import nn, optim

model = nn.LSTM(3, 5)
opt = optim.Adam(model.parameters())
checkpoint = {"model": model.state_dict(), "optimizer": opt.state_dict(), "epoch": 7}

again = nn.LSTM(3, 5)
again.load_state_dict(checkpoint)
print(again(torch.zeros(4, 1, 3))[0].shape)

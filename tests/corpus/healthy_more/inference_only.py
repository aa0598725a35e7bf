# ---
# looks_like: Inference alone: weights loaded from a file, greedy and sampled generation, benchmarks of batch sizes;
#   nothing is ever trained.
# ---
import io

import torch
import torch.nn as nn

torch.manual_seed(0)


class CharModel(nn.Module):
    def __init__(self, vocab=30, width=32):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(width, vocab)

    def forward(self, ids, state=None):
        out, state = self.gru(self.embed(ids), state)
        return self.head(self.drop(self.norm(out))), state


buffer = io.BytesIO()
torch.save(CharModel().state_dict(), buffer)
buffer.seek(0)
model = CharModel()
model.load_state_dict(torch.load(buffer, map_location="cpu", weights_only=True))
model.eval()


@torch.inference_mode()
def generate(start, length, temperature):
    ids, state, said = torch.tensor([[start]]), None, []
    for _ in range(length):
        logits, state = model(ids, state)
        if temperature == 0:
            ids = logits[:, -1].argmax(-1, keepdim=True)
        else:
            ids = torch.multinomial(torch.softmax(logits[:, -1] / temperature, -1), 1)
        said.append(ids.item())
    return said


print("greedy", generate(3, 12, 0))
print("sampled", generate(3, 12, 0.8))
with torch.no_grad():
    for size in (1, 2, 7, 64):
        logits, _ = model(torch.randint(0, 30, (size, 9)))
        print(size, tuple(logits.shape), round(logits.softmax(-1).amax(-1).mean().item(), 4))
print("parameters", sum(p.numel() for p in model.parameters()))

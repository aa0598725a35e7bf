# ---
# id: "optimizer/student_learns_with_teachers_optimizer"
# kind: "silent"
# cause: "the optimizer was given the teacher's parameters, and the student is trained."
# fix: "optimizer of student.parameters()."
# ---
import torch
import torch.nn.functional as F
from torch import nn


def mlp(width):
    return nn.Sequential(nn.Linear(8, width), nn.ReLU(), nn.Linear(width, 4))


torch.manual_seed(0)
teacher, student = mlp(64), mlp(12)
teacher.eval()
optimizer = torch.optim.Adam(teacher.parameters(), lr=1e-2)

for step in range(60):
    x = torch.randn(32, 8)
    with torch.no_grad():
        wanted = F.softmax(teacher(x) * 4, dim=-1)
    loss = F.kl_div(F.log_softmax(student(x), dim=-1), wanted, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 19:
        print(step, f"{loss.item():.4f}")

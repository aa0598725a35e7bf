# ---
# id: "loss/softmax_in_graph_network"
# kind: "silent"
# cause: "the graph network returns softmax probabilities and cross_entropy takes a log softmax of them."
# fix: "return the scores."
# ---
import torch
import torch.nn.functional as F
from torch import nn


class GraphConv(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.lin = nn.Linear(inputs, outputs)

    def forward(self, nodes, adjacency):
        return adjacency @ self.lin(nodes)


class Gcn(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.first = GraphConv(inputs, hidden)
        self.second = GraphConv(hidden, classes)

    def forward(self, nodes, adjacency):
        h = F.relu(self.first(nodes, adjacency))
        return self.second(h, adjacency)


torch.manual_seed(0)
count = 60
community = torch.arange(count) % 3
edges = (torch.rand(count, count) < 0.05 + 0.4 * (community[:, None] == community)).float()
edges = ((edges + edges.T + torch.eye(count)) > 0).float()
scale = edges.sum(1).rsqrt()
adjacency = scale[:, None] * edges * scale
nodes = torch.eye(count)

gcn = Gcn(count, 16, 3)
optimizer = torch.optim.Adam(gcn.parameters(), lr=0.02)
known = torch.randperm(count)[:30]
for epoch in range(40):
    optimizer.zero_grad()
    out = gcn(nodes, adjacency)
    loss = F.cross_entropy(out[known], community[known])
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")

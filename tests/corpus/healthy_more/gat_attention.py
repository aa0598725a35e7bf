# ---
# looks_like: Graph attention with a dense mask of -9e15, a per-layer parameter a, and weights tied across heads; one
#   full batch.
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(72)


class GraphAttentionLayer(nn.Module):
    def __init__(self, in_features, out_features, n_heads, concat=False, dropout=0.4, leaky_relu_slope=0.2):
        super().__init__()
        self.n_heads, self.concat, self.dropout = n_heads, concat, dropout
        self.n_hidden = out_features // n_heads if concat else out_features
        self.W = nn.Parameter(torch.empty(size=(in_features, self.n_hidden * n_heads)))
        self.a = nn.Parameter(torch.empty(size=(n_heads, 2 * self.n_hidden, 1)))
        self.leakyrelu = nn.LeakyReLU(leaky_relu_slope)
        self.softmax = nn.Softmax(dim=1)
        nn.init.xavier_normal_(self.W)
        nn.init.xavier_normal_(self.a)

    def forward(self, h, adj_mat):
        n_nodes = h.shape[0]
        h_transformed = torch.mm(h, self.W)
        h_transformed = F.dropout(h_transformed, self.dropout, training=self.training)
        h_transformed = h_transformed.view(n_nodes, self.n_heads, self.n_hidden).permute(1, 0, 2)
        source = torch.matmul(h_transformed, self.a[:, : self.n_hidden, :])
        target = torch.matmul(h_transformed, self.a[:, self.n_hidden :, :])
        e = self.leakyrelu(source + target.mT)
        attention = torch.where(adj_mat > 0, e, -9e15 * torch.ones_like(e))
        attention = F.softmax(attention, dim=-1)
        attention = F.dropout(attention, self.dropout, training=self.training)
        h_prime = torch.matmul(attention, h_transformed)
        if self.concat:
            return h_prime.permute(1, 0, 2).contiguous().view(n_nodes, -1)
        return h_prime.mean(dim=0)


class GAT(nn.Module):
    def __init__(self):
        super().__init__()
        self.gat1 = GraphAttentionLayer(10, 16, 4, concat=True)
        self.gat2 = GraphAttentionLayer(16, 3, 1)

    def forward(self, x, adj):
        return F.log_softmax(self.gat2(F.elu(self.gat1(x, adj)), adj), dim=1)


labels = torch.arange(60) % 3
p = torch.where(labels[:, None] == labels, 0.3, 0.03)
adj = torch.bernoulli(p)
adj = ((adj + adj.T + torch.eye(60)) > 0).float()
features = F.one_hot(labels, 10) * 0.7 + torch.randn(60, 10)
train_idx = torch.arange(0, 30)
model = GAT()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
for epoch in range(80):
    model.train()
    optimizer.zero_grad()
    loss = nn.NLLLoss()(model(features, adj)[train_idx], labels[train_idx])
    loss.backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    out = model(features, adj)[30:]
print(round(loss.item(), 4), (out.argmax(1) == labels[30:]).float().mean().item())

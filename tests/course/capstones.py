"""Capstones as learners write them: right ones in different styles, broken ones with what the verdict must name.

In goes nothing; out come ``RIGHT`` and ``BROKEN``, sources of a cell with ``train(images, labels, seed)``.
"""

MLP = """
class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(64, 64)
        self.output = nn.Linear(64, 10)

    def forward(self, images):
        x = images.flatten(1).float() / 16
        return self.output(torch.relu(self.hidden(x)))
"""
LOOP = """
def train(images, labels, seed):
    torch.manual_seed(seed)
    model = Digits()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for epoch in range(20):
        for rows in torch.randperm(len(images)).split(50):
            scores = model(images[rows])
            loss = nn.functional.cross_entropy(scores, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()
"""


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each first string replaced by the second; it must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


RIGHT = {
    "mlp_adam_slices": MLP + LOOP,
    "sequential_with_a_loader": """
class Scale(nn.Module):
    def forward(self, images):
        return images.float() / 16

def train(images, labels, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(Scale(), nn.Flatten(), nn.Linear(64, 48), nn.Tanh(), nn.Linear(48, 10))
    loader = torch.utils.data.DataLoader(list(zip(images, labels)), batch_size=32, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(15):
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    model.eval()
    return model
""",
    "convolutions_with_dropout": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        self.drop = nn.Dropout(0.2)
        self.out = nn.Linear(16 * 16, 10)

    def forward(self, images):
        x = images[:, None].float() / 16
        x = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.out(self.drop(x.flatten(1)))

def train(images, labels, seed):
    torch.manual_seed(seed)
    model = Net()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.005)
    for epoch in range(12):
        model.train()
        order = torch.randperm(len(images))
        for start in range(0, len(images), 40):
            rows = order[start : start + 40]
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images[rows]), labels[rows]).backward()
            optimizer.step()
    return model.eval()
""",
    "batch_norm_and_a_validation_split": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images):
        return self.layers(images.reshape(len(images), -1) / 8.0 - 1)

def accuracy(model, images, labels):
    model.eval()
    with torch.no_grad():
        return (model(images).argmax(dim=1) == labels).float().mean().item()

def train(images, labels, seed):
    torch.manual_seed(seed)
    order = torch.randperm(len(images))
    keep = len(images) // 10
    valid, rest = order[:keep], order[keep:]
    model, best, weights = Net(), -1, None
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(15):
        model.train()
        for rows in rest[torch.randperm(len(rest))].split(45):
            loss = nn.CrossEntropyLoss()(model(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if (now := accuracy(model, images[valid], labels[valid])) > best:
            best, weights = now, {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(weights)
    model.eval()
    return model
""",
    "all_rows_at_once_with_a_schedule": changed(
        MLP, ("self.hidden = nn.Linear(64, 64)", "self.hidden = nn.Linear(64, 100)"), ("(64, 10)", "(100, 10)")
    )
    + """
def train(images, labels, seed):
    torch.manual_seed(seed)
    model = Digits()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9, nesterov=True)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=150)
    for step in range(150):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        scheduler.step()
    return model.eval()
""",
    "raw_pixels": MLP.replace(" / 16", "") + LOOP,
    "log_softmax_and_nll": changed(
        MLP, ("return self.output", "return torch.log_softmax(self.output"), ("(x)))", "(x))), dim=1)")
    )
    + changed(LOOP, ("cross_entropy", "nll_loss")),
    "a_mean_in_a_buffer": """
class Net(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.layers = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images):
        return self.layers(((images - self.mean) / self.std).flatten(1))

def train(images, labels, seed):
    torch.manual_seed(seed)
    model = Net(images.float().mean(dim=0), images.float().std())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for epoch in range(20):
        for rows in torch.randperm(len(images)).split(50):
            loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()
""",
}

# name → (source, the mistake that the doctor names, or after a colon the wrong solution that it behaves like)
BROKEN = {
    "no_zero_grad": (
        MLP + changed(LOOP, ("            optimizer.zero_grad()\n", ""), ("lr=0.003", "lr=0.03")),
        "optim.no_zero_grad",
    ),
    "softmax_first": (
        changed(
            MLP,
            (
                "return self.output(torch.relu(self.hidden(x)))",
                "return torch.softmax(self.output(torch.relu(self.hidden(x))), dim=1)",
            ),
        )
        + changed(LOOP, ("lr=0.003", "lr=0.0005")),
        "loss.softmax_twice",
    ),
    "rate_too_low": (MLP + changed(LOOP, ("lr=0.003", "lr=1e-6")), ":apart"),
    "rate_too_high": (MLP + changed(LOOP, ("lr=0.003", "lr=5.0")), "optim.rate_too_high"),
    "labels_shuffled_apart": (
        MLP + changed(LOOP, ("labels[rows]", "labels[torch.randperm(len(labels))[: len(rows)]]")),
        ":apart",
    ),
    "labels_left_in_order": (
        MLP
        + changed(LOOP, ("        for rows", "        images = images[torch.randperm(len(images))]\n        for rows")),
        ":apart",
    ),
    "other_parameters": (
        MLP + changed(LOOP, ("model.parameters()", "Digits().parameters()")),
        "optim.holds_other_parameters",
    ),
    "detached": (
        MLP + changed(LOOP, ("labels[rows])\n", "labels[rows]).detach().requires_grad_()\n")),
        "autograd.chain_is_cut",
    ),
    "never_shuffled": (
        MLP + changed(LOOP, ("torch.randperm(len(images))", "torch.arange(len(images))")),
        "data.not_shuffled",
    ),
    "list_of_layers": (
        changed(
            MLP,
            ("self.hidden = nn.Linear(64, 64)", "self.layers = [nn.Linear(64, 64), nn.ReLU()]"),
            (
                "return self.output(torch.relu(self.hidden(x)))",
                "for layer in self.layers:\n            x = layer(x)\n        return self.output(x)",
            ),
        )
        + LOOP,
        "model.plain_list",
    ),
    "wrong_layer_size": (changed(MLP, ("nn.Linear(64, 64)", "nn.Linear(8, 64)")) + LOOP, "model.layer_size"),
    "no_float": (changed(MLP, (".float() / 16", "")) + LOOP, "tensors.dtypes_meet"),
    "no_flatten": (
        changed(MLP, (".flatten(1)", ""), ("nn.Linear(64, 64)", "nn.Linear(8, 64)")) + LOOP,
        ":rows_for_pictures",
    ),
    "no_super": (changed(MLP, ("        super().__init__()\n", "")) + LOOP, "model.no_super_init"),
    "no_step": (MLP + changed(LOOP, ("            optimizer.step()\n", "")), "optim.step_missing"),
    "no_backward": (MLP + changed(LOOP, ("            loss.backward()\n", "")), "optim.backward_missing"),
    "cleared_early": (
        MLP
        + changed(
            LOOP,
            (
                "            optimizer.zero_grad()\n            loss.backward()\n",
                "            loss.backward()\n            optimizer.zero_grad()\n",
            ),
        ),
        "optim.cleared_before_step",
    ),
    "model_in_the_loop": (
        MLP
        + changed(LOOP, ("    for epoch in range(20):\n", "    for epoch in range(20):\n        model = Digits()\n")),
        "optim.holds_other_parameters",
    ),
    "dropout_left_on": (
        changed(MLP, ("torch.relu(self.hidden(x))", "nn.Dropout(0.5)(torch.relu(self.hidden(x)))")) + LOOP,
        ":left_in_training_mode",
    ),
    "batch_norm_left_on": (
        changed(
            MLP,
            ("self.output = ", "self.norm = nn.BatchNorm1d(64)\n        self.output = "),
            ("torch.relu(self.hidden(x))", "torch.relu(self.norm(self.hidden(x)))"),
        )
        + changed(LOOP, ("model.eval()", "model")),
        ":left_in_training_mode",
    ),
    "softmax_over_the_batch": (
        changed(
            MLP,
            (
                "return self.output(torch.relu(self.hidden(x)))",
                "return torch.softmax(self.output(torch.relu(self.hidden(x))), dim=0)",
            ),
        )
        + LOOP,
        "loss.softmax_twice",
    ),
    "picked_labels": (
        MLP
        + changed(
            LOOP,
            ("cross_entropy(scores, labels[rows])", "mse_loss(scores.argmax(dim=1).float(), labels[rows].float())"),
        ),
        "autograd.picked_labels",
    ),
}

"""Where layers and loaders were made, as the source of a watched run tells it."""

import torch
from test_run_record import line_of, site, watched
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, 2))
        self.end = nn.Softmax(dim=1)

    def forward(self, x):
        return self.end(self.body(x))


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.end = nn.Softmax(dim=1)


def made(record, kind, path=None):
    return next(one.made for one in record.layers if one.kind == kind and path in (None, one.path))


def test_a_layer_is_found_at_its_constructor_in_its_own_class():
    """Another class with an attribute of the same name is not taken for it."""
    record = watched(lambda: Net(4)(torch.randn(5, 3)))
    assert made(record, "Softmax").line == line_of(Net, "nn.Softmax")
    assert made(record, "Linear", "body.2").line == line_of(Net, "nn.Sequential")


def test_a_layer_in_a_sequential_is_found_by_its_position():
    """Of several constructors of a class, the one at the layer's position is meant."""

    def program():
        model = nn.Sequential(
            nn.Linear(3, 3),
            nn.Sigmoid(),
            nn.Linear(3, 3),
            nn.Sigmoid(),
        )
        model(torch.randn(2, 3))

    record = watched(program)
    first = line_of(program, "nn.Sigmoid()")
    assert [one.made.line for one in record.layers if one.kind == "Sigmoid"] == [first, first + 2]


def test_a_layer_that_several_lines_could_have_made_has_no_place():
    """Nothing is said rather than something wrong."""

    def program():
        layers = []
        layers.append(nn.ReLU())
        layers.append(nn.ReLU())
        nn.Sequential(nn.Linear(3, 3), *layers)(torch.randn(2, 3))

    assert made(watched(program), "ReLU") is None


def test_a_loader_is_found_by_its_name_and_settings():
    """Where it was constructed, and how it was iterated."""

    def program():
        data = TensorDataset(torch.arange(8.0))
        other = DataLoader(data, batch_size=2, shuffle=True)
        loader = DataLoader(data, batch_size=4)
        for _ in enumerate(loader):
            pass
        assert other is not loader

    (loader,) = watched(program).loaders
    assert loader.written == "loader"
    assert loader.made.line == line_of(program, "batch_size=4")


def test_loaders_of_one_data_set_know_what_they_share():
    """Subsets are followed to the data set at the bottom."""

    def program():
        data = TensorDataset(torch.arange(10.0))
        for part in (range(6), range(4, 10), range(8, 10)):
            for _ in DataLoader(Subset(data, part), batch_size=2):
                pass

    assert [one.shared for one in watched(program).loaders] == [((1, 2),), ((0, 2), (2, 2)), ((1, 2),)]


class Noisy(Dataset):
    def __init__(self):
        self.draw = torch.Generator()

    def __len__(self):
        return 4

    def __getitem__(self, k):
        return torch.randn(1, generator=self.draw)


def test_a_data_sets_own_generator_is_seen_where_there_are_workers():
    """With the line that draws from it; without workers nobody asks."""

    def program():
        for workers in (0, 1):
            for _ in DataLoader(Noisy(), num_workers=workers):
                pass

    alone, shared = watched(program).loaders
    assert alone.generators == ()
    ((name, place),) = shared.generators
    assert name == "self.draw"
    assert place.line == line_of(Noisy, "generator=")


def test_targets_tell_their_most_frequent_value_and_their_order():
    """Asked of a loss's target, over all watched calls."""

    def program():
        scores = torch.randn(8, 3, requires_grad=True)
        for classes in ([0, 0, 0, 0, 0, 0, 1, 2], [0, 0, 0, 0, 1, 1, 1, 1]):
            F.cross_entropy(scores, torch.tensor(classes))

    target = site(watched(program), "cross_entropy").ins[1]
    assert target.often == (0, 0.5)
    assert (target.asked, target.ordered, target.spans) == (2, 2, 2)


def test_log_probabilities_tell_what_they_add_up_to():
    """The smallest and the largest sum of the exponentials over the classes."""

    def program():
        scores = torch.zeros(4, 3)
        F.nll_loss(scores, torch.tensor([0, 1, 2, 0]))
        F.nll_loss(scores.log_softmax(1), torch.tensor([0, 1, 2, 0]))

    record = watched(program)
    sums = [one.ins[0].sums for one in record.sites if one.bare == "nll_loss"]
    assert sums[0] == (3, 3)
    assert abs(sums[1][0] - 1) < 1e-6

"""References and named wrong solutions of the exercises on losses, in the lesson's order.

In go the functions below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of each computes
what is expected. One file although long: every entry stands alone, and the order is that of ``exercises.py``.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from pytorch_basics.practice.exercise import Solutions, Wrong

SIGMOID_TWICE = "loss.sigmoid_twice"
SOFTMAX_TWICE = "loss.softmax_twice"
TARGET_SHAPE = "loss.target_shape"
TARGET_DTYPE = "loss.target_dtype"
THRESHOLD = "loss.logits_cut_at_half"
BROADCAST = "operations.silent_broadcast"

# --- sigmoid


def sigmoid(logits: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-logits))


def sigmoid_by_tanh(logits: Tensor) -> Tensor:
    return (torch.tanh(logits / 2) + 1) / 2


def sigmoid_by_odds(logits: Tensor) -> Tensor:
    return logits.exp() / (1 + logits.exp())


def sigmoid_other_sign(logits: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(logits))


def sigmoid_is_tanh(logits: Tensor) -> Tensor:
    return torch.tanh(logits)


def sigmoid_odds_alone(logits: Tensor) -> Tensor:
    return logits.exp()


def sigmoid_clamped(logits: Tensor) -> Tensor:
    return logits.clamp(0, 1)


def sigmoid_of_all(logits: Tensor) -> Tensor:
    return torch.softmax(logits.flatten(), dim=0).reshape(logits.shape)


# --- predicted_labels


def predicted_labels(logits: Tensor, threshold: float) -> Tensor:
    return (torch.sigmoid(logits).squeeze(1) > threshold).long()


def predicted_labels_by_odds(logits: Tensor, threshold: float) -> Tensor:
    return (logits[:, 0] > math.log(threshold / (1 - threshold))).to(torch.int64)


def labels_by_logit(logits: Tensor, threshold: float) -> Tensor:
    return (logits.squeeze(1) > threshold).long()


def labels_always_half(logits: Tensor, threshold: float) -> Tensor:
    return (logits.squeeze(1) > 0).long()


def labels_at_least(logits: Tensor, threshold: float) -> Tensor:
    return (torch.sigmoid(logits).squeeze(1) >= threshold).long()


def labels_in_a_column(logits: Tensor, threshold: float) -> Tensor:
    return (torch.sigmoid(logits) > threshold).long()


def labels_squeezed_bare(logits: Tensor, threshold: float) -> Tensor:
    return (torch.sigmoid(logits).squeeze() > threshold).long()


def labels_as_bool(logits: Tensor, threshold: float) -> Tensor:
    return torch.sigmoid(logits).squeeze(1) > threshold


def labels_as_float(logits: Tensor, threshold: float) -> Tensor:
    return (torch.sigmoid(logits).squeeze(1) > threshold).to(logits.dtype)


def labels_all_one(logits: Tensor, threshold: float) -> Tensor:
    return (torch.sigmoid(logits).squeeze(1) > 0).long()


# --- stable_bce


def stable_bce(logits: Tensor, labels: Tensor) -> Tensor:
    return (torch.logaddexp(torch.zeros_like(logits), logits) - logits * labels).mean()


def stable_bce_by_cases(logits: Tensor, labels: Tensor) -> Tensor:
    return (logits.clamp(min=0) - logits * labels + torch.log1p(torch.exp(-logits.abs()))).mean()


def _bce_of(p: Tensor, labels: Tensor) -> Tensor:
    return -(labels * p.log() + (1 - labels) * (1 - p).log()).mean()


def bce_naive(logits: Tensor, labels: Tensor) -> Tensor:
    return _bce_of(torch.sigmoid(logits), labels)


def bce_by_where(logits: Tensor, labels: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return -torch.where(labels == 1, p.log(), (1 - p).log()).mean()


def bce_overflowing(logits: Tensor, labels: Tensor) -> Tensor:
    return (torch.log1p(torch.exp(logits)) - logits * labels).mean()


def _bce_nudged(nudge: float) -> Callable[[Tensor, Tensor], Tensor]:
    def bce_nudged(logits: Tensor, labels: Tensor) -> Tensor:
        p = torch.sigmoid(logits)
        return -(labels * (p + nudge).log() + (1 - labels) * (1 - p + nudge).log()).mean()

    return bce_nudged


def bce_clamped(logits: Tensor, labels: Tensor) -> Tensor:
    return _bce_of(torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7), labels)


def bce_of_clamped_logits(logits: Tensor, labels: Tensor) -> Tensor:
    return stable_bce(logits.clamp(-10, 10), labels)


def bce_summed(logits: Tensor, labels: Tensor) -> Tensor:
    return stable_bce(logits, labels) * logits.numel()


def bce_without_labels(logits: Tensor, labels: Tensor) -> Tensor:
    return torch.logaddexp(torch.zeros_like(logits), logits).mean()


def bce_of_the_other_label(logits: Tensor, labels: Tensor) -> Tensor:
    return stable_bce(logits, 1 - labels)


# --- bce_gradient


def bce_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    return (torch.sigmoid(logits) - labels) / logits.numel()


def bce_gradient_by_label(logits: Tensor, labels: Tensor) -> Tensor:
    return torch.where(labels == 1, -torch.sigmoid(-logits), torch.sigmoid(logits)) / labels.numel()


def gradient_of_the_sum(logits: Tensor, labels: Tensor) -> Tensor:
    return torch.sigmoid(logits) - labels


def gradient_uphill(logits: Tensor, labels: Tensor) -> Tensor:
    return (labels - torch.sigmoid(logits)) / logits.numel()


def gradient_without_sigmoid(logits: Tensor, labels: Tensor) -> Tensor:
    return (logits - labels) / logits.numel()


def gradient_by_rows(logits: Tensor, labels: Tensor) -> Tensor:
    return (torch.sigmoid(logits) - labels) / len(logits)


def gradient_of_p(logits: Tensor, labels: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return (p - labels) / (p * (1 - p)) / logits.numel()


def gradient_by_both_slopes(logits: Tensor, labels: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return (p - labels) / (p * (1 - p)) * p * (1 - p) / logits.numel()


def gradient_of_squares(logits: Tensor, labels: Tensor) -> Tensor:
    p = torch.sigmoid(logits)
    return 2 * (p - labels) * p * (1 - p) / logits.numel()


# --- loss_of


def loss_of(outputs: Tensor, labels: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(outputs.squeeze(1), labels.to(outputs.dtype))


def loss_of_columns(outputs: Tensor, labels: Tensor) -> Tensor:
    loss: Tensor = torch.nn.BCEWithLogitsLoss()(outputs, labels.type_as(outputs)[:, None])
    return loss


def loss_of_probabilities(outputs: Tensor, labels: Tensor) -> Tensor:
    return loss_of(torch.sigmoid(outputs), labels)


def loss_of_bare_squeeze(outputs: Tensor, labels: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(outputs.squeeze(), labels.to(outputs.dtype))


def loss_of_labels_as_they_are(outputs: Tensor, labels: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(outputs.squeeze(1), labels)


def loss_of_all_pairs(outputs: Tensor, labels: Tensor) -> Tensor:
    return (F.softplus(outputs) - outputs * labels.to(outputs.dtype)).mean()


def loss_of_own_sigmoid(outputs: Tensor, labels: Tensor) -> Tensor:
    return F.binary_cross_entropy(torch.sigmoid(outputs.squeeze(1)), labels.to(outputs.dtype))


def loss_of_summed(outputs: Tensor, labels: Tensor) -> Tensor:
    return loss_of(outputs, labels) * len(labels)


def loss_of_detached(outputs: Tensor, labels: Tensor) -> Tensor:
    return loss_of(outputs.detach(), labels)


# --- mean_cross_entropy


def mean_cross_entropy(logits: Tensor, classes: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(logits)), classes]).mean()


def mean_cross_entropy_shifted(logits: Tensor, classes: Tensor) -> Tensor:
    shifted = logits - logits.amax(dim=1, keepdim=True).detach()
    chosen = shifted.gather(1, classes.unsqueeze(1)).squeeze(1)
    return (shifted.exp().sum(dim=1).log() - chosen).sum() / len(classes)


def _chosen(x: Tensor, classes: Tensor) -> Tensor:
    return x[torch.arange(len(x)), classes]


def cross_entropy_log_of_softmax(logits: Tensor, classes: Tensor) -> Tensor:
    return -_chosen(torch.softmax(logits, dim=1), classes).log().mean()


def cross_entropy_overflowing(logits: Tensor, classes: Tensor) -> Tensor:
    return (logits.exp().sum(dim=1).log() - _chosen(logits, classes)).mean()


def cross_entropy_softmax_twice(logits: Tensor, classes: Tensor) -> Tensor:
    return mean_cross_entropy(torch.softmax(logits, dim=1), classes)


def cross_entropy_of_columns(logits: Tensor, classes: Tensor) -> Tensor:
    shares = logits - torch.logsumexp(logits, dim=0, keepdim=True)
    return -_chosen(shares, classes).mean()


def cross_entropy_over_all(logits: Tensor, classes: Tensor) -> Tensor:
    return (torch.logsumexp(logits.flatten(), dim=0) - _chosen(logits, classes)).mean()


def cross_entropy_all_pairs(logits: Tensor, classes: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1, keepdim=True) - logits[:, classes]).mean()


def cross_entropy_summed(logits: Tensor, classes: Tensor) -> Tensor:
    return mean_cross_entropy(logits, classes) * len(classes)


def cross_entropy_without_logarithm(logits: Tensor, classes: Tensor) -> Tensor:
    return -_chosen(torch.softmax(logits, dim=1), classes).mean()


def cross_entropy_negative(logits: Tensor, classes: Tensor) -> Tensor:
    return -mean_cross_entropy(logits, classes)


# --- known_loss


def known_loss(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    total = F.binary_cross_entropy_with_logits(logits[known], labels[known], reduction="sum")
    return total / known.sum().clamp(min=1)


def known_loss_by_weight(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    safe = torch.where(known, labels, torch.zeros_like(labels))
    losses = F.binary_cross_entropy_with_logits(logits, safe, reduction="none") * known
    return losses.sum() / max(int(known.sum()), 1)


def _each(logits: Tensor, labels: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="none")


def known_loss_multiplied(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    return (_each(logits, labels) * known).sum() / known.sum().clamp(min=1)


def known_loss_multiplied_mean(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    return (_each(logits, labels) * known).mean()


def known_loss_over_all(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits[known], labels[known], reduction="sum") / len(known)


def known_loss_of_nothing(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits[known], labels[known])


def known_loss_summed(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits[known], labels[known], reduction="sum")


def known_loss_ignoring(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, labels)


def known_loss_unknown_as_zero(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    safe = torch.where(known, labels, torch.zeros_like(labels))
    return F.binary_cross_entropy_with_logits(logits, safe)


def known_loss_where_outside(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    losses = torch.where(known, _each(logits, labels), torch.zeros_like(logits))
    return losses.sum() / known.sum().clamp(min=1)


SOLUTIONS: dict[str, Solutions] = {
    "loss.predict_probability": Solutions(
        references=({"middle": 0.5, "both": 1.0}, {"both": 1, "middle": 1 / 2}),
        wrong=(
            Wrong(
                "like_tanh",
                {"middle": 0, "both": 0},
                "Your guess fits tanh, which lies between −1 and 1 with 0 in the middle. A probability lies between 0 "
                "and 1; where is its middle?",
            ),
            Wrong(
                "zero_is_never",
                {"middle": 0},
                "Your guess reads the logit 0 as 'impossible'. A logit is not a probability: impossible would be a "
                "very negative logit, and 0 leans to neither side.",
                mistake=THRESHOLD,
            ),
            Wrong(
                "they_cancel",
                {"both": 0},
                "Your guess lets the two cancel. The logits do, 2 + (−2); the probabilities are both positive.",
            ),
            Wrong(
                "sigmoid_of_the_sum",
                {"both": 0.5},
                "Your guess is the probability of the sum of the logits, 2 + (−2). Asked for is the sum of the two "
                "probabilities.",
            ),
        ),
    ),
    "loss.sigmoid": Solutions(
        references=(sigmoid, sigmoid_by_tanh),
        wrong=(
            Wrong(
                "inf_by_inf",
                sigmoid_by_odds,
                "Your answer is right for small logits, and `nan` for 1000. There the odds are `inf`, and `inf / inf` "
                "is `nan`. Rewrite the fraction so that a large exponential stands only below the line.",
            ),
            Wrong(
                "other_sign",
                sigmoid_other_sign,
                "Your answer gives the probability of label **0**: it falls where the logit grows. Look at the sign "
                "in the exponent.",
            ),
            Wrong(
                "tanh",
                sigmoid_is_tanh,
                "Your answer is tanh, which goes from −1 to 1. A probability is never negative. (The two are "
                "relatives: one is the other, stretched and moved.)",
            ),
            Wrong(
                "odds",
                sigmoid_odds_alone,
                "Your answer gives the odds. Odds of 3 mean 3 to 1, and that is a probability of 3 out of 4.",
            ),
            Wrong(
                "clamped",
                sigmoid_clamped,
                "Your answer cuts the logits off at 0 and 1. A logit of 0 should give one half; and all negative ones "
                "would be alike.",
            ),
            Wrong(
                "shares",
                sigmoid_of_all,
                "Your answer is a softmax: its numbers give 1 together. Here each logit is a question of its own, and "
                "each probability depends on its own logit only.",
            ),
        ),
    ),
    "loss.predicted_labels": Solutions(
        references=(predicted_labels, predicted_labels_by_odds),
        wrong=(
            Wrong(
                "logits_against_probability",
                labels_by_logit,
                "Your answer compares *logits* with the threshold, and the threshold is a *probability*. A probability "
                "above 0.5 begins at the logit 0, not at 0.5. Bring both to the same scale first.",
                mistake=THRESHOLD,
            ),
            Wrong(
                "threshold_ignored",
                labels_always_half,
                "Your answer always cuts at the probability 0.5, which is the logit 0. `threshold` may be another one.",
            ),
            Wrong(
                "everything_is_positive",
                labels_all_one,
                "Your answer is 1 everywhere: every probability is above 0. The 0 belongs to logits.",
            ),
            Wrong(
                "at_least",
                labels_at_least,
                "Your answer says 1 where the probability *equals* the threshold, too: the logit 0 with the threshold "
                "0.5. It should be above.",
            ),
            Wrong(
                "column",
                labels_in_a_column,
                "Your labels still stand in a column, `(batch, 1)`. Compared with labels `(batch,)`, they would become "
                "a table of all pairs.",
                mistake=BROADCAST,
            ),
            Wrong(
                "bare_squeeze",
                labels_squeezed_bare,
                "`squeeze()` takes out every dimension of size 1, so a batch of one loses its batch. Name the "
                "dimension that is to go.",
            ),
            Wrong(
                "bool",
                labels_as_bool,
                "Your answer holds True and False, the result of the comparison. Asked for are the labels 1 and 0, in "
                "`int64`.",
            ),
            Wrong(
                "float",
                labels_as_float,
                "Your labels are right, but floats. Asked for is `int64`.",
            ),
        ),
    ),
    "loss.stable_bce": Solutions(
        references=(stable_bce, stable_bce_by_cases),
        wrong=(
            Wrong(
                "through_the_probability",
                bce_naive,
                "Your answer computes the probability first. For 1000 it is rounded to exactly 1, and the logarithm of "
                "1 − 1 is −inf. Stay with the logit.",
            ),
            Wrong(
                "probability_of_the_true_label",
                bce_by_where,
                "Your answer picks the probability of the true label, and takes its logarithm. For a model that is "
                "sure and wrong, this probability has been rounded to 0, and the loss is `inf`. Stay with the logit.",
            ),
            Wrong(
                "exp_overflows",
                bce_overflowing,
                "Your answer has the right formula, but e^1000 is `inf`. log(1 + e^z) is also z + log(1 + e^−z): use "
                "the one whose exponent is not positive.",
            ),
            Wrong(
                "plus_1e_7",
                _bce_nudged(1e-7),
                "Your answer adds a small number, 1e-7, inside the logarithm. The loss is finite then, but cannot "
                "exceed about 16, and its gradient is 0 where the model is most wrong. Work on the logit instead.",
            ),
            Wrong(
                "plus_1e_8",
                _bce_nudged(1e-8),
                "Your answer adds a small number, 1e-8, inside the logarithm. The loss is finite then, but cannot "
                "exceed about 18, and its gradient is 0 where the model is most wrong. Work on the logit instead.",
            ),
            Wrong(
                "clamped_probability",
                bce_clamped,
                "Your answer clamps the probability away from 0 and 1. Beyond that, the loss no longer grows, and the "
                "gradient of `clamp` is 0: a model that is badly wrong hears nothing.",
            ),
            Wrong(
                "clamped_logits",
                bce_of_clamped_logits,
                "Your answer clamps the logits. Beyond the limit the loss no longer grows, and the gradient is 0.",
            ),
            Wrong(
                "sum",
                bce_summed,
                "Your answer is the sum over all points; asked for is the mean.",
            ),
            Wrong(
                "labels_forgotten",
                bce_without_labels,
                "Your answer is the loss for the label 0 everywhere: the part with the labels is missing.",
            ),
            Wrong(
                "other_label",
                bce_of_the_other_label,
                "Your answer is low where the model is wrong: it has label 0 and label 1 exchanged.",
            ),
        ),
    ),
    "loss.bce_gradient": Solutions(
        references=(bce_gradient, bce_gradient_by_label),
        wrong=(
            Wrong(
                "of_the_sum",
                gradient_of_the_sum,
                "Your answer is the gradient of the *sum* of the losses. The loss is their mean.",
            ),
            Wrong(
                "uphill",
                gradient_uphill,
                "Your answer has the other sign: it points downhill, where a step should go. The gradient points "
                "uphill: for label 1 a larger logit means a smaller loss, so it is negative there.",
            ),
            Wrong(
                "sigmoid_forgotten",
                gradient_without_sigmoid,
                "Your answer takes the label from the *logit*. What is compared with the label is the probability.",
            ),
            Wrong(
                "by_rows",
                gradient_by_rows,
                "Your answer divides by the number of rows. The mean is taken over all elements, columns too.",
            ),
            Wrong(
                "of_the_probability",
                gradient_of_p,
                "Your answer is the gradient with respect to the *probability*. The slope of the sigmoid, p · (1 − p), "
                "is still to be multiplied.",
            ),
            Wrong(
                "not_cancelled",
                gradient_by_both_slopes,
                "Your slopes are right, but p · (1 − p) stands above and below the line, and is rounded to 0 where p "
                "is 0 or 1. 0 / 0 is `nan`. Let it cancel on paper.",
            ),
            Wrong(
                "of_squares",
                gradient_of_squares,
                "Your answer is the gradient of the squared error of the probability. It dies out where the model is "
                "sure and wrong; that of BCE does not.",
            ),
        ),
    ),
    "loss.predict_twice": Solutions(
        references=({"lowest": 0.5, "below_half": 0}, {"below_half": 0, "lowest": 1 / 2}),
        wrong=(
            Wrong(
                "nothing_changes",
                {"lowest": 0, "below_half": 2},
                "Your guess is right for one sigmoid. The second takes what the first gave, numbers from 0 to 1, for "
                "logits; and the logit 0 is one half.",
                mistake=SIGMOID_TWICE,
            ),
            Wrong(
                "zero_stays_zero",
                {"lowest": 0},
                "Your guess has the sigmoid leave 0 alone. To the second sigmoid 0 is a logit, and its probability is "
                "not 0.",
            ),
            Wrong(
                "multiplied",
                {"lowest": 0.25},
                "Your guess multiplies one half by itself. The second sigmoid does not square, it takes its input for "
                "a logit.",
            ),
            Wrong(
                "half_is_below",
                {"lowest": 0.5, "below_half": 1},
                "Your lowest number is right. But nothing is *below* it, and it is one half itself.",
            ),
            Wrong(
                "two_are_negative",
                {"below_half": 2},
                "Your guess counts the two negative logits. After the first sigmoid nothing is negative any more.",
            ),
        ),
    ),
    "loss.predict_targets": Solutions(
        references=({"column": True, "whole": True}, {"whole": True, "column": True}),
        wrong=(
            Wrong(
                "takes_anything",
                {"column": False, "whole": False},
                "Your guess lets everything pass. This loss wants labels in the very shape of the logits, and floats: "
                "it refuses both.",
                mistake=TARGET_SHAPE,
            ),
            Wrong(
                "column_is_broadcast",
                {"column": False},
                "Your guess broadcasts the column. Plain arithmetic would, and give a table of all pairs. This loss "
                "compares the shapes first, and refuses.",
                mistake=BROADCAST,
            ),
            Wrong(
                "whole_numbers_are_labels",
                {"whole": False},
                "Your guess lets whole numbers pass. For this loss a label is a probability that should be reached, so "
                "it wants floats.",
                mistake=TARGET_DTYPE,
            ),
        ),
    ),
    "loss.loss_of": Solutions(
        references=(loss_of, loss_of_columns),
        wrong=(
            Wrong(
                "sigmoid_first",
                loss_of_probabilities,
                "Your answer puts a sigmoid in front of a loss that has one inside. Probabilities are taken for logits "
                "then, and the loss cannot come near 0. Give it the logits.",
                mistake=SIGMOID_TWICE,
            ),
            Wrong(
                "bare_squeeze",
                loss_of_bare_squeeze,
                "Your answer fails for a batch of one: `squeeze()` takes out *every* dimension of size 1, and the "
                "shape `()` is left, against labels `(1,)`. Name the dimension.",
                mistake=TARGET_SHAPE,
            ),
            Wrong(
                "labels_as_they_are",
                loss_of_labels_as_they_are,
                "Your answer hands the labels over as they are. Whole numbers and booleans are refused: this loss "
                "wants floats. And `float64` labels make its result `float64`, too.",
                mistake=TARGET_DTYPE,
            ),
            Wrong(
                "all_pairs",
                loss_of_all_pairs,
                "Your answer computes with `(batch, 1)` and `(batch,)`, and they became a table `(batch, batch)`: "
                "every output met every label, not only its own.",
                mistake=BROADCAST,
            ),
            Wrong(
                "bce_of_own_sigmoid",
                loss_of_own_sigmoid,
                "Your answer agrees for small logits. For 50 with the label 0, the sigmoid has rounded to 1: `BCELoss` "
                "gives 100 and no gradient. Take the loss that works on logits.",
            ),
            Wrong(
                "sum",
                loss_of_summed,
                "Your answer is the sum over the batch; asked for is the mean.",
            ),
            Wrong(
                "detached",
                loss_of_detached,
                "Your loss is right, but no gradient reaches `outputs`: they were cut off on the way.",
                mistake="autograd.chain_is_cut",
            ),
        ),
    ),
    "loss.mean_cross_entropy": Solutions(
        references=(mean_cross_entropy, mean_cross_entropy_shifted),
        wrong=(
            Wrong(
                "softmax_then_log",
                cross_entropy_log_of_softmax,
                "Your answer takes the logarithm of a share. A share that is too small to be shown is 0, and its "
                "logarithm −inf. Take the logarithm of the fraction on paper, then compute.",
            ),
            Wrong(
                "exp_overflows",
                cross_entropy_overflowing,
                "Your formula is right, but `exp` of 1000 is `inf`. Subtract the largest logit of the row first, or "
                "use `torch.logsumexp`, which does.",
            ),
            Wrong(
                "softmax_twice",
                cross_entropy_softmax_twice,
                "Your answer applies softmax twice: the logarithm of the sum of exponentials is already half of it, "
                "and you gave it shares instead of logits.",
                mistake=SOFTMAX_TWICE,
            ),
            Wrong(
                "columns",
                cross_entropy_of_columns,
                "Your answer shares out 1 down each column, among the points. The classes of one point lie in a row, "
                "along `dim=1`.",
            ),
            Wrong(
                "over_all",
                cross_entropy_over_all,
                "Your answer shares out 1 among all numbers of the table. Each row has its own sum.",
            ),
            Wrong(
                "all_pairs",
                cross_entropy_all_pairs,
                "`logits[:, classes]` picks from *each* row the classes of *all* rows, `(batch, batch)`. You want one "
                "number from each row: index the rows, too.",
                mistake=BROADCAST,
            ),
            Wrong(
                "sum",
                cross_entropy_summed,
                "Your answer is the sum over the rows; asked for is the mean.",
            ),
            Wrong(
                "logarithm_forgotten",
                cross_entropy_without_logarithm,
                "Your answer is minus the mean share of the right class; the logarithm is missing. A loss is never "
                "below 0 here.",
            ),
            Wrong(
                "negative",
                cross_entropy_negative,
                "Your answer has the wrong sign: it falls when the model gets worse.",
            ),
        ),
    ),
    "loss.predict_one_output": Solutions(
        references=(
            {"raises": None, "zero_loss": True, "zero_gradient": True},
            {"zero_gradient": True, "zero_loss": True, "raises": None},
        ),
        wrong=(
            Wrong(
                "refused_as_runtime_error",
                {"raises": "RuntimeError"},
                "Your guess has it refused. Float labels in the shape of the outputs are legal here: PyTorch reads "
                "them as the shares that the classes should get. So it runs, and that is the danger.",
                mistake=TARGET_DTYPE,
            ),
            Wrong(
                "refused_as_value_error",
                {"raises": "ValueError"},
                "Your guess has the shapes refused. They are equal, and equal shapes are legal here: the labels are "
                "read as the shares that the classes should get. So it runs, and that is the danger.",
                mistake=TARGET_SHAPE,
            ),
            Wrong(
                "like_bce",
                {"zero_loss": False, "zero_gradient": False},
                "Your guess takes this loss for BCE. There is no sigmoid in it, but a softmax along the classes. How "
                "many classes are there, if the outputs are `(4, 1)`?",
            ),
            Wrong(
                "zero_loss_still_learns",
                {"zero_loss": True, "zero_gradient": False},
                "The loss is 0, yes, and it is 0 whatever the outputs are. A number that never changes has no slope.",
            ),
            Wrong(
                "loss_but_no_gradient",
                {"zero_loss": False, "zero_gradient": True},
                "No gradient arrives, yes. But look at the loss, too: minus the logarithm of the only share, which "
                "is 1.",
            ),
        ),
    ),
    "loss.predict_reduction": Solutions(
        references=({"by_mean": -0.125, "by_sum": -0.5}, {"by_sum": -1 / 2, "by_mean": -1 / 8}),
        wrong=(
            Wrong(
                "same_gradient",
                {"by_mean": -0.5, "by_sum": -0.5},
                "Your guess says that only the printed number changes. A mean is the sum divided by 4, so every slope "
                "is divided by 4, too.",
            ),
            Wrong(
                "sum_adds_gradients",
                {"by_mean": -0.5, "by_sum": -2},
                "Your proportion is right. But in a sum each point keeps its own slope, 0.5 − 1; the sum adds losses, "
                "not the slopes of different logits.",
            ),
            Wrong(
                "other_sign",
                {"by_mean": 0.125, "by_sum": 0.5},
                "Your sizes are right. The sign: a larger logit would lower the loss here, for the label is 1. So the "
                "slope is negative.",
            ),
            Wrong(
                "logits_for_probabilities",
                {"by_mean": -0.25, "by_sum": -1},
                "Your guess takes the logit 0 for the probability 0: 0 − 1. The probability of the logit 0 is one "
                "half.",
                mistake=THRESHOLD,
            ),
        ),
    ),
    "loss.known_loss": Solutions(
        references=(known_loss, known_loss_by_weight),
        wrong=(
            Wrong(
                "nan_times_zero",
                known_loss_multiplied,
                "Your answer is right until an unknown label is `nan`. Multiplying by 0 does not remove it: `nan` "
                "times 0 is `nan`. Keep such labels out before the loss is computed.",
            ),
            Wrong(
                "nan_times_zero_and_mean_of_all",
                known_loss_multiplied_mean,
                "Your answer multiplies the unknown points by 0, but then still divides by *all* points; and where a "
                "label is `nan`, `nan` times 0 is `nan`.",
            ),
            Wrong(
                "divided_by_all",
                known_loss_over_all,
                "Your answer divides by the number of all points. The mean is over the known ones.",
            ),
            Wrong(
                "mean_of_nothing",
                known_loss_of_nothing,
                "Your answer is right until no label is known: the mean of no numbers is 0 / 0, `nan`. One such batch "
                "would spoil every parameter.",
            ),
            Wrong(
                "sum",
                known_loss_summed,
                "Your answer is the sum over the known points; asked for is their mean.",
            ),
            Wrong(
                "known_ignored",
                known_loss_ignoring,
                "Your answer counts every point, known or not.",
            ),
            Wrong(
                "unknown_is_zero",
                known_loss_unknown_as_zero,
                "Your answer gives the unknown points the label 0 and lets them count. The model would learn that they "
                "are 0.",
            ),
            Wrong(
                "where_comes_too_late",
                known_loss_where_outside,
                "Your loss is right, but where a label is `nan`, so is the gradient of that point: `torch.where` hides "
                "the `nan` on the way forward only, and 0 times `nan` on the way back is `nan`. Replace the *label* "
                "before the loss is computed.",
            ),
        ),
    ),
}

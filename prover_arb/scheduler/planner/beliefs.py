"""Which recorded theorems a new one is like: weights on them, from what is known before buying.

A belief is a row of weights over T recorded theorems, each of which stands for its own success
rates and costs. Everything here sees records of the T theorems only, and of the new ones just
their names, statements, and prices already paid.

Three models of the statement's text, of kinds that 200 theorems can bear, are averaged:

    kernel       weights fall with the distance of the features; the width is chosen by leaving out
    regression   ridge predicts success rates and costs; the prediction is then taken as a noisy
                 reading y' = y + noise of a recorded theorem's own y, with the noise seen in
                 cross-prediction, and the weights are the chances of that reading
    mixture      recorded theorems fall into classes of difficulty; a logistic regression with
                 strong shrinkage gives the chances of each class
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.spatial.distance import cdist

from prover_arb.curves.attempts import Floats
from prover_arb.scheduler.planner.features import category
from prover_arb.scheduler.planner.panel import Panel

Model = Callable[[Floats], Floats]
"""Scaled features [Q, F] to weights [Q, T]."""

FLOOR = 0.1
"""Share of every text belief that stays spread over all recorded theorems."""

CLASSES = 6
WIDTHS = (0.35, 0.5, 0.7, 1.0, 1.4)
"""Kernel widths tried, in units of the median distance."""

ALPHAS = tuple(float(each) for each in np.geomspace(3, 3000, 10))
SHRINK = 10.0
"""Theorems a category must have before it counts as much as all of them."""

SPREAD = 0.25
"""How far, in log cost, a theorem's mean price may be from a similar theorem's."""

NOISE = 0.5
"""How far, in log cost, a single attempt may be from its theorem's mean; assumed, since records
hold means alone."""


def uniform(panel: Panel, queries: int) -> Floats:
    """[queries, T] all alike."""
    return np.full((queries, len(panel)), 1.0 / len(panel))


def by_category(panel: Panel, names: Sequence[str]) -> Floats:
    """[Q, T] more weight on theorems of the same kind, by their names."""
    kinds = np.array([category(each) for each in panel.theorems])
    same = np.array([[kind == category(name) for kind in kinds] for name in names], dtype=float)
    count = same.sum(axis=1, keepdims=True)
    trust = count / (count + SHRINK)
    return np.asarray(trust * same / np.maximum(count, 1) + (1 - trust) / len(panel))


def difficulty(panel: Panel) -> Floats:
    """[T, 2m] log odds of success and log cost, prover by prover."""
    s, n = panel.successes + 0.5, panel.attempts + 1.0
    return np.hstack([np.log(s / (n - s)), np.log(panel.cost)])


class TextModel:
    """The average of the three models, fitted on T recorded theorems; asked any number of times."""

    def __init__(self, panel: Panel, known: Floats) -> None:
        """`known` [T, F] are the features of the panel's theorems."""
        self._mean, spread = known.mean(axis=0), known.std(axis=0)
        self._kept = spread > 1e-9
        self._spread = np.where(self._kept, spread, 1.0)
        x, y = self._scaled(known), difficulty(panel)
        self._models = (_kernel(x, y), _regression(x, y), _mixture(x, y))
        self._theorems = len(panel)

    def weights(self, asked: Floats) -> Floats:
        """[Q, T] beliefs about theorems with features `asked` [Q, F]."""
        q = self._scaled(asked)
        mean = np.mean([model(q) for model in self._models], axis=0)
        return np.asarray((1 - FLOOR) * mean + FLOOR / self._theorems)

    def _scaled(self, raw: Floats) -> Floats:
        # A feature that one recorded theorem has alone must not decide everything.
        scaled = (raw - self._mean) / self._spread
        return np.asarray(np.clip(scaled[:, self._kept], -4, 4))


def after_price(
    panel: Panel, weights: Floats, prover: int, prices: Floats, *, noise: float = 0.0
) -> Floats:
    """The belief after an attempt of a prover cost `prices` [Q].

    `noise` is the standard deviation of the log price of single attempts around their mean.
    """
    apart = np.log(prices)[:, None] - np.log(panel.cost[:, prover])[None, :]
    apart /= np.hypot(SPREAD, noise)
    return _normal(weights * np.exp(-0.5 * np.minimum(apart**2, 600.0)) + 1e-12 * weights)


def _kernel(x: Floats, y: Floats) -> Model:
    own = cdist(x, x, "sqeuclidean")
    middle = float(np.median(own[own > 0])) if (own > 0).any() else 1.0
    np.fill_diagonal(own, np.inf)

    def missed(width: float) -> float:
        near = _normal(np.exp(-own / (2 * width**2 * middle / 2)) + 1e-9 * np.isfinite(own))
        return float((((near @ y - y) / (y.std(axis=0) + 1e-9)) ** 2).sum())

    width = min(WIDTHS, key=missed)
    return lambda q: _normal(np.exp(-_squares(q, x) / (width**2 * middle)) + 1e-9)


def _regression(x: Floats, y: Floats) -> Model:
    from sklearn.linear_model import Ridge, RidgeCV  # noqa: PLC0415
    from sklearn.model_selection import KFold, cross_val_predict  # noqa: PLC0415

    alpha = float(RidgeCV(alphas=ALPHAS).fit(x, y).alpha_)
    folds = KFold(min(10, len(x)), shuffle=True, random_state=0)
    guess = cross_val_predict(Ridge(alpha), x, y, cv=folds)
    ridge = Ridge(alpha).fit(x, y)
    # The reading as a linear function of the truth, with the noise around it.
    truth = np.hstack([np.ones((len(y), 1)), y])
    line = np.linalg.lstsq(truth.T @ truth + 1e-6 * np.eye(truth.shape[1]), truth.T @ guess)[0]
    centre = truth @ line
    noise = np.cov((guess - centre).T) + 1e-3 * np.diag(guess.var(axis=0) + 1e-6)
    whiten = np.linalg.cholesky(np.linalg.inv(noise))
    places = centre @ whiten

    def weights(q: Floats) -> Floats:
        far = _squares(ridge.predict(q) @ whiten, places)
        return _normal(np.exp(-0.5 * (far - far.min(axis=1, keepdims=True))))

    return weights


def _mixture(x: Floats, y: Floats) -> Model:
    from sklearn.cluster import KMeans  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    rates = y[:, : y.shape[1] // 2]
    classes = KMeans(min(CLASSES, len(x)), n_init=4, random_state=0).fit_predict(rates)
    if len(set(classes.tolist())) < 2:
        return lambda q: np.full((len(q), len(x)), 1.0 / len(x))
    model = LogisticRegression(C=0.01, max_iter=500).fit(x, classes)
    member = (classes[None, :] == model.classes_[:, None]).astype(float)
    spread = member / member.sum(axis=1, keepdims=True)
    return lambda q: np.asarray(model.predict_proba(q) @ spread)


def _squares(q: Floats, x: Floats) -> Floats:
    """[Q, T] squared distances, as one product of matrices: many times faster than pair by pair."""
    middle = x.mean(axis=0)
    q, x = q - middle, x - middle
    both = (q**2).sum(axis=1)[:, None] + (x**2).sum(axis=1)
    return np.asarray(np.maximum(both - 2 * (q @ x.T), 0.0))


def _normal(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))

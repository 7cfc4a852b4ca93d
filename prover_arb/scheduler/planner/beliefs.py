"""What a belief about a new theorem is made of.

A belief is a row of weights over T recorded theorems, each of which stands for its own success
rates and costs. `forest.py` says which recorded theorems a new one is like, from its statement and
from what purchases revealed: the prices of those who sell several attempts, and of those who sell
one, that it failed. What further failures say is Bayes' rule (`walk.py`, `index.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import cdist

from prover_arb.curves.attempts import Floats
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


def difficulty(panel: Panel) -> Floats:
    """[T, d] log odds of success and log cost, of each prover that sells several attempts.

    Whether one who sells once succeeds is left out: it is met as a failure or ends everything, and
    would count twice.
    """
    several = ~panel.once if not panel.once.all() else panel.once
    s, n = panel.successes[:, several] + 0.5, panel.attempts[:, several] + 1.0
    return np.hstack([np.log(s / (n - s)), np.log(panel.cost[:, several])])


def revealed(panel: Panel) -> Floats:
    """[T, m] what buying from each prover reveals: the log price, or where one attempt is all
    there is, whether it succeeded."""
    return np.where(panel.once, panel.successes.astype(np.float64), np.log(panel.cost))


def met(panel: Panel, prices: Floats) -> Floats:
    """[Q, m] the same for theorems still open; log prices [Q, m] are NaN until they are met."""
    failed = np.where(np.isnan(prices), np.nan, 0.0)
    return np.where(panel.once, failed, prices)


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

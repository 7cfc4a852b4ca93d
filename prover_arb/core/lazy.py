"""Heavy libraries are loaded when they are first used.

    sklearn_ensemble = lazy_module("sklearn.ensemble")

stands at the top of a module like an import; the library is imported when an attribute of it is
read. This is the one mechanism for what takes long to import and is not needed by most commands:
Ray, plotly, scikit-learn, jinja2, and modules of this package that import one of those. The latter
are typed, so the type checker is shown the import itself:

    if TYPE_CHECKING:
        from prover_arb.runtime import ray_market
    else:
        ray_market = lazy_module("prover_arb.runtime.ray_market")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _LazyModule:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def lazy_module(name: str) -> Any:
    """Returns a stand-in for the module `name`, which is imported when it is first used."""
    return _LazyModule(name)

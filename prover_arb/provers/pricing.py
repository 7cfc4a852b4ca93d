"""Where a price is made: what work and tokens cost, what a budget buys, and what a prover bids.

Processor time is priced in micro-dollars per CPU-hour, because a CPU-second costs only a few
micro-dollars; tokens are priced in micro-dollars per million. Charges are rounded up and what a
budget buys is rounded down, so that what was bought within a budget is never charged above it.
"""

from __future__ import annotations

from pydantic import Field, StrictInt

from prover_arb.core.money import charge_for
from prover_arb.core.purchases import Bid, SalesRecord, Usage
from prover_arb.core.theorem import Value

CPU_HOUR = 3_600_000_000
"""Microseconds of processor time in the unit that prices refer to."""

MILLION = 1_000_000
"""Tokens in the unit that prices refer to."""

NEWCOMER = 4
"""How many sales a prover's first claim counts for in its bids, beside its real sales."""


def charge_for_cpu(cpu_us: int, *, price_per_cpu_hour: int) -> int:
    """Returns micro-dollars for `cpu_us` microseconds of processor time, rounded up.

    `price_per_cpu_hour` is in micro-dollars.

    Example:
        Two seconds at $0.10 per hour:

        >>> charge_for_cpu(2_000_000, price_per_cpu_hour=100_000)
        56
    """
    return charge_for(cpu_us, price=price_per_cpu_hour, per=CPU_HOUR)


def affordable_cpu_us(budget: int, *, price_per_cpu_hour: int, most: int) -> int:
    """Returns microseconds of processor time that `budget` micro-dollars buy, at most `most`.

    Rounded down, so that `charge_for_cpu` of it is at most the budget.
    """
    if price_per_cpu_hour == 0:
        return most
    return min(most, max(0, budget) * CPU_HOUR // price_per_cpu_hour)


class TokenPrices(Value):
    """Micro-dollars per million tokens."""

    prompt: StrictInt = Field(ge=0)
    completion: StrictInt = Field(ge=0)
    cached: StrictInt | None = Field(default=None, ge=0)
    """The price of prompt tokens that the provider had cached; that of `prompt` if absent."""
    up_to: StrictInt | None = Field(default=None, ge=1)
    """The number of prompt tokens from which other prices apply; such prompts are not sent."""

    def charge(self, usage: Usage) -> int:
        """Returns micro-dollars for these tokens, rounded up once.

        Example:
            >>> prices = TokenPrices(prompt=200_000, completion=600_000)
            >>> prices.charge(Usage(prompt=310, completion=1_874))
            1187
        """
        cached = self.prompt if self.cached is None else self.cached
        fresh = max(0, usage.prompt - usage.cached)
        total = fresh * self.prompt + usage.cached * cached + usage.completion * self.completion
        return charge_for(total, price=1, per=MILLION)

    def worst_case(self, usage: Usage) -> int:
        """Returns micro-dollars for these tokens if every prompt token has the highest price."""
        highest = TokenPrices(prompt=self._highest_prompt_price, completion=self.completion)
        return highest.charge(usage)

    def affordable_tokens(self, budget: int, *, prompt: int, samples: int, most: int) -> int:
        """Longest samples that `budget` micro-dollars certainly pay, at most `most`; 0 if none.

        Rounded down, so that the worst case of `prompt` tokens with that many per sample is at most
        the budget.
        """
        left = budget * MILLION - prompt * self._highest_prompt_price
        if left < 0:
            return 0
        if self.completion == 0:
            return most
        return min(most, left // (self.completion * samples))

    @property
    def _highest_prompt_price(self) -> int:
        return max(self.prompt, self.cached or 0)


def truthful_bid(name: str, record: SalesRecord, *, worst_case: int, quality: float) -> Bid:
    """Returns a bid with the mean cost and the solve rate of a prover's sales so far.

    Its worst case and the `quality` of its entry count like NEWCOMER sales before the first:
    mean cost (NEWCOMER * worst_case + invoices) / (NEWCOMER + sales), rounded up, and solve rate
    (NEWCOMER * quality + proofs) / (NEWCOMER + sales).
    """
    seen = NEWCOMER + record.sales
    return Bid(
        prover=name,
        price=-(-(NEWCOMER * worst_case + record.invoices) // seen),
        quality=(NEWCOMER * quality + record.proofs) / seen,
    )

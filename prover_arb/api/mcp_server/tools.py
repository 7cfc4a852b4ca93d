"""The tools of the Model Context Protocol, over any broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from prover_arb.api.mcp_server.answers import Bought, Judged, Market
from prover_arb.api.mcp_server.brokers import Broker, ServiceBroker
from prover_arb.client import Quote
from prover_arb.core.money import MicroUSD, format_usd, parse_budget
from prover_arb.core.theorem import Candidate, Profile, Theorem
from prover_arb.errors import BudgetError, ProverArbError
from prover_arb.problems import parse_statement

INSTRUCTIONS = (
    "Judges and buys proofs of Lean 4 theorems. A proof counts only if the Lean kernel accepts it. "
    "Check your own proofs with verify, which is free; prove spends money."
)

Statement = Annotated[
    str,
    Field(
        description="The theorem: `theorem NAME BINDERS : STATEMENT := by sorry`, or BINDERS : "
        "STATEMENT alone, such as `(n : ℕ) : n + 0 = n`."
    ),
]
Preamble = Annotated[
    str, Field(description="Lean text before the theorem: definitions and notations.")
]
Budget = Annotated[
    str, Field(description="The most that may be spent, in dollars, as decimal text: 0.05.")
]
Policy = Annotated[
    str, Field(description="What decides which prover is asked: cascade, schedule or single:NAME.")
]
Kind = Annotated[
    Literal["tactics", "term", "file", "refutation"],
    Field(
        description="What the proof is: a list of tactics, a term, a whole Lean file, or tactics "
        "that prove the negation."
    ),
]


def make_server(broker: Broker, *, most: MicroUSD, profile: Profile = "core") -> MCPServer:
    """Returns the server; no call of a tool spends more than `most`.

    The broker is closed with the server.
    """

    @asynccontextmanager
    async def lifespan(_server: MCPServer) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await broker.close()

    server: MCPServer = MCPServer(
        "prover-arb",
        instructions=INSTRUCTIONS,
        version=version("prover-arb"),
        lifespan=lifespan,
        log_level="WARNING",
    )

    def theorem_of(statement: str, preamble: str) -> Theorem:
        return parse_statement(statement, preamble=preamble, profile=profile)

    def bounded(budget_usd: str) -> MicroUSD:
        budget = parse_budget(budget_usd, field="budget_usd")
        if budget > most:
            raise BudgetError(
                f"budget_usd: {budget_usd} is above {format_usd(most)}, the most here"
            )
        return budget

    @server.tool()
    async def verify(
        statement: Statement,
        proof: Annotated[str, Field(description="The proof, in Lean.")],
        kind: Kind = "tactics",
        preamble: Preamble = "",
    ) -> Judged:
        """Judges a proof of a Lean 4 theorem by the kernel; costs nothing."""
        with told():
            theorem = theorem_of(statement, preamble)
            return Judged.of(await broker.verify(theorem, Candidate(kind=kind, text=proof)))

    @server.tool()
    async def prove(
        statement: Statement,
        budget_usd: Budget = "0.05",
        preamble: Preamble = "",
        policy: Policy = "cascade",
        seconds: Annotated[
            int,
            Field(
                ge=1,
                le=3600,
                strict=True,
                description="After so many seconds nothing more is bought.",
            ),
        ] = 300,
    ) -> Bought:
        """Buys a proof of a Lean 4 theorem from provers; spends up to the budget."""
        with told():
            theorem, budget = theorem_of(statement, preamble), bounded(budget_usd)
            return await broker.prove(theorem, budget=budget, policy=policy, seconds=seconds)

    if isinstance(broker, ServiceBroker):

        @server.tool()
        async def quote(
            statement: Statement,
            budget_usd: Budget = "0.05",
            preamble: Preamble = "",
            policy: Policy = "cascade",
        ) -> Quote:
            """Says how likely a proof is found and what it would cost; nothing is bought."""
            with told():
                theorem, budget = theorem_of(statement, preamble), bounded(budget_usd)
                return await broker.quote(theorem, budget=budget, policy=policy)

    @server.tool()
    async def market(statement: Statement = ": True") -> Market:
        """Lists the provers, and what one attempt costs at most."""
        with told():
            return Market(sellers=tuple(await broker.sellers(theorem_of(statement, ""))))

    return server


@contextmanager
def told() -> Iterator[None]:
    """Tells the agent what is wrong, in place of a failure without a reason."""
    try:
        yield
    except ProverArbError as error:
        raise ToolError(str(error)) from None

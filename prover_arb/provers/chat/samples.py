"""Finds the candidates in the samples of an answer, or says what is there instead."""

from __future__ import annotations

from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import Fault
from prover_arb.provers.chat.answers import Reading, read
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.error_said import brief
from prover_arb.provers.chat.model_config import ChatConfig
from prover_arb.provers.chat.model_names import is_same_model
from prover_arb.provers.chat.reply import Reply, Sample, UnusableResponse


def candidates_in(
    reply: Reply, theorem: Theorem, entry: ChatConfig, *, longest: int
) -> tuple[Candidate, ...]:
    """Returns the candidates in the samples, each once; `longest` is the most tokens of a sample.

    Raises:
        UnusableResponse: no sample has a candidate, or another model answered.
    """
    if not is_same_model(entry.model, reply.model, entry.answers_as):
        said = (
            f"another model answered: {_quoted(reply.model)}; if it is the same, write in the "
            f"catalog: answers_as = [{_quoted(reply.model)}]"
        )
        raise UnusableResponse(said, "other_model", reply.usage)
    samples = reply.samples[: entry.samples]
    readings = [read_sample(sample, theorem, whole=reply.is_whole(sample)) for sample in samples]
    candidates = dict.fromkeys(r.candidate for r in readings if r.candidate is not None)
    if not candidates:
        fault, said = _instead(reply, samples[0], readings[0], longest)
        raise UnusableResponse(said, fault, reply.usage)
    return tuple(candidates)


def read_sample(sample: Sample, theorem: Theorem, *, whole: bool) -> Reading:
    """Returns the proof in one sample; `whole` says that no part of it can be missing."""
    said = sample.text if sample.text.strip() else sample.arguments
    return read(said, theorem, reasoning=sample.reasoning, whole=whole)


def _instead(reply: Reply, sample: Sample, reading: Reading, longest: int) -> tuple[Fault, str]:
    """Returns the kind of failure, and what the answer holds instead of a proof."""
    said = brief(sample.text, Secret())
    if sample.out_of_tokens:
        where = (
            "in its reasoning" if sample.reasoning and not said else "before its proof was whole"
        )
        return "out_of_tokens", f"the answer reached max_tokens = {longest} {where}: {said}"
    if reply.flaw is not None and not sample.finish:
        return reply.flaw
    if not (sample.finish or reply.ended):
        return "cut_off", f"the stream was cut off: {said}"
    return "no_proof", said_instead(sample, reading, said)


def said_instead(sample: Sample, reading: Reading, said: str) -> str:
    """Returns a sentence about a sample without a proof."""
    if reading.why:
        return f"no Lean code in the answer: {reading.why}: {said}"
    if not said and sample.refusal:
        return f"the model refuses to answer: {brief(sample.refusal, Secret())}"
    if not said and sample.finish == "content_filter":
        return "no Lean code in the answer: the provider's filter held it back"
    if not said and sample.arguments:
        said = f"it calls a tool with {brief(sample.arguments, Secret())}"
    elif not said and sample.reasoning:
        said = f"there is reasoning only: {brief(sample.reasoning, Secret())}"
    return f"no Lean code in the answer: {said or 'it is empty'}"


def _quoted(name: str) -> str:
    """Returns a model's name as TOML writes it."""
    plain = brief(name, Secret()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'

"""Under which names an answer counts as the model's own."""

from __future__ import annotations

import pytest

from prover_arb.provers.chat.model_names import is_same_model
from tests.provers.chat.served_models import always, completion, respond
from tests.provers.chat.test_chat_prover import PROOF, buy


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("gpt-5", "gpt-5-2025-08-07"),
        ("gpt-5-2025-08-07", "gpt-5"),
        ("claude-3.5-sonnet", "claude-3-5-sonnet-20241022"),
        ("AI-MO/Kimina-Prover-72B", "/models/Kimina-Prover-72B"),
        ("AI-MO/Kimina-Prover-72B", "/models/Kimina-Prover-72B/"),
        ("AI-MO/Kimina-Prover-72B", "kimina-prover-72b"),
        ("AI-MO/Kimina-Prover-72B", "kimina_prover_72b"),
        ("AI-MO/Kimina-Prover-72B", "C:\\models\\Kimina-Prover-72B-Q4_K_M.gguf"),
        ("deepseek-chat", "deepseek/deepseek-chat:free"),
        ("qwen3:8b", "qwen3:8b"),
        ("qwen3", "qwen3:latest"),
        ("accounts/fireworks/models/goedel-v2", "goedel-v2"),
        ("mistral-large-2407", "mistral-large-latest"),
        ("anything", ""),
        ("anything", "  "),
    ],
)
def test_the_same_model_under_another_spelling(asked: str, answered: str) -> None:
    assert is_same_model(asked, answered)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("prover", "llama-3.3-70b"),
        ("kimina-prover-72b", "kimina-prover-8b"),
        ("org/one", "org/two"),
    ],
)
def test_another_model(asked: str, answered: str) -> None:
    assert not is_same_model(asked, answered)
    assert is_same_model(asked, answered, ["other", answered.upper()])


def test_the_catalog_says_which_names_are_the_same_model() -> None:
    answer = always(respond(completion(PROOF, model="served-by-us/v7")))
    attempt, _ = buy(answer)
    assert attempt.candidate is None
    assert attempt.fault == "other_model"
    assert 'answers_as = ["served-by-us/v7"]' in attempt.failure
    attempt, _ = buy(answer, answers_as=["served-by-us/v7"])
    assert attempt.candidate is not None

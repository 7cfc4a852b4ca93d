"""Policies: functions from a theorem's state to the attempt to buy next, or to stopping.

single_prover.py      one prover only
threshold_cascade.py  cheap provers first, each up to a threshold
auction.py            provers bid for every attempt
index_policy.py       the best value per dollar, learnt while it runs: `schedule`
refute_first.py       any of these, after asking whether the statement is false
next_attempt.py       what they share: the next attempt of one prover
parse.py              policies from their text form
valuing.py            a policy where a proof is worth a given amount

To add a policy, write a class with the attributes of `core.protocols.Policy` in a module here, and
give it a text form in `parse.make_policy` and `parse.FORMS`.
"""

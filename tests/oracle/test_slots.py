"""Slots go to the customer they served before, but nobody waits for ever behind another."""

from __future__ import annotations

import asyncio

import pytest

from prover_arb.errors import OracleError
from prover_arb.oracle.slots import FairSlots, Slot


async def served(slots: FairSlots[str], customer: str, log: list[str], work: float = 0.0) -> None:
    slot = await slots.take(customer)
    log.append(f"{customer}{slot.item}")
    await asyncio.sleep(work)
    slots.give_back(slot)


def test_a_customer_gets_the_slot_it_had_before() -> None:
    async def main() -> list[str]:
        slots, log = FairSlots("12"), list[str]()
        for customer in ("a", "b", "a", "b", "b", "a"):
            await served(slots, customer, log)
        return log

    assert asyncio.run(main()) == ["a1", "b2", "a1", "b2", "b2", "a1"]


def test_a_new_customer_gets_the_slot_that_was_idle_longest() -> None:
    async def main() -> list[str]:
        slots, log = FairSlots("12"), list[str]()
        for customer in ("a", "b", "a", "c", "a"):
            await served(slots, customer, log)
        return log

    assert asyncio.run(main()) == ["a1", "b2", "a1", "c2", "a1"]


def test_many_requests_of_one_customer_do_not_starve_another() -> None:
    async def main() -> list[str]:
        slots, log = FairSlots("1", turn_seconds=0.0), list[str]()
        many = [served(slots, "many", log, 0.001) for _ in range(20)]
        await asyncio.gather(*many, served(slots, "one", log), served(slots, "other", log))
        return log

    log = asyncio.run(main())
    assert sorted(log[:4]) == ["many1", "many1", "one1", "other1"]


def test_within_a_turn_a_customer_keeps_its_slot() -> None:
    async def main() -> list[str]:
        slots, log = FairSlots("1", turn_seconds=60.0), list[str]()
        await asyncio.gather(
            *(served(slots, "many", log, 0.001) for _ in range(5)), served(slots, "one", log)
        )
        return log

    assert asyncio.run(main()) == ["many1"] * 5 + ["one1"]


def test_a_customer_may_be_held_to_one_slot() -> None:
    async def main() -> int:
        slots = FairSlots("123", per_customer=1)
        at_work = most = 0

        async def work() -> None:
            nonlocal at_work, most
            slot = await slots.take("a")
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0.001)
            at_work -= 1
            slots.give_back(slot)

        await asyncio.gather(*(work() for _ in range(6)))
        return most

    assert asyncio.run(main()) == 1


def test_no_more_slots_are_taken_than_may_be_taken_at_once() -> None:
    async def main() -> list[str]:
        slots, log = FairSlots("12", at_once=1, turn_seconds=0.0), list[str]()
        await asyncio.gather(*(served(slots, c, log, 0.001) for c in "abab"))
        first = await slots.take("a")
        waiting = asyncio.create_task(slots.take("b"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        assert slots.waiting == 1
        slots.give_back(first)
        slots.give_back(await waiting)
        return log

    assert sorted(asyncio.run(main())) == ["a1", "a1", "b2", "b2"]


def test_the_slot_that_was_idle_longest_can_be_had_back_for_a_new_customer() -> None:
    async def main() -> list[str]:
        slots, log = FairSlots("12", at_once=1), list[str]()
        for customer in "abab":
            await served(slots, customer, log)
        assert slots.take_idle(60) is None
        idle = slots.take_idle(0)
        assert idle is not None
        assert (idle.item, slots.unassigned) == ("1", 0)
        slots.vacated(idle)
        assert slots.unassigned == 1
        for customer in "bcb":
            await served(slots, customer, log)
        return log[4:]

    assert asyncio.run(main()) == ["b2", "c1", "b2"]


def test_a_cancelled_wait_loses_no_slot() -> None:
    async def main() -> str:
        slots = FairSlots("1")
        taken = await slots.take("a")
        waits = [asyncio.create_task(slots.take("b")) for _ in range(2)]
        await asyncio.sleep(0)
        waits[0].cancel()
        slots.give_back(taken)  # in the same moment: the cancelled one has not run yet
        got: Slot[str] = await asyncio.wait_for(waits[1], 1)
        late = asyncio.create_task(slots.take("c"))
        await asyncio.sleep(0)
        slots.give_back(got)  # granted, and cancelled before it could run
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        return (await asyncio.wait_for(slots.take("d"), 1)).item

    assert asyncio.run(main()) == "1"


def test_everybody_hears_that_nothing_is_left() -> None:
    async def main() -> None:
        slots = FairSlots("1")
        slots.retire(await slots.take("a"))
        waits = asyncio.create_task(slots.take("a"))
        await asyncio.sleep(0)
        slots.fail(OracleError("all gone"))
        for wait in (waits, slots.take("b")):
            with pytest.raises(OracleError, match="all gone"):
                await wait

    asyncio.run(main())


def test_requests_wait_for_as_long_as_they_find_no_free_slot() -> None:
    """Also if the queue is empty for a moment each time that a slot changes hands."""

    async def main() -> None:
        slots = FairSlots("1")
        first = await slots.take("a")
        assert slots.waited_seconds == 0
        for _ in range(3):
            following = asyncio.create_task(slots.take("a"))
            await asyncio.sleep(0.01)
            slots.give_back(first)
            first = await following
            assert slots.waiting == 0
        assert slots.waited_seconds >= 0.03
        slots.give_back(first)
        assert slots.waited_seconds == 0

    asyncio.run(main())


def test_slots_come_and_go() -> None:
    async def main() -> None:
        slots = FairSlots("1")
        taken = await slots.take("a")
        assert slots.drop() is None
        following = asyncio.create_task(slots.take("b"))
        await asyncio.sleep(0)
        slots.add("2")
        second = await following
        assert second.item == "2"
        slots.give_back(taken)
        slots.fewest_free()
        slots.give_back(second)
        assert slots.fewest_free() == 1
        dropped = slots.drop()
        assert dropped is taken
        assert (await slots.take("a")).item == "2"
        assert slots.drop() is None

    asyncio.run(main())

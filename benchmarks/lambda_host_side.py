"""One of the two clouds that are compared, with what was measured there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks import lambda_host_loads as loads
from benchmarks.figures import Samples
from benchmarks.lambda_host_functions import Functions
from benchmarks.lambda_host_usage import CpuMeter

if TYPE_CHECKING:
    from benchmarks.lambda_host_clouds import Cloud
    from benchmarks.lambda_host_loads import Delivery

EVENTS: Final = 200
"""How many events a burst has."""
_COLD_STARTS: Final = 3


class Side:
    """A cloud with the functions that are measured, each of which has run already.

    Args:
        cloud: The cloud.
        calls: How many no-op calls a round has, as the cloud is slow or quick.
        messages: How many messages a round has.

    Attributes:
        warm: Seconds of a call.
        bare: Seconds of a call over HTTP alone.
        threads: Seconds per call of several threads.
        cold: Seconds of a first call.
        flow: Seconds per message.
        cold_flow: Seconds per message, with the start of the functions.
        bursts: Seconds of a burst.
        processes: Most workers of a burst.
        memory: Their most bytes.
        lost: Messages that were lost.
        calls_cpu: CPU time of warm calls.
        flow_cpu: CPU time of messages.
    """

    def __init__(self, cloud: Cloud, *, calls: int, messages: int) -> None:
        self.name = cloud.name
        self.functions = Functions(cloud)
        self._calls, self._messages = calls, messages
        self.warm, self.bare, self.threads = Samples(), Samples(), Samples()
        self.cold, self.flow = Samples(), Samples()
        self.cold_flow, self.bursts = Samples(), Samples()
        self.processes = self.memory = self.lost = 0
        self._no_op, self._pipeline = self.functions.no_op(), self.functions.pipeline()
        names = {
            self._no_op: "worker",
            self._pipeline.publisher: "publishers",
            self._pipeline.emailer: "emailers",
        }
        names |= {self.functions.code_of(name): who for name, who in names.items()}
        self.calls_cpu, self.flow_cpu = CpuMeter(cloud.pid, names), CpuMeter(cloud.pid, names)
        self._warm_up()

    @property
    def done_calls(self) -> int:
        """How many calls `calls_cpu` is of."""
        return self._calls * len(self.warm.seconds)

    @property
    def done_messages(self) -> int:
        """How many messages `flow_cpu` is of."""
        return self._messages * len(self.flow.seconds)

    def send(self, messages: int, label: str) -> Delivery:
        """Send messages through both functions, from several clients."""
        return loads.through(self.functions, self._pipeline, messages, label)

    def take_warm(self, _number: int) -> None:
        """Call one after the other."""
        with self.calls_cpu:
            self.warm.seconds.append(loads.warm(self.functions, self._no_op, self._calls))

    def take_bare(self, _number: int) -> None:
        """The same, without a client of AWS."""
        self.bare.seconds.append(loads.bare(self.functions, self._no_op, self._calls))

    def take_threads(self, _number: int) -> None:
        """Call from several threads."""
        taken = loads.in_threads(self.functions, self._no_op, 2 * self._calls)
        self.threads.seconds.append(taken)

    def take_cold(self, _number: int) -> None:
        """Call functions that never ran."""
        self.cold.seconds.append(loads.cold(self.functions, _COLD_STARTS))

    def take_flow(self, number: int) -> None:
        """Send messages."""
        with self.flow_cpu:
            delivery = self.send(self._messages, f"round {number}:")
        self.flow.seconds.append(delivery.seconds / self._messages)
        self.lost += delivery.lost

    def take_cold_flow(self, number: int) -> None:
        """Send messages through functions that never ran."""
        pipeline = self.functions.pipeline()
        delivery = loads.through(self.functions, pipeline, EVENTS, f"cold {number}:")
        self.functions.delete(pipeline.publisher, pipeline.emailer)
        self.cold_flow.seconds.append(delivery.seconds / EVENTS)
        self.lost += delivery.lost

    def take_burst(self, number: int) -> None:
        """Publish many events at once for a function that never ran."""
        burst = loads.burst(self.functions, EVENTS, f"burst {number}:")
        self.bursts.seconds.append(burst.delivery.seconds)
        self.processes = max(self.processes, burst.processes)
        self.memory = max(self.memory, burst.memory)
        self.lost += burst.delivery.lost

    def _warm_up(self) -> None:
        loads.warm(self.functions, self._no_op, loads.CLIENTS)
        loads.in_threads(self.functions, self._no_op, self._calls)
        loads.cold(self.functions, 1)
        self.send(self._messages // 2, "warm-up:")

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from preamp.deploy.hotswap.execution import SwapExecutor, SwapFailedError
from preamp.deploy.hotswap.operation import Call, Settling, Swap
from preamp.events import Event, ResourceChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.deploy.conftest import MakeAssembly

SETTLING = Settling("updated", {"Name": "f"}, "Status", "InProgress")


class Service:
    """A service with one operation; how it answers is told by the name it is called with."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.poll_interval = 0.01
        self.clients = self

    def client(self, _service: str) -> Service:
        return self

    def change(self, Name: str) -> dict[str, str]:  # noqa: N803 - boto3's way
        self.heard.append(f"change {Name}")
        if Name.endswith("Exception"):
            status = 500 if Name.startswith("Service") else 400
            answer: Any = {
                "Error": {"Code": Name, "Message": f"no {Name}"},
                "ResponseMetadata": {"HTTPStatusCode": status},
            }
            raise ClientError(answer, "Change")
        return {"Status": Name}

    def get_waiter(self, name: str) -> Service:
        self.heard.append(f"wait until {name}")
        return self

    def wait(self, **arguments: Any) -> None:
        self.heard.append(f"for {arguments['Name']} every {arguments['WaiterConfig']['Delay']} s")


class Told:
    def __init__(self) -> None:
        self.events: list[tuple[str, str, str]] = []

    def report(self, event: Event) -> None:
        assert isinstance(event, ResourceChanged)
        self.events.append((event.path, event.progress, event.via))


def swap(*names: str, path: str = "F") -> Swap:
    calls = tuple(Call("any", "change", {"Name": name}, SETTLING) for name in names)
    return Swap(path, "AWS::Lambda::Function", (path,), calls)


@pytest.fixture
def executor(make_assembly: MakeAssembly) -> Callable[[Service, Told], SwapExecutor]:
    def make(service: Service, told: Told) -> SwapExecutor:
        return SwapExecutor(service, make_assembly({}), told)  # type: ignore[arg-type]

    return make


def test_a_call_that_takes_effect_later_is_waited_for(executor: Any) -> None:
    service, told = Service(), Told()
    executor(service, told).carry_out([swap("InProgress", "Successful")])
    assert service.heard == [
        "change InProgress",
        "wait until updated",
        "for f every 0.01 s",
        "change Successful",
    ]
    assert told.events == [("F", "started", "hotswap"), ("F", "done", "hotswap")]


def test_what_a_service_refuses_is_told_with_the_resource(executor: Any) -> None:
    service, told = Service(), Told()
    with pytest.raises(SwapFailedError, match="F: no LimitException"):
        executor(service, told).carry_out([swap("LimitException", "Successful")])
    assert service.heard == ["change LimitException"]
    assert told.events == [("F", "started", "hotswap")]


def test_one_that_fails_keeps_no_other_from_its_end(executor: Any) -> None:
    service, told = Service(), Told()
    with pytest.raises(SwapFailedError):
        executor(service, told).carry_out([swap("LimitException"), swap("fine", path="G")])
    assert ("G", "done", "hotswap") in told.events


def test_what_was_refused_before_anything_was_changed_is_untouched(executor: Any) -> None:
    swaps = [
        swap("LimitException"),
        swap("AccessDeniedException", "fine", path="G"),
        swap("fine", "LimitException", path="H"),
        swap("ServiceException", path="I"),
        swap("fine", path="J"),
    ]
    with pytest.raises(SwapFailedError) as failed:
        executor(Service(), Told()).carry_out(swaps)
    assert failed.value.untouched == {("F",), ("G",)}


def test_an_effect_that_never_comes_is_a_failure(executor: Any) -> None:
    class Stubborn(Service):
        def wait(self, **arguments: Any) -> None:
            super().wait(**arguments)
            raise WaiterError("updated", "it failed", {})

    with pytest.raises(SwapFailedError, match="it failed"):
        executor(Stubborn(), Told()).carry_out([swap("InProgress")])


def test_a_swap_without_calls_is_not_told(executor: Any) -> None:
    told = Told()
    executor(Service(), told).carry_out([swap()])
    assert told.events == []


def test_setting_back_passes_over_what_is_gone_and_returns_what_is_refused(executor: Any) -> None:
    service, told = Service(), Told()
    gone, refused = swap("ResourceNotFoundException"), swap("LimitException", path="G")
    failures = executor(service, told).set_back([gone, refused, swap("fine", path="H")])
    assert [failure.path for failure in failures] == ["G"]
    assert "change fine" in service.heard
    assert told.events == []

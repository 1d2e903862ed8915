"""The inner loop running, with work and files that do as they are told."""

from __future__ import annotations

from tests.functional.sandbox.workshop import BACKEND, HANDLER, README, workshop

from preamp.errors import UserError
from preamp.events import HandlerSaved, RoundFinished, RoundStarted, SandboxClosed

MISTAKE = UserError("BackendSyntaxError", "invalid syntax", "mend the line")


def test_the_first_round_begins_by_itself() -> None:
    with workshop() as shop:
        assert shop.shown() == RoundStarted(())
        shop.clock.now += 1.5
        shop.finish_round(changes=3)
        assert shop.shown() == RoundFinished(1.5, 3)


def test_a_saved_definition_is_deployed_and_timed_from_its_saving() -> None:
    with workshop() as shop:
        shop.finish_round()
        assert [type(shop.shown()) for _ in range(2)] == [RoundStarted, RoundFinished]
        shop.watcher.save(BACKEND)
        assert shop.begun() == "synthesize"
        assert shop.shown() == RoundStarted(("amplify/backend.py",))
        shop.clock.now += 0.25
        shop.work.end()
        assert shop.begun() == "deploy"
        shop.work.end(1)
        assert shop.shown() == RoundFinished(0.25, 1)


def test_a_saved_handler_is_told_and_nothing_is_deployed() -> None:
    with workshop() as shop:
        shop.finish_round()
        assert [type(shop.shown()) for _ in range(2)] == [RoundStarted, RoundFinished]
        shop.watcher.save(HANDLER, README)
        assert shop.shown() == HandlerSaved(("amplify/handler.py",))
        assert shop.work.begun.empty()


def test_failures_end_rounds_and_never_the_session() -> None:
    with workshop() as shop:
        for failure in (MISTAKE, ZeroDivisionError("division by zero")):
            assert shop.begun() == "synthesize"
            shop.work.end(failure)
            assert isinstance(shop.shown(), RoundStarted)
            shown = shop.shown()
            assert getattr(shown, "code", "") in {"BackendSyntaxError", "UnexpectedFault"}
            shop.watcher.save(BACKEND)
        assert shop.begun() == "synthesize"
        shop.work.end()
        assert shop.begun() == "deploy"
        shop.work.end(UserError("DeploymentFailedError", "a queue failed", "mend it"))
        assert isinstance(shop.shown(), RoundStarted)
        assert getattr(shop.shown(), "code", "") == "DeploymentFailedError"
        assert shop.daemon.state().error == "DeploymentFailedError"
        shop.watcher.save(BACKEND)
        shop.finish_round(changes=1)
        assert [type(shop.shown()) for _ in range(2)] == [RoundStarted, RoundFinished]
        assert shop.daemon.state().error is None


def test_a_save_while_synthesizing_cancels_in_silence_and_begins_again() -> None:
    with workshop() as shop:
        assert shop.begun() == "synthesize"
        shop.watcher.save(BACKEND)
        assert shop.begun() == "synthesize"
        assert shop.shown() == RoundStarted(())
        assert shop.shown() == RoundStarted(("amplify/backend.py",))
        shop.work.end()
        assert shop.begun() == "deploy"
        shop.work.end(2)
        assert shop.shown() == RoundFinished(0.0, 2)


def test_saves_while_deploying_come_to_one_more_round() -> None:
    with workshop() as shop:
        assert shop.begun() == "synthesize"
        shop.work.end()
        assert shop.begun() == "deploy"
        for _ in range(3):
            shop.watcher.save(BACKEND)
        shop.work.end(1)
        shop.finish_round()
        shop.daemon.stop()
        assert shop.stopped()
        assert shop.work.begun.empty()
        assert shop.work.most_at_once == 1


def test_stopping_waits_for_a_deployment_and_closes_everything() -> None:
    with workshop() as shop:
        assert shop.begun() == "synthesize"
        shop.work.end()
        assert shop.begun() == "deploy"
        shop.daemon.stop()
        shop.work.end(1)
        assert shop.stopped()
        assert shop.work.closed
        assert [type(shop.shown()) for _ in range(3)] == [
            RoundStarted,
            RoundFinished,
            SandboxClosed,
        ]


def test_stopping_cancels_a_synthesis() -> None:
    with workshop() as shop:
        assert shop.begun() == "synthesize"
        shop.daemon.stop()
        assert shop.stopped()
        assert shop.work.closed


def test_a_deployment_that_fails_while_stopping_is_told() -> None:
    with workshop() as shop:
        assert shop.begun() == "synthesize"
        shop.work.end()
        assert shop.begun() == "deploy"
        shop.daemon.stop()
        shop.work.end(UserError("DeploymentFailedError", "a queue failed", "mend it"))
        assert shop.stopped()
        assert isinstance(shop.shown(), RoundStarted)
        assert getattr(shop.shown(), "code", "") == "DeploymentFailedError"


def test_files_that_cannot_be_looked_at_begin_a_round_and_are_watched_on() -> None:
    with workshop() as shop:
        shop.finish_round()
        shop.work.unreadable = True
        shop.watcher.save(README)
        shop.finish_round()
        shop.work.unreadable = False
        shop.watcher.save(BACKEND)
        assert shop.begun() == "synthesize"

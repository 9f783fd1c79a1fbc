import os
import signal

import pytest

from storyreel.cli.stopping import stop_requests


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_remembered_and_the_second_one_is_not_caught(number: signal.Signals, code: int) -> None:
    before = signal.getsignal(number)
    with stop_requests() as stop:
        assert not stop
        os.kill(os.getpid(), number)
        assert stop
        assert stop.exit_code == code
        assert signal.getsignal(number) is signal.SIG_DFL
    assert signal.getsignal(number) is before

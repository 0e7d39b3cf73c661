"""What a sender is told while the archive takes no mail, and that it is taken when it comes again."""

import pytest

from archive.intake.pressure import Pressure
from tests.flow.smtp.rig import running

ANSWERS = [(Pressure.BEHIND, b"451 4.3.2 "), (Pressure.FULL, b"452 4.3.1 ")]


@pytest.mark.parametrize(("pressure", "answer"), ANSWERS)
@pytest.mark.parametrize("lmtp", [False, True])
def test_mail_is_refused_for_now_before_its_data_and_taken_in_the_same_session_later(pressure, answer, lmtp):
    hello = b"LHLO c" if lmtp else b"EHLO c"
    with running(pressure=pressure, lmtp=lmtp) as rig:
        client = rig.client()
        client.ask(hello)
        assert client.ask(b"MAIL FROM:<a@b.test>").startswith(answer)
        assert client.asks(b"RCPT TO:<c@d.test>", b"NOOP") == [b"503", b"250"]
        rig.pressure = Pressure.NONE
        assert client.begin(hello=hello) == [b"250"] * 3
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        assert ([captured.raw for captured in rig.intake.kept], rig.settled()) == ([b"x\r\n"], True)


def test_a_message_that_was_begun_is_taken():
    with running() as rig:
        client = rig.client()
        client.begin()
        rig.pressure = Pressure.FULL
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"


def test_being_kept_out_is_no_error_of_the_client():
    with running(pressure=Pressure.BEHIND) as rig:
        client = rig.client()
        client.ask(b"EHLO c")
        assert set(client.asks(*[b"MAIL FROM:<a@b.test>"] * 50)) == {b"451"}

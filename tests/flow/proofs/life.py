"""The life of messages as a state machine beside a naive oracle: a program, because it copies its database about.

    python -m tests.flow.proofs.life --steps N [--seed S] [--seconds T]

Capture, hold, release, rule change, disposal, erasure, kill and restore in any order that Hypothesis thinks of. After
every step: no sighting that a hold covered or that was not due was destroyed; nothing destroyed opens, is listed or is
found; everything else opens, byte for byte. Prints one JSON document. MUNIMENT_DATA must be an empty folder.
"""

import argparse
import gc
import json
import random
import sys
import time
from collections import Counter

import django

django.setup()

from django.conf import settings as django_settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from hypothesis import HealthCheck, Phase, seed, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from hypothesis.stateful import (  # noqa: E402
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.flow.proofs.disasters import Troubled  # noqa: E402
from tests.flow.proofs.oracle import Mail  # noqa: E402

WORK = ("dispose", "erase", "pack", "dispose", "erase", "pack", "hold", "release", "settle", "capture")
PEOPLE = ("ann@corp.example", "bob@corp.example", "cy@corp.example")
WORDS = ("zebra", "yak")
CHOOSER = random.Random(7)
MAILS = tuple(
    Mail(key, CHOOSER.choice(PEOPLE), CHOOSER.choice(PEOPLE), CHOOSER.choice(WORDS), CHOOSER.choice((2012, 2019, 2024)))
    for key in range(8)
)
STEPS_OF_A_LIFE = 40
RESTORES_OF_A_LIFE = 3  # each takes as long as ten other steps
DONE = Counter()
KILLS = Counter()
mails = st.sampled_from(MAILS)
people = st.sampled_from(PEOPLE)
moments = st.integers(min_value=0, max_value=90)  # traces before the kill


class Life(RuleBasedStateMachine):
    """One archive from its first message on."""

    def __init__(self):
        super().__init__()
        self.world = Troubled(django_settings.MUNIMENT_DATA)
        self.restores = 0

    def done(self, name, **_):
        DONE[name] += 1

    @initialize(years=st.sampled_from((1, 5, 10)), custodian=people)
    def begin(self, years, custodian):
        for place in range(0, len(MAILS), 3):
            self.world.capture(MAILS[place : place + 3], custodian)
        self.world.change_rule(years)
        self.world.settle()

    @rule(found=st.lists(mails, min_size=1, max_size=3), custodian=people, settles=st.booleans())
    def capture(self, found, custodian, settles):
        self.world.capture(found, custodian)
        if settles:
            self.world.settle()
        self.done("capture")

    @rule(custodian=people)
    def capture_all(self, custodian):
        self.world.capture(MAILS, custodian)
        self.done("capture")

    @rule(mail=mails, custodian=people)
    def capture_one(self, mail, custodian):
        self.world.capture([mail], custodian)
        self.world.settle()
        self.done("capture")

    @rule()
    def settle(self):
        self.world.settle()
        self.done("settle")

    @rule(address=people)
    def hold_people(self, address):
        self.world.hold("custodians", address)
        self.done("hold")

    @rule(word=st.sampled_from(WORDS))
    def hold_words(self, word):
        self.world.hold("query", word)
        self.done("hold")

    @rule(mail=mails)
    def hold_message(self, mail):
        self.world.hold("messages", mail)
        self.done("hold")

    @rule(place=st.integers(min_value=0))
    def release(self, place):
        self.world.release(place)
        self.done("release")

    @rule(years=st.sampled_from((1, 5, 10, None)))
    def change_rule(self, years):
        self.world.change_rule(years)
        self.done("rule change")

    @rule()
    def dispose_all_that_is_due(self):
        self.world.dispose_all()
        self.done("disposal")

    @rule(chosen=st.sets(mails, min_size=1))
    def approve_a_disposal(self, chosen):
        self.world.approve(chosen)
        self.done("disposal approved")

    @rule()
    def execute_what_is_approved(self):
        self.world.execute_pending()
        self.done("disposal")

    @rule(address=people)
    def erase_a_person(self, address):
        self.world.erase(address)
        self.done("erasure")

    @rule(after=moments, work=st.sampled_from(WORK), what=people)
    def kill(self, after, work, what):
        if self.world.kill(after, work, what):
            KILLS[work] += 1
        self.done("kill")

    @rule()
    def back_up(self):
        self.world.back_up()
        self.done("backup")

    @precondition(lambda self: self.restores < RESTORES_OF_A_LIFE)
    @rule(index=st.booleans(), database=st.booleans(), keys=st.booleans())
    def restore(self, index, database, keys):
        self.world.restore(index=index, database=database, keys=keys)
        self.restores += 1
        self.done("restore")

    @precondition(lambda self: self.restores < RESTORES_OF_A_LIFE)
    @rule(address=people)
    def restore_a_database_from_before_a_hold(self, address):
        self.world.back_up()
        self.world.hold("custodians", address)
        self.world.restore(index=False, database=True, keys=False)
        self.restores += 1
        self.done("restore")

    @rule()
    def rebuild(self):
        self.world.rebuild()
        self.done("rebuild")

    @rule(days=st.integers(min_value=1, max_value=400))
    def wait(self, days):
        self.world.wait(days)
        self.done("wait")

    @rule(days=st.integers(min_value=1, max_value=40))
    def pack(self, days):
        self.world.wait(days)
        self.world.pack()
        self.done("pack")

    @invariant()
    def nothing_is_wrong(self):
        self.world.check()

    def teardown(self):
        self.world.check_all()
        self.world.end()


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no more lives after so long")
    options = parser.parse_args(argv)
    call_command("migrate", interactive=False, verbosity=0)
    Troubled.prepare(django_settings.MUNIMENT_DATA)
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    started, lives = time.monotonic(), 0
    while sum(DONE.values()) < options.steps and time.monotonic() - started < options.seconds:
        rest = options.steps - sum(DONE.values())
        run_state_machine_as_test(
            seed(options.seed + lives)(Life),
            settings=settings(
                max_examples=max(1, min(100, rest // STEPS_OF_A_LIFE)),
                stateful_step_count=STEPS_OF_A_LIFE,
                deadline=None,
                database=None,
                derandomize=False,
                print_blob=False,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            ),
        )
        lives += 1
    report = {
        "steps": sum(DONE.values()),
        "by_kind": dict(sorted(DONE.items())),
        "killed_in": dict(sorted(KILLS.items())),
        "destroyed": Troubled.DESTROYED,
        "spared": Troubled.SPARED,
        "packed": Troubled.PACKED,
        "let_go": Troubled.LET_GO,
        "seconds": round(time.monotonic() - started, 1),
    }
    sys.stdout.write(f"{json.dumps(report)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

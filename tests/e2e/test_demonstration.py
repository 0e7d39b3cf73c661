"""What `make up` opens on: people, cases, rules and requests, made once, by acts that stand in a sound audit trail."""

import json
import subprocess
import sys

from tests.e2e.product import ROOT

_COUNT = """
import django, json, sys
django.setup()
from django.apps import apps
from django.conf import settings
from accounts import demonstration
from archive.wiring import archive
from demo import cases
NAMES = ("accounts.User", "accounts.Grant", "accounts.Matter", "accounts.MatterCustodian", "accounts.Approval",
         "archive.Hold", "archive.RuleVersion", "archive.SightingLabel", "archive.Disposal", "archive.DisposalItem",
         "discovery.SavedSearch", "discovery.ExportJob", "gdpr.Request", "gdpr.LocatedItem", "accounts.AuditEntry")
if sys.argv[1] == "again":
    cases.make(archive(), {one.email: one.password for one in demonstration.read(settings.MUNIMENT_DATA)})
print(json.dumps({name: apps.get_model(name).objects.count() for name in NAMES}))
"""


def _counted(product, how):
    command = [sys.executable, "-c", _COUNT, how]
    done = subprocess.run(command, cwd=ROOT, env=product.environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_the_company_is_at_work_and_is_not_made_twice(product):
    before = _counted(product, "as it is")
    after = _counted(product, "again")
    assert before == after
    assert (before["accounts.User"], before["accounts.Matter"], before["archive.Hold"]) == (6, 2, 3)
    assert (before["archive.Disposal"], before["discovery.ExportJob"], before["gdpr.Request"]) == (1, 1, 2)


def test_what_was_done_is_proved_by_audit_trail_and_evidence_log(product):
    command = [sys.executable, "manage.py", "verify", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=product.environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

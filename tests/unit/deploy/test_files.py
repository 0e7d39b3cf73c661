"""Dockerfile, compose.yaml and deploy/kubernetes/ name only what there is, and give no container more than it needs."""

import importlib.util
import json
import re

import pytest
import yaml

from config.queues import LIMITS
from tests.unit.deploy.files import (
    IMAGE,
    KUBERNETES,
    ROOT,
    compose,
    containers,
    documented_settings,
    kubernetes_settings,
    objects,
    ours,
    pods,
    services,
)

DOCKERFILE = (ROOT / "Dockerfile").read_text()
PINNED = re.compile(
    r"\S+:[A-Za-z]*\.?[0-9]+\.[0-9]+\.[0-9]+\S*\Z|minio/\S+:RELEASE\.[0-9TZ-]+\Z|\S+:[0-9]+\.[0-9]+-\w+\Z"
)
UID = "10001"
ONLY_KUBERNETES = {"search-password"}  # in Compose the search server is reached by no network but ours
WRITES_ITS_ROOT = {"search"}  # OpenSearch's start writes its keystore beside its configuration


def entry():
    spec = importlib.util.spec_from_file_location("entry", ROOT / "deploy" / "entry.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def setting(name):
    return name.removesuffix("_FILE")


def role_of(service):
    return service["command"][0]


def queues_of(command):
    return command[1].split(",") if command[0] == "worker" else []


# Settings, secrets and roles


def test_every_setting_that_compose_gives_is_documented():
    given = {setting(name) for service in ours().values() for name in service["environment"]}
    assert given <= documented_settings()


def test_every_setting_that_kubernetes_gives_is_documented():
    given = {setting(name) for name in kubernetes_settings()}
    assert given <= documented_settings()


def test_every_setting_of_the_image_is_documented():
    given = set(re.findall(r"\b(MUNIMENT_[A-Z_]+)=", DOCKERFILE))
    assert given <= documented_settings()


def test_every_variable_that_compose_asks_for_stands_in_the_example():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    example = (ROOT / "deploy" / "compose" / "example.env").read_text()
    assert asked == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_the_secrets_of_compose_are_those_that_make_secrets_writes():
    assert set(compose()["secrets"]) == {"master-key", "log-key", *entry().texts(lambda: "x")} - ONLY_KUBERNETES


def test_every_secret_of_kubernetes_is_one_that_make_secrets_writes():
    folder = kubernetes_settings()["MUNIMENT_KEYS"]
    named = {
        value.removeprefix(f"{folder}/") for name, value in kubernetes_settings().items() if name.endswith("_FILE")
    }
    assert named <= set(entry().texts(lambda: "x"))


def test_no_secret_stands_in_a_file_of_deployment():
    words = re.compile(r"(?:PASSWORD|SECRET_KEY|DATABASE_URL|BROKER_URL)\s*[:=]\s*(?!unused)\S")
    for path in [ROOT / "compose.yaml", ROOT / "Dockerfile", *KUBERNETES.iterdir()]:
        assert not words.search(path.read_text()), path


def test_every_role_that_is_named_is_one_of_the_entry():
    named = {role_of(service) for service in ours().values()}
    named |= {one["args"][0] for pod in pods().values() for one in containers(pod) if one["image"] == IMAGE}
    assert named <= set(entry().ROLES)
    assert set(entry().ROLES) == set(re.findall(r"^entry\.py (\S+)", entry().HELP, re.MULTILINE))


@pytest.mark.parametrize(
    "commands",
    [
        [service["command"] for service in ours().values()],
        [one["args"] for pod in pods().values() for one in pod["containers"] if one["image"] == IMAGE],
    ],
    ids=["compose", "kubernetes"],
)
def test_every_queue_has_a_worker(commands):
    served = [queue for command in commands for queue in queues_of(command)]
    assert sorted(served) == sorted(LIMITS)


# What containers may


def test_every_image_is_pinned_by_a_tag_of_a_version():
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for service in services().values() if not service["image"].startswith(f"{IMAGE}:")]
    images += [one["image"] for pod in pods().values() for one in containers(pod) if one["image"] != IMAGE]
    assert [image for image in images if not PINNED.match(image)] == []


def test_compose_runs_the_version_that_kubernetes_does():
    version = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["images"][0]["newTag"]
    assert {service["image"] for service in ours().values()} == {f"{IMAGE}:${{MUNIMENT_VERSION:-{version}}}"}
    assert f'version = "{version}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", services())
def test_no_service_of_compose_is_root_or_may_become_more(name):
    service = services()[name]
    assert re.match(r"[1-9]\d*:[1-9]\d*\Z", service["user"])
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert service["read_only"] is (name not in WRITES_ITS_ROOT)


@pytest.mark.parametrize("name", pods())
def test_no_pod_is_root_or_may_become_more(name):
    pod = pods()[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for one in containers(pod):
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("name", pods())
def test_every_container_of_a_pod_has_its_share(name):
    for one in containers(pods()[name]):
        assert set(one["resources"]) == {"requests", "limits"}
        assert "memory" in one["resources"]["limits"]


def test_the_image_is_run_by_the_same_user_everywhere():
    assert f"USER {UID}:{UID}" in DOCKERFILE
    assert {service["user"] for service in ours().values()} == {f"{UID}:{UID}"}
    users = {pod["securityContext"]["runAsUser"] for pod in pods().values() if pod["containers"][0]["image"] == IMAGE}
    assert users == {int(UID)}


def test_only_the_balancer_is_reached_from_outside():
    assert [name for name, service in services().items() if "ports" in service] == ["balancer"]
    assert compose()["networks"]["inside"]["internal"] is True


def test_every_file_that_compose_mounts_is_there():
    mounts = [str(one) for service in services().values() for one in service.get("volumes", [])]
    named = [one.split(":")[0] for one in mounts if one.startswith("./deploy/")]
    assert [path for path in named if not (ROOT / path).exists()] == []


# Probes, order of starting and stopping


def test_who_keeps_running_is_asked_whether_it_is_healthy():
    unasked = {
        name
        for name, service in services().items()
        if service["image"].startswith(IMAGE) is False and "healthcheck" not in service
    }
    assert unasked == {"buckets"}
    assert "HEALTHCHECK" in DOCKERFILE
    for (kind, name), document in objects().items():
        if kind == "Deployment":
            assert "livenessProbe" in document["spec"]["template"]["spec"]["containers"][0], name


def test_nobody_starts_before_the_tables_are_there():
    for name, service in ours().items():
        if name != "migrate":
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name, pod in pods().items():
        if pod["containers"][0]["image"] == IMAGE and name != "migrate":
            assert [one["args"] for one in pod["initContainers"]] == [["wait"]]


def test_a_listener_has_longer_to_stop_than_it_may_take():
    from journaling.smtp.service import DRAIN_SECONDS

    capture = services()["capture"]
    grace = int(capture["environment"]["MUNIMENT_SMTP_GRACE_SECONDS"])
    assert int(capture["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS + grace
    pod = pods()["capture"]
    before = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > DRAIN_SECONDS + before


def test_ports_are_the_same_from_end_to_end():
    assert "EXPOSE 8000 2525" in DOCKERFILE
    ports = {name: pods()[name]["containers"][0]["ports"][0]["containerPort"] for name in ("web", "capture")}
    assert ports == {"web": 8000, "capture": 2525}


def test_the_balancer_finds_mail_and_web_where_compose_runs_them():
    configuration = (ROOT / "deploy" / "haproxy" / "haproxy.cfg").read_text()
    said = dict(re.findall(r"presetenv (\w+) (\S+)", configuration))
    published = [one.rsplit(":", 1)[1] for one in services()["balancer"]["ports"]]
    assert (said["MUNIMENT_CAPTURE"], said["MUNIMENT_WEB"]) == ("capture:2525", "web:8000")
    assert [f":{port}" for port in published] == [said["SMTP_BIND"], said["WEB_BIND"]]
    assert said["HEALTH_BIND"].split(":")[1] in services()["balancer"]["healthcheck"]["test"][-1]


def test_the_balancer_is_believed_by_those_behind_it():
    address = services()["balancer"]["networks"]["inside"]["ipv4_address"]
    assert ours()["capture"]["environment"]["MUNIMENT_SMTP_PROXIES"] == f"{address}/32"
    assert ours()["web"]["environment"]["MUNIMENT_WEB_PROXIES"] == f"{address}/32"


def test_the_balancer_logs_no_address_with_its_query():
    configuration = (ROOT / "deploy" / "haproxy" / "haproxy.cfg").read_text()
    assert "option httplog" not in configuration
    assert re.findall(r"%(?:r|HU|HQ|HP)(?!O)\b|capture request", configuration) == []


def test_services_and_policies_of_kubernetes_choose_pods_that_there_are():
    apps = {
        document["spec"]["template"]["metadata"]["labels"]["app"]
        for (kind, _), document in objects().items()
        if kind in {"Deployment", "Job"}
    }
    chosen = set(
        re.findall(
            r'"app": "([a-z-]+)"', json.dumps([d for (k, _), d in objects().items() if k not in {"Deployment", "Job"}])
        )
    )
    assert chosen <= apps

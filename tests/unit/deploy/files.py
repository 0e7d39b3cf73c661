"""The files of deployment, read: services of compose.yaml, pods of deploy/kubernetes/ with what is merged into them."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
KUBERNETES = ROOT / "deploy" / "kubernetes"
IMAGE = "muniment"


def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def services():
    """Return the services of compose.yaml by name."""
    return compose()["services"]


def ours():
    """Return the services that run this project's image."""
    return {name: service for name, service in services().items() if service["image"].startswith(f"{IMAGE}:")}


def objects():
    """Return the objects of deploy/kubernetes/ by kind and name, the common parts merged in as kustomize does."""
    found = {}
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    for name in listed:
        for document in yaml.safe_load_all((KUBERNETES / name).read_text()):
            found[document["kind"], document["metadata"]["name"]] = document
    for (kind, _name), document in found.items():
        common = {"Deployment": "common.yaml", "Job": "common-job.yaml"}.get(kind)
        if common and document["metadata"].get("labels", {}).get("muniment") == "process":
            patch = yaml.safe_load((KUBERNETES / common).read_text())
            document["spec"] = _merged(document["spec"], patch["spec"])
    return found


def pods():
    """Return the pod specifications of deploy/kubernetes/ by name of their workload."""
    return {
        name: document["spec"]["template"]["spec"]
        for (kind, name), document in objects().items()
        if kind in {"Deployment", "Job"}
    }


def containers(pod):
    return [*pod["containers"], *pod.get("initContainers", [])]


def kubernetes_settings():
    lines = (KUBERNETES / "settings.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line)


def documented_settings():
    """Return the names of docs/settings.md."""
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))


def _merged(base, patch):
    if isinstance(base, dict) and isinstance(patch, dict):
        return base | {key: _merged(base[key], value) if key in base else value for key, value in patch.items()}
    if isinstance(base, list) and all(isinstance(item, dict) and "name" in item for item in [*base, *patch]):
        named = {item["name"]: item for item in base}
        return list((named | {one["name"]: _merged(named.get(one["name"], {}), one) for one in patch}).values())
    return patch

"""The manifests as Ray's autoscaler reads them: what may grow, and how far the workers may."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from ray.autoscaler._private.kuberay.autoscaling_config import (
    _derive_autoscaling_config_from_ray_cr,
)
from ray.autoscaler._private.util import prepare_config

from prover_arb.api.service.ray_serve import ServiceArguments
from prover_arb.core.worker_bounds import Workers
from prover_arb.runtime.placement import LABEL, ROLE

CLUSTER = Path(__file__).parents[2] / "cluster"


def ray_service() -> tuple[dict[str, Any], Workers]:
    """Its cluster, and the bounds of its workers."""
    document = yaml.safe_load((CLUSTER / "rayservice.yaml").read_text())
    (served,) = yaml.safe_load(document["spec"]["serveConfigV2"])["applications"]
    workers = ServiceArguments.model_validate(served["args"]).workers
    assert workers is not None
    return document["spec"]["rayClusterConfig"], workers


def ray_job() -> tuple[dict[str, Any], Workers]:
    document = list(yaml.safe_load_all((CLUSTER / "rayjob.yaml").read_text()))[1]
    words = shlex.split(document["spec"]["entrypoint"])
    workers = Workers.parse(words[words.index("--workers") + 1])
    return document["spec"]["rayClusterSpec"], workers


def read_by_ray(cluster: dict[str, Any]) -> dict[str, Any]:
    """Reads a cluster as Ray's autoscaler does, and checks it."""
    resource = {"metadata": {"name": "prover-arb", "namespace": "default"}, "spec": cluster}
    config: dict[str, Any] = _derive_autoscaling_config_from_ray_cr(resource)
    return config


@pytest.mark.parametrize("manifest", [ray_service, ray_job])
def test_pods_for_lean_come_until_the_most_workers_have_room(manifest: Any) -> None:
    cluster, workers = manifest()
    assert cluster["enableInTreeAutoscaling"] is True
    config = read_by_ray(cluster)
    lean = config["available_node_types"]["lean"]
    assert lean["labels"] == {LABEL: ROLE}
    assert 0 < lean["min_workers"] < lean["max_workers"]
    cpus = lean["resources"]["CPU"]
    assert workers.least == lean["min_workers"] * cpus
    assert workers.most == lean["max_workers"] * cpus
    assert workers.elastic
    assert config["available_node_types"][config["head_node_type"]]["resources"]["CPU"] == 0
    # A pod goes after the workers on it have gone, and not while the next ones may come back.
    assert config["idle_timeout_minutes"] * 60 > workers.idle_seconds


def test_pods_with_gpus_come_for_model_servers_alone() -> None:
    models = read_by_ray(ray_service()[0])["available_node_types"]["models"]
    assert models["resources"]["GPU"] == 1
    assert models["labels"] == {LABEL: "models"}
    assert models["min_workers"] == 0 < models["max_workers"]


@pytest.mark.parametrize("manifest", [ray_service, ray_job])
def test_the_autoscaler_knows_labels_and_its_container_follows_kubernetes(manifest: Any) -> None:
    cluster, _ = manifest()
    options = cluster["autoscalerOptions"]
    assert options["version"] == "v2"
    container = {name: options[name] for name in ("resources", "securityContext")}
    spec = {"containers": [container | {"name": "autoscaler", "image": "ray"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    kubernetes_validate.validate(pod, "1.31", strict=True)
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        assert group["template"]["spec"]["restartPolicy"] == "Never"


def test_machines_of_ones_own_come_and_go_too() -> None:
    config = prepare_config(yaml.safe_load((CLUSTER / "ray-cluster.yaml").read_text()))
    (machine,) = config["available_node_types"].values()
    assert machine["min_workers"] < machine["max_workers"] == len(config["provider"]["worker_ips"])
    assert config["idle_timeout_minutes"] == 5

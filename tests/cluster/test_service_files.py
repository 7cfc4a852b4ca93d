"""The files that run the HTTP service, checked by the schemas and tools of those who read them.

KubeRay's own kind and the compose file have closed schemas of the fields that we use; what stands
in pods, and everything else of Kubernetes, is checked by Kubernetes' own schemas.
"""

from __future__ import annotations

import copy
import importlib
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from ray.serve._private.api import call_user_app_builder_with_args_if_necessary
from ray.serve.schema import ServeDeploySchema

from prover_arb.api.service.database.database import Database
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.ray_serve import ServiceArguments, application
from prover_arb.core.sql_database import database_url
from prover_arb.errors import InputError
from prover_arb.runtime.placement import LABEL, ROLE, lean_placement

CLUSTER = Path(__file__).parents[2] / "cluster"
KUBERNETES = "1.31"
GPU = "nvidia.com/gpu"


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((CLUSTER / name).read_text()))


def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text())
    return read


def ray_service() -> dict[str, Any]:
    (document,) = documents("rayservice.yaml")
    return document


def ray_service_schema() -> dict[str, Any]:
    """That of a RayJob with another spec around the same cluster; pods are checked apart."""
    rayjob = schema("rayjob.schema.json")
    cluster = copy.deepcopy(rayjob["properties"]["spec"]["properties"]["rayClusterSpec"])
    rayjob["$defs"]["template"] = {"type": "object"}
    rayjob["properties"]["kind"] = {"const": "RayService"}
    rayjob["properties"]["spec"] = {
        "type": "object",
        "required": ["serveConfigV2", "rayClusterConfig"],
        "additionalProperties": False,
        "properties": {
            "serveConfigV2": {"type": "string"},
            "rayClusterConfig": cluster,
            "upgradeStrategy": {
                "type": "object",
                "required": ["type"],
                "additionalProperties": False,
                "properties": {"type": {"enum": ["NewCluster", "None"]}},
            },
        },
    }
    return rayjob


def pods() -> list[dict[str, Any]]:
    cluster = ray_service()["spec"]["rayClusterConfig"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    return [group["template"]["spec"] for group in groups]


def variables(pod: dict[str, Any]) -> dict[str, Any]:
    return {variable["name"]: variable for variable in pod["containers"][0]["env"]}


class TestKubernetes:
    def test_the_service_has_the_fields_kuberay_knows(self) -> None:
        jsonschema.validate(ray_service(), ray_service_schema())
        broken = ray_service()
        broken["spec"]["rayClusterSpec"] = broken["spec"].pop("rayClusterConfig")
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, ray_service_schema())

    @pytest.mark.parametrize("file", ["postgres.yaml", "rayjob.yaml"])
    def test_kubernetes_own_kinds_follow_its_schemas(self, file: str) -> None:
        own = [document for document in documents(file) if "ray.io" not in document["apiVersion"]]
        assert own
        for document in own:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)

    def test_so_do_the_pods_of_the_service(self) -> None:
        for spec in pods():
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
            kubernetes_validate.validate(pod, KUBERNETES, strict=True)
            pod["spec"] = spec | {"containerz": []}
            with pytest.raises(kubernetes_validate.ValidationError):
                kubernetes_validate.validate(pod, KUBERNETES, strict=True)

    def test_lean_has_machines_of_its_own_and_models_those_with_gpus(self) -> None:
        groups = ray_service()["spec"]["rayClusterConfig"]["workerGroupSpecs"]
        by_role = {group["labels"][LABEL]: group for group in groups}
        assert by_role.keys() == {ROLE, "models"}
        gpus = {
            role: group["template"]["spec"]["containers"][0]["resources"]["limits"].get(GPU, "0")
            for role, group in by_role.items()
        }
        assert gpus == {ROLE: "0", "models": "1"}
        assert by_role["models"]["template"]["spec"]["tolerations"][0]["key"] == GPU
        machines = [
            {"Alive": True, "Labels": group["labels"], "Resources": {"CPU": 4}}
            for group in by_role.values()
        ]
        placed = lean_placement(machines)
        assert (placed.cpus, placed.options) == (4, {"label_selector": {LABEL: ROLE}})
        job = documents("rayjob.yaml")[1]["spec"]["rayClusterSpec"]["workerGroupSpecs"]
        assert [group["labels"] for group in job] == [{LABEL: ROLE}]

    def test_every_pod_has_the_url_of_the_secret_and_none_has_it_in_clear(self) -> None:
        (secret,) = [d for d in documents("postgres.yaml") if d["kind"] == "Secret"]
        values = secret["stringData"]
        url = database_url(values["url"])
        assert url.password == values["password"]
        (service,) = [d for d in documents("postgres.yaml") if d["kind"] == "Service"]
        assert (url.host, url.port) == (service["metadata"]["name"], 5432)
        for pod in pods():
            key = variables(pod)["PROVER_ARB_DATABASE"]["valueFrom"]["secretKeyRef"]
            assert key["name"] == secret["metadata"]["name"]
            assert key["key"] in values
        assert values["password"] not in (CLUSTER / "rayservice.yaml").read_text()

    def test_the_service_selects_the_database(self) -> None:
        by_kind = {document["kind"]: document for document in documents("postgres.yaml")}
        spec = by_kind["StatefulSet"]["spec"]
        assert by_kind["Service"]["spec"]["selector"] == spec["template"]["metadata"]["labels"]
        assert spec["serviceName"] == by_kind["Service"]["metadata"]["name"]

    def test_image_ray_and_user_are_those_of_the_job(self) -> None:
        job = documents("rayjob.yaml")[1]["spec"]["rayClusterSpec"]
        cluster = ray_service()["spec"]["rayClusterConfig"]
        assert cluster["rayVersion"] == job["rayVersion"]
        assert cluster["authOptions"] == job["authOptions"] == {"mode": "token"}
        (container,) = job["headGroupSpec"]["template"]["spec"]["containers"]
        for pod in pods():
            assert pod["containers"][0]["image"] == container["image"]
            assert (
                pod["securityContext"]
                == job["headGroupSpec"]["template"]["spec"]["securityContext"]
            )


class TestServeConfiguration:
    def served(self) -> Any:
        config = yaml.safe_load(ray_service()["spec"]["serveConfigV2"])
        (served,) = ServeDeploySchema.model_validate(config).applications
        return served

    def test_rays_schema_takes_it_and_it_names_our_application(self) -> None:
        module, _, name = self.served().import_path.partition(":")
        assert getattr(importlib.import_module(module), name) is application
        assert ServiceArguments.model_validate(self.served().args).running == 16

    def test_it_serves_nobody_without_keys(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/orders.sqlite3"
        args = self.served().args | {"database": url}
        with pytest.raises(InputError, match="no API keys"):
            call_user_app_builder_with_args_if_necessary(application, args)
        database = Database(url)
        KeyStore(database).create_now("ada")
        database.close()
        made = call_user_app_builder_with_args_if_necessary(application, args)
        assert made._bound_deployment.name == "prover_arb"
        with pytest.raises(InputError, match=r"args: runing"):
            call_user_app_builder_with_args_if_necessary(application, args | {"runing": 2})


class TestCompose:
    def test_it_has_the_fields_compose_knows(self) -> None:
        (compose,) = documents("compose.yaml")
        jsonschema.validate(compose, schema("compose.schema.json"))
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(compose | {"service": {}}, schema("compose.schema.json"))

    def test_the_service_waits_for_its_database_and_listens_here_alone(self) -> None:
        (compose,) = documents("compose.yaml")
        service, database = compose["services"]["service"], compose["services"]["database"]
        url = database_url(
            service["environment"]["PROVER_ARB_DATABASE"].replace("${POSTGRES_PASSWORD}", "secret")
        )
        assert url.host in service["depends_on"]
        assert url.username == database["environment"]["POSTGRES_USER"]
        assert url.database == database["environment"]["POSTGRES_DB"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        volume = database["volumes"][0].partition(":")[0]
        assert volume in compose["volumes"]


class TestUnit:
    @pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
    def test_systemd_takes_it(self, tmp_path: Path) -> None:
        def verified(text: str) -> str:
            unit = tmp_path / "prover-arb.service"
            # The program is not installed there on this machine.
            unit.write_text(text.replace("/opt/prover-arb/bin/prover-arb", "/bin/true"))
            command = ["systemd-analyze", "verify", "--man=no", str(unit)]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            return ended.stderr if unit.name in ended.stderr or ended.returncode else ""

        unit = (CLUSTER / "prover-arb.service").read_text()
        assert verified(unit) == ""
        assert "Unknown key" in verified(unit.replace("Restart=", "Restarts="))

    def test_it_serves_this_machine_from_where_its_state_is(self) -> None:
        unit = (CLUSTER / "prover-arb.service").read_text()
        (start,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
        assert shlex.split(start)[1] == "serve"
        assert "--host" not in start
        assert "WorkingDirectory=/var/lib/prover-arb" in unit
        assert "StateDirectory=prover-arb" in unit

"""The files an operator deploys, checked by Ray's own tools and by each other."""

from __future__ import annotations

import copy
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from ray.autoscaler._private.util import prepare_config, validate_config

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "cluster"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IMAGE = f"prover-arb:{PROJECT['version']}"


def ray_cluster() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((CLUSTER / "ray-cluster.yaml").read_text())
    return config


def rayjob_documents() -> dict[str, dict[str, Any]]:
    documents = yaml.safe_load_all((CLUSTER / "rayjob.yaml").read_text())
    return {document["kind"]: document for document in documents}


def rayjob_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((Path(__file__).parent / "rayjob.schema.json").read_text())
    return schema


def pods() -> list[dict[str, Any]]:
    cluster = rayjob_documents()["RayJob"]["spec"]["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    return [group["template"]["spec"] for group in groups]


class TestRayCluster:
    def test_ray_accepts_it_as_ray_up_would(self) -> None:
        prepared = prepare_config(ray_cluster())
        validate_config(prepared)
        types = prepared["available_node_types"]
        assert prepared["max_workers"] == len(prepared["provider"]["worker_ips"])
        assert prepared["head_node_type"] in types

    def test_ray_refuses_a_misspelt_field(self) -> None:
        config = ray_cluster() | {"setup_comands": []}
        with pytest.raises(jsonschema.ValidationError):
            validate_config(prepare_config(config))

    def test_every_machine_installs_this_package_and_provisions_lean(self) -> None:
        config = ray_cluster()
        assert config["file_mounts"]["~/prover_arb"] == "."
        commands = config["setup_commands"]
        assert any(re.search(r"pip install .*~/prover_arb$", command) for command in commands)
        assert commands[-1].endswith("prover-arb setup")

    def test_the_job_port_is_not_open_to_the_network(self) -> None:
        (start,) = [c for c in ray_cluster()["head_start_ray_commands"] if "--head" in c]
        assert "--dashboard-host=127.0.0.1" in start

    def test_every_machine_wants_the_same_token(self) -> None:
        config = ray_cluster()
        assert config["file_mounts"]["~/.ray/auth_token"] == "~/.ray/auth_token"
        for key in ("head_start_ray_commands", "worker_start_ray_commands"):
            assert "RAY_AUTH_MODE=token" in config[key][-1]

    def test_shell_commands_parse(self) -> None:
        config = ray_cluster()
        for key in ("setup_commands", "head_start_ray_commands", "worker_start_ray_commands"):
            for command in config[key]:
                assert shlex.split(command)


class TestRayJob:
    def test_it_has_the_fields_kuberay_knows(self) -> None:
        jsonschema.validate(rayjob_documents()["RayJob"], rayjob_schema())

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (["apiVersion"], "ray.io/v1alpha1"),
            (["spec", "entryPoint"], "prover-arb"),
            (["spec", "rayClusterSpec", "headGroupSpec", "rayStartParams", "num-cpus"], 0),
            (["spec", "rayClusterSpec", "workerGroupSpecs", 0, "replica"], 3),
        ],
    )
    def test_the_schema_refuses_what_kuberay_would(self, path: list[Any], value: object) -> None:
        broken = copy.deepcopy(rayjob_documents()["RayJob"])
        node: Any = broken
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, rayjob_schema())

    def test_jobs_need_a_token(self) -> None:
        spec = rayjob_documents()["RayJob"]["spec"]["rayClusterSpec"]
        assert spec["authOptions"] == {"mode": "token"}

    def test_it_runs_the_benchmark(self) -> None:
        words = shlex.split(rayjob_documents()["RayJob"]["spec"]["entrypoint"])
        assert words[:3] == ["prover-arb", "bench", "run"]

    def test_all_pods_use_the_image_the_dockerfile_builds(self) -> None:
        images = {container["image"] for pod in pods() for container in pod["containers"]}
        assert images == {IMAGE}
        assert f"-t {IMAGE} " in (CLUSTER / "Dockerfile").read_text()
        assert f"-t {IMAGE} " in (CLUSTER / "README.md").read_text()

    def test_ray_version_is_the_one_in_the_image(self) -> None:
        spec = rayjob_documents()["RayJob"]["spec"]["rayClusterSpec"]
        assert ("ARG", f"RAY_VERSION={spec['rayVersion']}") in instructions()
        assert any("ray[default,serve]==${RAY_VERSION}" in rest for _, rest in instructions())

    def test_the_head_runs_nothing_heavy_and_keeps_the_run_folder(self) -> None:
        documents = rayjob_documents()
        head = documents["RayJob"]["spec"]["rayClusterSpec"]["headGroupSpec"]
        assert head["rayStartParams"]["num-cpus"] == "0"
        pod = head["template"]["spec"]
        (volume,) = pod["volumes"]
        claim = volume["persistentVolumeClaim"]["claimName"]
        assert claim == documents["PersistentVolumeClaim"]["metadata"]["name"]
        (mount,) = pod["containers"][0]["volumeMounts"]
        assert mount["name"] == volume["name"]
        assert mount["mountPath"] in documents["RayJob"]["spec"]["entrypoint"]

    def test_pods_run_as_the_images_user(self) -> None:
        (user,) = [value for word, value in instructions() if word == "USER"]
        assert {str(pod["securityContext"]["runAsUser"]) for pod in pods()} == {user}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continuation lines joined, comments dropped."""
    lines = (CLUSTER / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    joined = text.replace("\\\n", " ")
    found = []
    for line in joined.splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            found.append((word, " ".join(rest.split())))
    return found


class TestDockerfile:
    def test_instructions_are_known_and_begin_with_from(self) -> None:
        known = {"FROM", "RUN", "ENV", "WORKDIR", "ARG", "COPY", "USER", "EXPOSE", "CMD"}
        words = [word for word, _ in instructions()]
        assert words[0] == "FROM"
        assert set(words) <= known

    def test_python_is_one_the_package_supports(self) -> None:
        image = instructions()[0][1]
        match = re.fullmatch(r"python:(\d+)\.(\d+)-slim-\w+", image)
        assert match
        assert PROJECT["requires-python"] == ">=3.11,<3.13"
        assert (3, 11) <= (int(match[1]), int(match[2])) < (3, 13)

    def test_what_it_copies_exists_and_is_let_through(self) -> None:
        ignore = (CLUSTER / "Dockerfile.dockerignore").read_text().split()
        sources = [
            source
            for word, rest in instructions()
            if word == "COPY"
            for source in rest.split()[:-1]
        ]
        assert sources
        for source in sources:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignore

    def test_everything_the_build_needs_is_copied(self) -> None:
        copied = {s for word, rest in instructions() if word == "COPY" for s in rest.split()[:-1]}
        wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())
        target = wheel["tool"]["hatch"]["build"]["targets"]["wheel"]
        needed = {"pyproject.toml", PROJECT["readme"], *target["packages"]}
        assert needed | set(target["force-include"]) <= copied

    def test_lean_is_provisioned_by_the_user_who_runs(self) -> None:
        found = instructions()
        user = next(i for i, (word, _) in enumerate(found) if word == "USER")
        setup = found.index(("RUN", "prover-arb setup"))
        assert found[user][1] not in ("0", "root")
        assert user < setup

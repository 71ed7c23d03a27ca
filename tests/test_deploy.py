"""What is in deploy/ fits the program: variables, commands, files and packages that it names are there.

No container is built and no cluster asked here: what Docker and Kubernetes would run is run, or built, without them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import dagster as dg
import pytest
import yaml
from dagster._cli import cli as dagster_cli
from dagster._config import process_config
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher import LaunchRunContext
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.run_coordinator import QueuedRunCoordinator
from dagster._daemon.cli import cli as daemon_cli
from dagster_webserver.cli import cli as webserver_cli

from hengshui_etl.definitions import defs

PROJECT = Path(__file__).parent.parent
DEPLOY = PROJECT / "deploy"
OPERATING = (PROJECT / "docs" / "operating.md").read_text("utf-8")
VARIABLES = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATING, re.MULTILINE)) | {"RAY_ADDRESS"}
"""All that the program reads; test_docs.py keeps the table true."""

COMMANDS: Mapping[str, click.Command] = {
    "dagster": dagster_cli, "dagster-webserver": webserver_cli, "dagster-daemon": daemon_cli,
}  # fmt: skip


def understood(words: Sequence[str]) -> bool:
    """Let the program that is called take its arguments apart, as it would; raises click's errors."""
    command, rest = COMMANDS[words[0]], list(words[1:])
    context = command.make_context(words[0], list(rest), resilient_parsing=False)
    while isinstance(command, click.Group):
        name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner is not None, words
        command = inner
        context = command.make_context(name, list(rest), parent=context)
    return True


def loaded(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as instructions and what follows them."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], " ".join(line.split()[1:])) for line in lines if line.strip()]


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def test_a_command_that_is_wrong_is_seen() -> None:
    for wrong in ("dagster api grpc --modul x", "dagster apii grpc", "dagster-daemon run --port 1"):
        with pytest.raises(click.UsageError):
            understood(wrong.split())


def test_commands_of_the_image_are_understood() -> None:
    found = [re.search(r"\[.*\]", rest) for name, rest in instructions() if name in ("CMD", "HEALTHCHECK")]
    commands = [yaml.safe_load(each[0]) for each in found if each]
    assert len(commands) == 2
    assert all(map(understood, commands))


def test_the_image_is_of_a_known_python_and_runs_as_nobody_in_particular() -> None:
    steps = instructions()
    assert {rest.split(" AS ")[0] for name, rest in steps if name == "FROM"} == {"python:${PYTHON}-slim-bookworm"}
    assert ("ARG", "PYTHON=3.11") in steps
    last = max(n for n, (name, _) in enumerate(steps) if name == "FROM")
    (user,) = [rest for name, rest in steps[last:] if name == "USER"]
    assert user == "10001:10001"
    (variables,) = [rest for name, rest in steps[last:] if name == "ENV"]
    assert {name for name in re.findall(r"(\w+)=", variables) if name.startswith(("HENGSHUI", "DAGSTER"))} <= VARIABLES


def test_what_is_copied_into_the_image_is_there() -> None:
    for name, rest in instructions():
        words = [word for word in rest.split() if not word.startswith("--")]
        if name == "COPY" and "--from" not in rest:
            assert all((PROJECT / word).exists() for word in words[:-1]), rest


@pytest.mark.parametrize("extras", ["postgres k8s", "postgres k8s ray"])
def test_packages_of_the_image_are_those_of_the_lock_with_their_hashes(extras: str, tmp_path: Path) -> None:
    """The commands of the Dockerfile themselves, in a copy of what it copies before."""
    for file in ("pyproject.toml", "uv.lock", "tools/bootstrap.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copyfile(PROJECT / file, tmp_path / file)
    (step,) = [rest for name, rest in instructions() if name == "RUN" and "uv export" in rest]
    parts = [part.strip() for part in step.split("&&") if "-m pip" not in part]
    assert len(parts) == 3
    tools = {"/build/bin/uv": shutil.which("uv", path=str(Path(sys.executable).parent)), "python": sys.executable}
    for part in parts:
        first, rest = part.split(" ", 1)
        subprocess.run(
            f"{tools[first]} {rest}", shell=True, check=True, cwd=tmp_path, env={**os.environ, "EXTRAS": extras}
        )
    names = {}
    for file in ("uv.txt", "build.txt", "locked.txt"):
        text = re.sub(r"#.*", "", (tmp_path / file).read_text("utf-8")).replace("\\\n", " ")
        entries = [line.split() for line in text.splitlines() if line.strip()]
        assert all("==" in entry[0] and any(word.startswith("--hash=sha256:") for word in entry) for entry in entries)
        names[file] = {entry[0].split("==")[0] for entry in entries}
    assert names["uv.txt"] == {"uv"}
    assert names["build.txt"] == {"flit-core"}
    assert names["locked.txt"] >= {"dagster", "dagster-postgres", "dagster-k8s", "psycopg2-binary", "polars"}
    assert ("ray" in names["locked.txt"]) == ("ray" in extras)
    assert not names["locked.txt"] & {"pytest", "mypy", "moto", "playwright", "hengshui-etl"}


def test_the_wheel_of_the_image_holds_all_of_the_package(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "hengshui_etl", tmp_path / "hengshui_etl", ignore=ignored)
    for file in ("pyproject.toml", "README.md"):
        shutil.copyfile(PROJECT / file, tmp_path / file)
    (step,) = [rest for name, rest in instructions() if name == "RUN" and "pip wheel" in rest]
    command = step.split(" && ")[0].replace("/build/bin/python", sys.executable)
    subprocess.run(shlex.split(command), check=True, cwd=tmp_path, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    files = {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "hengshui_etl").rglob("*") if path.is_file()}
    assert len(files) > 100
    assert files <= held


def test_services_of_compose_fit_each_other_and_the_program() -> None:
    compose = loaded("docker-compose.yaml")
    services = compose["services"]
    assert set(services) == {"postgres", "code", "webserver", "daemon"}
    for name, service in services.items():
        variables = {each for each in service["environment"] if not each.startswith("POSTGRES_")}
        assert variables <= VARIABLES, name
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in compose["volumes"] or source.startswith("${DATA"), volume
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), "the UI has no login"
        for words in (service.get("command"), service.get("healthcheck", {}).get("test", ["CMD"])[1:]):
            if words and words[0] in COMMANDS:
                assert understood([str(DEPLOY / Path(w).name) if w.endswith(".yaml") else w for w in words])
    (location,) = loaded("workspace.yaml")["load_from"]
    (port,) = [rest for name, rest in instructions() if name == "EXPOSE"]
    assert (location["grpc_server"]["host"], location["grpc_server"]["port"]) == ("code", int(port))
    assert services["code"]["build"]["dockerfile"] == "deploy/Dockerfile"


def test_dagster_takes_the_settings_of_the_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them but the database, which test_postgres.py tries."""
    settings = loaded("dagster.yaml")
    assert settings.pop("storage") == {"postgres": {"postgres_url": {"env": "HENGSHUI_POSTGRES_URL"}}}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert not instance.telemetry_enabled
        assert instance.run_retries_enabled
        assert instance.run_monitoring_enabled
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 2  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the code location, started with the command of the image."""
    home = tmp_path_factory.mktemp("home")
    (home / "data" / "raw" / "2019-10").mkdir(parents=True)
    (line,) = [rest for name, rest in instructions() if name == "CMD"]
    port = free_port()
    words = [{"0.0.0.0": "127.0.0.1", "4000": str(port)}.get(word, word) for word in yaml.safe_load(line)]
    environ = {**os.environ, "HENGSHUI_HOME": str(home), "DAGSTER_HOME": str(home)}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], stdout=log, stderr=log, env=environ, cwd=home, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 120
        while True:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            assert process.poll() is None, (home / "log").read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


ASSETS = "{ assetNodes { assetKey { path } } }"


@pytest.mark.slow
def test_web_server_and_daemon_find_the_code_where_the_workspace_says(code: int, tmp_path: Path) -> None:
    """By Dagster's own client, through a workspace like that of the image."""
    health = next(rest for name, rest in instructions() if name == "HEALTHCHECK")
    words = [str(code) if word == "4000" else word for word in yaml.safe_load(re.search(r"\[.*\]", health)[0])]  # type: ignore[index]
    subprocess.run([sys.executable, "-m", *words], check=True)
    workspace = loaded("workspace.yaml")
    workspace["load_from"][0]["grpc_server"] |= {"host": "127.0.0.1", "port": code}
    (tmp_path / "workspace.yaml").write_text(yaml.safe_dump(workspace), "utf-8")
    ask = [
        sys.executable,
        "-c",
        "from dagster_graphql.cli import main; main()",
        "-w",
        str(tmp_path / "workspace.yaml"),
        "-t",
        ASSETS,
    ]
    environ = {**os.environ, "DAGSTER_HOME": str(tmp_path)}
    answer = subprocess.run(ask, check=True, capture_output=True, text=True, env=environ, cwd=tmp_path).stdout
    found = {each["assetKey"]["path"][0] for each in yaml.safe_load(answer)["data"]["assetNodes"]}
    assert found == {key.to_user_string() for asset in defs.assets or () for key in keys_of(asset)}


def keys_of(asset: Any) -> Sequence[dg.AssetKey]:
    """The keys of assets and of specs of assets."""
    return list(getattr(asset, "keys", None) or [asset.key])


# The keys that version 1.13 of the chart has, of those parts that deploy/values.yaml sets:
# https://github.com/dagster-io/dagster/tree/master/helm/dagster (values.schema.json). It refuses others.
CHART: dict[str, Any] = {
    "global": {"postgresqlSecretName", "dagsterHome", "serviceAccountName", "dagsterInstanceConfigMap"},
    "postgresql": {
        "image", "enabled", "postgresqlHost", "postgresqlUsername", "postgresqlPassword", "postgresqlDatabase",
        "postgresqlParams", "postgresqlScheme", "service",
    },
    "dagster-user-deployments": {"enabled", "enableSubchart", "imagePullSecrets", "deployments"},
    "deployment": {
        "name", "image", "dagsterApiGrpcArgs", "codeServerArgs", "includeConfigInLaunchedRuns", "port", "env",
        "envConfigMaps", "envSecrets", "annotations", "nodeSelector", "affinity", "tolerations", "podSecurityContext",
        "securityContext", "resources", "livenessProbe", "readinessProbe", "startupProbe", "labels", "volumeMounts",
        "volumes", "schedulerName", "initContainers", "sidecarContainers",
    },
    "runLauncher": {"type", "config"},
    "k8sRunLauncher": {
        "image", "imagePullPolicy", "jobNamespace", "loadInclusterConfig", "kubeconfigFile", "envConfigMaps",
        "envSecrets", "envVars", "volumeMounts", "volumes", "labels", "failPodOnRunFailure", "resources",
        "schedulerName", "securityContext", "runK8sConfig",
    },
    "dagsterDaemon": {
        "enabled", "image", "runCoordinator", "heartbeatTolerance", "env", "envConfigMaps", "envSecrets",
        "deploymentLabels", "labels", "nodeSelector", "affinity", "tolerations", "podSecurityContext",
        "securityContext", "resources", "livenessProbe", "readinessProbe", "startupProbe", "annotations",
        "runMonitoring", "runRetries", "sensors", "schedules", "schedulerName", "volumeMounts", "volumes",
    },
    "runMonitoring": {
        "enabled", "startTimeoutSeconds", "cancelTimeoutSeconds", "maxResumeRunAttempts", "pollIntervalSeconds",
        "freeSlotsAfterRunEndSeconds",
    },
    "runRetries": {"enabled", "maxRetries"},
    "telemetry": {"enabled"},
    "generatePostgresqlPasswordSecret": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    found: dict[str, Any] = loaded("values.yaml")
    return found


def test_the_chart_has_all_that_the_values_set(values: dict[str, Any]) -> None:
    for name, value in values.items():
        assert name in CHART
        if isinstance(value, dict):
            assert set(value) <= CHART[name], name
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    assert set(deployment) <= CHART["deployment"]
    assert set(values["runLauncher"]["config"]) == {
        values["runLauncher"]["type"][0].lower() + values["runLauncher"]["type"][1:]
    }
    assert set(values["runLauncher"]["config"]["k8sRunLauncher"]) <= CHART["k8sRunLauncher"]
    for name in ("runMonitoring", "runRetries"):
        assert set(values["dagsterDaemon"][name]) <= CHART[name]


def snake(value: Any, deep: int = 1) -> Any:
    """Keys in the manner of dagster.yaml, to a depth."""
    if not isinstance(value, dict) or not deep:
        return value
    return {
        re.sub(r"(?<=[a-z])([A-Z])", lambda m: f"_{m[0].lower()}", key): snake(v, deep - 1) for key, v in value.items()
    }


@pytest.fixture
def kubernetes() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of something that takes what Kubernetes is asked for, and what it was asked for."""
    asked: list[dict[str, Any]] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append({"path": self.path, "body": json.loads(body)})
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_run_becomes_a_pod_that_can_do_its_work(
    values: dict[str, Any], kubernetes: tuple[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    """Dagster's own launcher, set up as the chart does it from the values, asks for one job a run."""
    address, asked = kubernetes
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    chosen = values["runLauncher"]["config"]["k8sRunLauncher"]
    cluster = {"name": "c", "cluster": {"server": address}}
    context = {"name": "c", "context": {"cluster": "c", "user": "u"}}
    kubeconfig = {
        "clusters": [cluster],
        "contexts": [context],
        "users": [{"name": "u", "user": {}}],
        "current-context": "c",
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(kubeconfig), "utf-8")
    launcher = snake(chosen) | {"run_k8s_config": snake(chosen["runK8sConfig"])}
    launcher |= {"service_account_name": "a", "instance_config_map": "i", "postgres_password_secret": "p"}
    launcher |= {"dagster_home": "/opt/dagster/dagster_home", "job_namespace": "n", "env_config_maps": ["e"]}
    launcher |= {"load_incluster_config": False, "kubeconfig_file": str(tmp_path / "kubeconfig")}
    settings = {"run_launcher": {"module": "dagster_k8s", "class": values["runLauncher"]["type"], "config": launcher}}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    located = {
        "image_pull_policy": deployment["image"]["pullPolicy"],
        "env_secrets": [each["name"] for each in deployment["envSecrets"]],
        "env": deployment["env"],
        "volumes": deployment["volumes"],
        "volume_mounts": deployment["volumeMounts"],
    }
    image = f"{deployment['image']['repository']}:{deployment['image']['tag']}"
    code = RepositoryPythonOrigin(
        "python", ModuleCodePointer("hengshui_etl.definitions", "defs"), image, container_context={"k8s": located}
    )
    job = defs.resolve_job_def("load_batch")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        for batch in ("2019-10", "2019-11"):
            tags = {"dagster/partition": batch}
            run = instance.create_run_for_job(job, tags=tags, job_code_origin=JobPythonOrigin("load_batch", code))
            instance.run_launcher.launch_run(LaunchRunContext(dagster_run=run, workspace=None))
    assert [each["path"] for each in asked] == ["/apis/batch/v1/namespaces/n/jobs"] * 2
    wanted = asked[0]["body"]["spec"]
    assert wanted["ttlSecondsAfterFinished"] == 86400
    pod = wanted["template"]["spec"]
    assert pod["securityContext"] == {"runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001}
    (container,) = pod["containers"]
    assert container["image"] == image
    assert container["args"][:5] == ["python", "-m", "dagster", "api", "execute_run"]
    assert container["resources"] == chosen["resources"]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    given = {each["name"]: each.get("value") for each in container["env"]}
    assert given | {each["name"]: each["value"] for each in deployment["env"]} == given
    assert {"secretRef": {"name": "hengshui"}} in container["envFrom"]
    assert {"name": "data", "mountPath": "/srv/hengshui/data"} in container["volumeMounts"]
    claim = loaded("volume.yaml")
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"], "all pods that have it run on one node"
    assert {"name": "data", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}} in pod["volumes"]


def test_variables_and_arguments_of_the_values_are_those_of_the_program(values: dict[str, Any]) -> None:
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    assert {each["name"] for each in deployment["env"]} <= VARIABLES
    text = (DEPLOY / "values.yaml").read_text("utf-8")
    assert set(re.findall(r"\b(?:HENGSHUI|RAY)_[A-Z_]+\b", text)) <= VARIABLES
    assert understood(["dagster", "api", "grpc", *deployment["dagsterApiGrpcArgs"], "-p", str(deployment["port"])])
    coordinator = values["dagsterDaemon"]["runCoordinator"]
    assert coordinator["type"] == QueuedRunCoordinator.__name__
    found = process_config(QueuedRunCoordinator.config_type(), snake(coordinator["config"]["queuedRunCoordinator"]))
    assert found.success, found.errors

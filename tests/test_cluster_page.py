"""The set-ups of docs/cluster.md parse, name what there is, and fit together."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from perito import __version__
from perito.cli.main import perito

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[str]:
    return [body for name, body in BLOCKS if name == language]


UNITS = {body.splitlines()[0].removeprefix("# "): body for body in blocks("ini")}
MANIFESTS: list[dict[str, Any]] = [one for body in blocks("yaml") for one in yaml.safe_load_all(body)]
PODS = {one["metadata"]["name"]: one["spec"]["template"] for one in MANIFESTS if one["kind"] in {"Deployment", "Job"}}


def commands() -> list[list[str]]:
    """Return the words of each `perito` that a block starts."""
    joined = "\n".join(body.replace("\\\n", " ") for name, body in BLOCKS if name in {"", "bash"})
    said = re.findall(r"\bperito ((?:check|hunt|cluster) [^\n;&>]*)", joined)
    said += [unit.split("/bin/perito ", 1)[1].splitlines()[0] for unit in UNITS.values()]
    words = [shlex.split(line.split("'")[0].replace("$SLURM_CPUS_PER_TASK", "2")) for line in said]
    return words + [pod["spec"]["containers"][0]["args"][1:] for pod in PODS.values()]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_of_the_page_is_understood(words: list[str]) -> None:
    """What is asked for is only read, not done."""
    command: click.Command = perito
    with click.Context(perito) as context:
        while isinstance(command, click.Group):
            found = command.get_command(context, words[0])
            assert found is not None, words[0]
            command, words = found, words[1:]
    command.make_context("perito", list(words))


def test_the_page_shows_every_way_that_it_names() -> None:
    assert sorted(UNITS) == ["perito-scheduler.service", "perito-worker.service"]
    assert len(commands()) >= 11
    assert [(one["kind"], one["metadata"]["name"]) for one in MANIFESTS] == [
        ("Service", "perito-scheduler"),
        ("Deployment", "perito-scheduler"),
        ("Deployment", "perito-worker"),
        ("Job", "perito-check"),
        ("NetworkPolicy", "perito-scheduler"),
        ("NetworkPolicy", "perito-worker"),
        ("NetworkPolicy", "perito-client"),
    ]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name, unit in UNITS.items():
        (tmp_path / name).write_text(unit.replace("/opt/perito/bin/perito", sys.executable))
    own = [str(tmp_path / name) for name in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *own], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "perito-" in line]) == (0, [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_would_tell_a_wrong_unit(tmp_path: Path) -> None:
    wrong = UNITS["perito-worker.service"].replace("UMask=0077", "KillMode=gently")
    (tmp_path / "perito-worker.service").write_text(wrong.replace("/opt/perito/bin/perito", sys.executable))
    words = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "perito-worker.service")]
    assert "gently" in subprocess.run(words, capture_output=True, text=True, check=False).stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not on this machine")
def test_the_shell_takes_the_script_of_slurm() -> None:
    (script,) = blocks("bash")
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", PODS)
def test_what_a_pod_mounts_is_there(name: str) -> None:
    spec = PODS[name]["spec"]
    there = {one["name"] for one in spec["volumes"]}
    mounted = {one["name"] for part in (*spec["initContainers"], *spec["containers"]) for one in part["volumeMounts"]}
    assert mounted == there
    role = PODS[name]["metadata"]["labels"]["app"]
    secrets = [one["secret"]["secretName"] for one in spec["volumes"] if "secret" in one]
    assert secrets == [role]
    assert f"create secret generic {role} --from-file=DIR/{role.removeprefix('perito-')}" in PAGE
    assert {part["image"] for part in (*spec["initContainers"], *spec["containers"])} == {
        f"registry.example/perito:{__version__}"
    }
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False


def test_services_and_policies_name_pods_that_there_are() -> None:
    labels = {pod["metadata"]["labels"]["app"] for pod in PODS.values()}
    named = set(re.findall(r"app: (perito-\w+)", yaml.dump(MANIFESTS)))
    listed = {name for found in re.findall(r"values: \[(.*?)\]", PAGE) for name in found.split(", ")}
    assert named == labels
    assert listed <= labels
    guarded = {one["metadata"]["name"] for one in MANIFESTS if one["kind"] == "NetworkPolicy"}
    assert guarded == labels, "nothing is open that no policy speaks of"
    (service,) = (one for one in MANIFESTS if one["kind"] == "Service")
    address = f"tls://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    asked = [word for pod in PODS.values() for word in pod["spec"]["containers"][0]["args"] if "://" in word]
    assert asked == [address, address]


def test_the_image_is_made_of_files_of_this_project() -> None:
    (image,) = blocks("dockerfile")
    lines = image.replace("\\\n", " ").splitlines()
    assert {line.split()[0] for line in lines} == {"FROM", "COPY", "RUN", "USER", "CMD"}
    copied = next(line.split()[1:-1] for line in lines if line.startswith("COPY"))
    assert copied == ["requirements/cluster.txt", f"dist/perito-{__version__}-py3-none-any.whl"]
    assert (ROOT / copied[0]).is_file()
    for name in copied:
        assert f"/tmp/{Path(name).name}" in image.split("RUN", 1)[1]

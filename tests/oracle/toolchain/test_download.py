"""Provisioning, with the real npm against a small registry on this machine that can misbehave."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import npm
from prover_arb.oracle.toolchain.download import (
    LEAN,
    Package,
    cache_folder,
    damage,
    fetch,
    find,
)

IS_NUMBER = Package(
    name="is-number",
    version="7.0.0",
    integrity="sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZU"
    "BlbGXYxxng==",
    size=3730,
    unpacked_size=9615,
)

FETCH = """
import sys
from pathlib import Path
from prover_arb.oracle.toolchain.download import Package, fetch
print(fetch(Path(sys.argv[1]), package=Package.model_validate_json(sys.argv[2])))
"""


def tar(files: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    """A gzipped tar; a TarInfo is put in as it is, for what is not a file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def integrity(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def package(data: bytes, *, name: str = "tiny-lean", unpacked_size: int = 1000) -> Package:
    return Package(
        name=name,
        version="1.2.3",
        integrity=integrity(data),
        size=len(data),
        unpacked_size=unpacked_size,
        inner={"lib.tar.gz": "lib"},
    )


INNER = tar({"./Init.olean": b"init", "./._Init.olean": b"junk", "./Init/Core.olean": b"core"})
GOOD = tar(
    {
        "package/package.json": json.dumps({"name": "tiny-lean", "version": "1.2.3"}).encode(),
        "package/lean.js": b"loader" * 1000,
        "package/._lean.js": b"junk",
        "package/lib.tar.gz": INNER,
    }
)
UNPACKED = {"package.json", "lean.js", "lib/Init.olean", "lib/Init/Core.olean"}


class Registry(ThreadingHTTPServer):
    """Serves one package named tiny-lean; `tarball` is what it delivers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), RegistryHandler)
        self.tarball = GOOD
        self.stalls = False
        self.downloads = 0
        self.half_sent = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class RegistryHandler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        if self.path == "/tiny-lean":
            dist = {
                "tarball": f"{self.server.url}tiny-lean/-/tiny-lean-1.2.3.tgz",
                "integrity": integrity(self.server.tarball),
            }
            version = {"name": "tiny-lean", "version": "1.2.3", "dist": dist}
            tags = {"latest": "1.2.3"}
            about = {"name": "tiny-lean", "dist-tags": tags, "versions": {"1.2.3": version}}
            self._answer(json.dumps(about).encode(), "application/json")
        elif self.path.endswith(".tgz"):
            self.server.downloads += 1
            self._answer(self.server.tarball, "application/octet-stream")
        else:
            self.send_error(404)

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.server.stalls and kind == "application/octet-stream":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.server.half_sent.set()
            time.sleep(20)
            return
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry on this machine, chosen as a user would choose one."""
    with Registry() as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setenv("npm_config_registry", server.url)
        monkeypatch.setenv("npm_config_noproxy", "127.0.0.1")
        yield server
        server.shutdown()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_noproxy", "127.0.0.1")


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def leftovers(cache: Path) -> list[str]:
    return [path.name for path in cache.iterdir() if ".partial-" in path.name]


def test_fetch_downloads_unpacks_and_cleans_up(registry: Registry, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache"
    folder = fetch(cache, package=package(GOOD))
    content = base64.b64decode(package(GOOD).integrity.removeprefix("sha512-")).hex()
    assert folder == cache / f"tiny-lean-1.2.3-{content[:16]}"
    assert files_in(folder) == UNPACKED | {"manifest.json"}
    assert (folder / "lib/Init/Core.olean").read_bytes() == b"core"
    assert {path.name for path in cache.iterdir()} == {folder.name, f"{folder.name}.lock"}


def test_a_second_fetch_asks_nobody(registry: Registry, tmp_path: Path) -> None:
    first = fetch(tmp_path, package=package(GOOD))
    assert fetch(tmp_path, package=package(GOOD), full=True) == first
    assert registry.downloads == 1


def test_progress_reaches_the_end(registry: Registry, tmp_path: Path) -> None:
    with Progress(console=Console(file=io.StringIO())) as progress:
        fetch(tmp_path, package=package(GOOD), progress=progress)
    assert [task.description for task in progress.tasks] == [
        "Downloading tiny-lean@1.2.3",
        "Unpacking tiny-lean@1.2.3",
    ]
    assert all(task.completed == task.total == len(GOOD) for task in progress.tasks)


def test_another_content_is_refused_and_deleted(registry: Registry, tmp_path: Path) -> None:
    registry.tarball = tar({"package/lean.js": b"something else"})
    with pytest.raises(ToolchainError, match=r"not the pinned one, and was deleted.*setup` again"):
        fetch(tmp_path, package=package(GOOD))
    assert [path.name for path in tmp_path.iterdir()] == [f"{package(GOOD).folder}.lock"]


def test_a_package_the_registry_lacks(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=r"(?s)no-such@1\.2\.3.*404.*PROVER_ARB_LEAN"):
        fetch(tmp_path, package=package(GOOD, name="no-such"))
    assert not leftovers(tmp_path)


@pytest.mark.usefixtures("no_network")
def test_no_network(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=r"(?s)ECONNREFUSED.*registry, proxy") as caught:
        fetch(tmp_path, package=package(GOOD))
    assert "    at " not in str(caught.value)
    assert len(str(caught.value).splitlines()) < 12
    assert not leftovers(tmp_path)


@pytest.mark.usefixtures("no_network")
def test_a_verified_tarball_of_an_interrupted_setup_is_used(tmp_path: Path) -> None:
    tarball = tmp_path / f"{package(GOOD).folder}.tgz"
    tarball.write_bytes(GOOD)
    assert files_in(fetch(tmp_path, package=package(GOOD))) >= UNPACKED
    assert not tarball.exists()


ONE_BIT_OFF = GOOD[:50] + bytes([GOOD[50] ^ 1]) + GOOD[51:]


@pytest.mark.parametrize("damaged", [GOOD[:-100], b"", ONE_BIT_OFF])
def test_a_damaged_tarball_is_downloaded_again(
    damaged: bytes, registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / f"{package(GOOD).folder}.tgz").write_bytes(damaged)
    assert files_in(fetch(tmp_path, package=package(GOOD))) >= UNPACKED
    assert registry.downloads == 1


@pytest.mark.usefixtures("no_network")
def test_a_damaged_tarball_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(npm, "_FLAGS", (*npm._FLAGS, "--fetch-retries=0"))
    tarball = tmp_path / f"{package(GOOD).folder}.tgz"
    tarball.write_bytes(GOOD[:-1])
    with pytest.raises(ToolchainError, match="npm could not download"):
        fetch(tmp_path, package=package(GOOD))
    assert not tarball.exists()


def test_damage_is_found_and_repaired(registry: Registry, tmp_path: Path) -> None:
    folder = fetch(tmp_path, package=package(GOOD))
    assert damage(folder, package(GOOD), full=True) == []

    (folder / "lib/Init.olean").write_bytes(b"inix")
    assert find(tmp_path, package(GOOD)) == folder
    assert damage(folder, package(GOOD), full=True) == ["lib/Init.olean"]
    fetch(tmp_path, package=package(GOOD), full=True)
    assert damage(folder, package(GOOD), full=True) == []

    (folder / "lean.js").write_bytes(b"short")
    assert damage(folder, package(GOOD)) == ["lean.js"]
    fetch(tmp_path, package=package(GOOD))
    (folder / "lib/Init/Core.olean").unlink()
    assert damage(folder, package(GOOD)) == ["lib/Init/Core.olean"]
    (folder / "manifest.json").write_text("{")
    assert damage(folder, package(GOOD)) == ["manifest.json"]
    assert find(tmp_path, package(GOOD)) is None
    fetch(tmp_path, package=package(GOOD))
    assert damage(folder, package(GOOD), full=True) == []
    assert registry.downloads == 4
    assert not leftovers(tmp_path)


def test_nothing_unpacked_is_nothing_found(tmp_path: Path) -> None:
    assert find(tmp_path, package(GOOD)) is None


def test_two_processes_at_once_download_once(registry: Registry, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", FETCH, str(tmp_path), package(GOOD).model_dump_json()]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=120)[0].strip() for process in both]
    assert answers == [str(tmp_path / package(GOOD).folder)] * 2
    assert registry.downloads == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_setup_stopped_in_the_middle(
    how: signal.Signals, registry: Registry, tmp_path: Path
) -> None:
    registry.stalls = True
    arguments = [sys.executable, "-c", FETCH, str(tmp_path), package(GOOD).model_dump_json()]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, start_new_session=True)
    assert registry.half_sent.wait(60)
    os.killpg(process.pid, how)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not (tmp_path / package(GOOD).folder).exists()
    assert bool(leftovers(tmp_path)) == (how is signal.SIGKILL)

    registry.stalls = False
    assert files_in(fetch(tmp_path, package=package(GOOD))) >= UNPACKED
    assert not leftovers(tmp_path)


def link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"package/../../evil": b"x"}, "leads out of it"),
        ({"/package/evil": b"x"}, "leads out of it"),
        ({"elsewhere/evil": b"x"}, "no npm package has"),
        ({"package": b"x"}, "no npm package has"),
        ({"package/l": link("package/l", "/etc", tarfile.SYMTYPE)}, "neither a file"),
        ({"package/l": link("package/l", "package/x", tarfile.LNKTYPE)}, "neither a file"),
        ({"package/d": link("package/d", "", tarfile.CHRTYPE)}, "neither a file"),
        ({"package/a": b"x", "package/./a": b"y"}, "twice"),
        ({"package/lib.tar.gz": tar({"../../evil": b"x"})}, "leads out of it"),
        ({"package/lib.tar.gz": INNER[:-40]}, "lib.tar.gz is damaged"),
        ({"package/lib.tar.gz": b"no archive"}, "lib.tar.gz is damaged"),
    ],
)
@pytest.mark.usefixtures("no_network")
def test_a_pinned_package_that_is_not_one(
    files: dict[str, bytes | tarfile.TarInfo], complaint: str, tmp_path: Path
) -> None:
    data, cache = tar(files), tmp_path / "cache"
    cache.mkdir()
    (cache / f"{package(data).folder}.tgz").write_bytes(data)
    with pytest.raises(ToolchainError, match=complaint):
        fetch(cache, package=package(data))
    assert not (cache / package(data).folder).exists()
    assert not leftovers(cache)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


@pytest.mark.usefixtures("no_network")
def test_a_tarball_that_is_no_archive(tmp_path: Path) -> None:
    data = gzip.compress(b"no tar" * 500)
    (tmp_path / f"{package(data).folder}.tgz").write_bytes(data)
    with pytest.raises(ToolchainError, match="is damaged"):
        fetch(tmp_path, package=package(data))


def test_no_disk_space_is_seen_before_the_download(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=rf"[\d,]+ MB more disk space in {tmp_path}; free"):
        fetch(tmp_path, package=package(GOOD, unpacked_size=10**18))
    assert registry.downloads == 0


def may_mount() -> bool:
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.call([unshare, "-rm", "true"]) == 0


@pytest.mark.usefixtures("no_network")
def test_the_disk_fills_up_meanwhile(tmp_path: Path) -> None:
    """A disk of 200 MB, and a package that needs more than it says: only a real one will do."""
    if not may_mount():
        pytest.skip("no private mounts here")
    data = tar({"package/big": bytes(250_000_000)})
    (tmp_path / "prepared.tgz").write_bytes(data)
    disk = tmp_path / "disk"
    disk.mkdir()
    small = package(data)
    script = (
        'mount -t tmpfs -o size=200M disk "$1" && cp "$2" "$1/$3.tgz" && '
        '"$4" -c "$5" "$1" "$6"; ls -a "$1" >&2'
    )
    paths = [str(disk), str(tmp_path / "prepared.tgz"), small.folder]
    python = [sys.executable, FETCH, small.model_dump_json()]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", *paths, *python],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "free some disk space" in done.stderr
    assert ".partial-" not in done.stderr.splitlines()[-1]


def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ToolchainError, match="make it writable, or set PROVER_ARB_CACHE"):
        fetch(tmp_path / "file" / "cache", package=package(GOOD))


def test_cache_folder_follows_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PROVER_ARB_CACHE", raising=False)
    assert cache_folder() == tmp_path / ".cache/prover_arb"
    monkeypatch.setenv("PROVER_ARB_CACHE", "~/elsewhere")
    assert cache_folder() == tmp_path / "elsewhere"


def test_node_is_new_enough() -> None:
    assert npm.node().name == "node"
    version = npm.node_version(npm.node())
    assert version is not None
    assert int(version.split(".")[0]) >= npm.OLDEST_NODE


@pytest.mark.parametrize(
    ("script", "version"),
    [("echo v20.1.0", "20.1.0"), ("echo nonsense", None), ("exit 1", None)],
)
def test_node_version_of_another_binary(script: str, version: str | None, tmp_path: Path) -> None:
    binary = tmp_path / "node"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    assert npm.node_version(binary) == version
    assert npm.node_version(tmp_path / "absent") is None


def test_an_old_node_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "node"
    binary.write_text("#!/bin/sh\necho v22.3.0\n")
    binary.chmod(0o755)
    with pytest.raises(ToolchainError, match=r"is Node 22\.3\.0, Lean needs 24; install"):
        npm.require(binary)
    with pytest.raises(ToolchainError, match="does not run on this machine"):
        npm.require(tmp_path / "absent")


@pytest.mark.lean
def test_a_package_of_the_users_own_registry(tmp_path: Path) -> None:
    folder = fetch(tmp_path, package=IS_NUMBER)
    assert files_in(folder) == {"LICENSE", "README.md", "index.js", "package.json", "manifest.json"}


@pytest.mark.lean
def test_lean_is_provisioned() -> None:
    folder = fetch(cache_folder())
    assert damage(folder, LEAN, full=True) == []
    assert (folder / "lean.wasm").stat().st_size == 137_434_848
    assert (folder / "lib/Init.olean").is_file()
    assert not [name for name in files_in(folder) if "._" in name]

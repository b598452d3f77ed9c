"""A package index on this machine, with small stand-ins for the packages that Daguerre needs."""

from __future__ import annotations

import contextlib
import hashlib
import io
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from machines import CHECKOUT

TORCH_NEEDS = {"": "nvidia-stand-in", "+cpu": "sympy-stand-in"}
"""What PyTorch's builds need: the usual one a card's libraries, the other one none."""


def requirements() -> list[str]:
    table = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[str] = table["project"]["dependencies"]
    return found


def wheel(name: str, version: str, needs: str = "") -> tuple[str, bytes]:
    """A wheel for every machine with one empty module in it: its file's name and content."""
    module, content = name.replace("-", "_"), io.BytesIO()
    information = f"{module}-{version}.dist-info"
    files = {
        f"{module}_stand_in.py": "",
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        + (f"Requires-Dist: {needs}\n" if needs else ""),
        f"{information}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{information}/RECORD"])
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in {**files, f"{information}/RECORD": record}.items():
            archive.writestr(path, text)
    return f"{module}-{version}-py3-none-any.whl", content.getvalue()


class Index:
    """/simple is the usual index, /cpu the one of PyTorch's small build; asked is every path that was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.files: dict[str, bytes] = {}
        self.pages: dict[str, set[str]] = {"/simple": set(), "/cpu": set()}
        self.address = ""
        for requirement in requirements():
            name, version = requirement.split("==")
            self.add("/simple", *wheel(name, version, TORCH_NEEDS[""] if name == "torch" else ""))
            if name == "torch":
                self.add("/cpu", *wheel(name, f"{version}+cpu", TORCH_NEEDS["+cpu"]))
        for name in TORCH_NEEDS.values():
            self.add("/simple", *wheel(name, "1.0"))

    def add(self, page: str, name: str, content: bytes) -> None:
        self.pages[page].add(name)
        self.files[name] = content

    def answer(self, path: str) -> bytes | None:
        page, _, rest = path.strip("/").partition("/")
        listed = self.pages.get(f"/{page}")
        if page == "files":
            return self.files.get(rest)
        if listed is None:
            return None
        if not rest:
            return b"<html></html>"
        wanted = rest.strip("/").replace("-", "_")
        links = ""
        for name in sorted(listed):
            if name.split("-")[0].lower() == wanted:
                digest = hashlib.sha256(self.files[name]).hexdigest()
                links += f'<a href="/files/{name.replace("+", "%2B")}#sha256={digest}">{name}</a>'
        return f"<html><body>{links}</body></html>".encode() if links else None


@contextlib.contextmanager
def serving(index: Index) -> Iterator[Index]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.asked.append(self.path)
            content = index.answer(self.path.replace("%2B", "+"))
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Type", "application/octet-stream" if "/files/" in self.path else "text/html")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def do_CONNECT(self) -> None:  # what a proxy is asked for; this one refuses
            index.asked.append(self.path)
            self.send_error(407, "Proxy Authentication Required")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    index.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def packages_in(folder: Path) -> dict[str, str]:
    """Names and versions of what is installed in an environment."""
    found = [path.name.removesuffix(".dist-info").split("-") for path in folder.rglob("*.dist-info")]
    return {name: version for name, version, *_ in found}

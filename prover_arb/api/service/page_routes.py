"""Serves the page at `/`, with everything that it needs, from the files of this package.

The page runs no script and loads nothing but these files, which its Content-Security-Policy says to
the browser too: a theorem, a prover's answer or an error can never act on it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from string import Template

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from prover_arb.api.service.route_parts import service_of

FOLDER = Path(str(files("prover_arb.api.service").joinpath("page")))

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Files are asked for with every visit, so that an update of the service is one of the page.
    "Cache-Control": "no-cache",
}


class _PageFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def add_page(app: FastAPI) -> None:
    """Adds the page at `/`, and its files below `/page`."""
    app.mount("/page", _PageFiles(directory=FOLDER), name="page")
    document = Template((FOLDER / "index.html").read_text(encoding="utf-8"))

    @app.head("/", include_in_schema=False)
    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        """Shows the page; it asks for a key only if this service has keys."""
        service = service_of(request)
        need_key = "yes" if await service.tenants.need_key() else "no"
        text = document.substitute(need_key=need_key, profile=service.profile)
        return HTMLResponse(text, headers=HEADERS)

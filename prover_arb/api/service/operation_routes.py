"""The routes for whoever operates the service, and for its documentation."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi import Path as PathParameter
from fastapi.openapi.docs import get_swagger_ui_html
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from prover_arb.api.problem_documents import MEDIA_TYPE, KindOut
from prover_arb.api.problem_kinds import KINDS, NOT_READY, STORE_FAILED
from prover_arb.api.service.openapi_answers import ADMISSION, problems
from prover_arb.api.service.operation_models import Health, Ready
from prover_arb.api.service.route_parts import service_of
from prover_arb.api.service.tenants import Operating

router = APIRouter(tags=["operation"])


@router.head("/healthz", include_in_schema=False)
@router.get(
    "/healthz", responses={200: {"content": {"application/json": {"example": {"status": "ok"}}}}}
)
async def healthz() -> Health:
    """Answers while the event loop does."""
    return Health()


_READY = {
    "status": "ready",
    "lean": "4.28.0-pre",
    "profiles": ["core"],
    "workers": 3,
    "workers_ready": 3,
    "brokers": 1,
    "brokers_ready": 1,
}


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz",
    responses=problems(NOT_READY, STORE_FAILED)
    | {200: {"content": {"application/json": {"example": _READY}}}},
)
async def readyz(request: Request) -> Ready:
    """Answers while the database does and Lean judges: it gave a verdict within the last seconds,
    or gives one now."""
    service = service_of(request)
    identity, pool = await service.ready()
    return Ready(
        lean=identity.lean,
        profiles=[service.profile],
        workers=pool.workers,
        workers_ready=pool.ready,
        brokers=pool.brokers,
        brokers_ready=pool.brokers_ready,
    )


@router.get(
    "/metrics",
    response_class=Response,
    responses=problems(*ADMISSION)
    | {
        200: {
            "description": "Figures in Prometheus' text form; with keys, one that allows `operate` "
            "is needed.",
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": 'prover_arb_queue_depth{what="orders_queued"} 0.0\n',
                }
            },
        }
    },
)
async def metrics(_tenant: Operating, request: Request) -> Response:
    """Returns what the service counts."""
    return Response(await service_of(request).figures(), media_type=CONTENT_TYPE_LATEST)


@router.get(
    "/problems/{slug}",
    responses={
        200: {
            "content": {
                "application/json": {
                    "example": {
                        "type": NOT_READY.type,
                        "title": NOT_READY.title,
                        "status": NOT_READY.status,
                    }
                }
            }
        },
        404: {
            "description": "There is no such problem.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        },
    },
)
async def problem(
    slug: Annotated[
        str, PathParameter(description="The last part of a `type`.", examples=["not-ready"])
    ],
) -> KindOut:
    """Describes the `type` of a problem document."""
    if slug not in KINDS:
        raise HTTPException(404)
    kind = KINDS[slug]
    return KindOut(type=kind.type, title=kind.title, status=kind.status)


ASSETS = "/docs/assets"


def add_documentation(app: FastAPI) -> None:
    """Adds `/docs`, whose script and style come from this server, not from the internet."""
    folder = Path(str(files("fastapi_swagger").joinpath("resources")))
    app.mount(ASSETS, StaticFiles(directory=folder), name="assets")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        """Shows the OpenAPI document to people."""
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="prover_arb",
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon-32x32.png",
        )

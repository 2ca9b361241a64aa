"""The explorer's page and its assets, as `make web` built them: what they may load, and how long they keep."""

from pathlib import Path
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Monaco, GraphiQL's editor, writes style elements as it runs: hence 'unsafe-inline', for styles on this page alone.
EXPLORER_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
NOTHING_CSP: Final = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
PLAIN: Final = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
PAGE: Final = {**PLAIN, "cache-control": "no-store"}
# Vite puts a hash of the content into every file name under assets/.
ASSET: Final = {**PLAIN, "cache-control": "public, max-age=31536000, immutable"}

NOT_BUILT: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The explorer is not built</title>
<h1>The explorer is not built</h1>
<p>Run <code>make web</code> (it needs Node.js and npm), then load this page again.
The API itself needs neither: <code>/graphql</code> answers already.</p>
</html>
"""


def routes(web_dist: Path) -> list[Route | Mount]:
    """`/explorer` and `/assets/*` from the folder the pages are built into; it may be absent, or come later."""

    async def explorer(request: Request) -> Response:
        page = web_dist / "explorer.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, 503, {**PAGE, "content-security-policy": NOTHING_CSP})
        return FileResponse(page, headers={**PAGE, "content-security-policy": EXPLORER_CSP})

    assets = Assets(directory=web_dist / "assets", check_dir=False)
    return [Route("/explorer", explorer), Mount("/assets", assets, middleware=[Middleware(GZipMiddleware)])]


class Assets(StaticFiles):
    """Files whose names change with their content."""

    async def check_config(self) -> None:
        """A folder that is not built answers 404, as a file that is not there does."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, kept by the browser for good."""
        response = await super().get_response(path, scope)
        response.headers.update(ASSET)
        return response

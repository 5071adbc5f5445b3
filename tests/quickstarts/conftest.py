"""One `sluice serve` for all rows, and a place in it for each page. The SDK tests lend their adapters."""

import http.server
import pathlib
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "sdk"))

import sluice  # noqa: E402
from fixtures import server, vendors_live_on_loopback  # noqa: E402, F401
from rows import Place  # noqa: E402

WEB_PAGE = b"<html>what the network source says</html>\n"


@pytest.fixture(scope="session")
def web_page():
    """A web server with one page, for what is read from the network."""
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(WEB_PAGE)))
            self.end_headers()
            self.wfile.write(WEB_PAGE)

        def log_message(self, *words):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}/page"
        web.shutdown()


@pytest.fixture(scope="session")
def places(server, web_page, tmp_path_factory):  # noqa: F811
    from test_quickstarts import PAGES
    found = {}
    for page in PAGES:
        store, directory = page.store(server, sluice.MAIN), tmp_path_factory.mktemp(page.name)
        found[page.name] = Place(store, sluice.Client(store, directory), directory, web_page)
    return found

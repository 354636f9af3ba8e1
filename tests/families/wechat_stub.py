"""open.weixin.qq.com and api.weixin.qq.com as far as a sign-in needs them: refuses what they refuse."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

APP_ID, APP_SECRET = "wx5823bf96d3bd56c7", "the secret of our 公众号"
IN_ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]


@dataclass
class Wechat:
    """``openid`` is who holds the phone; ``complaints`` what a real WeChat would have refused."""

    url: str = ""
    openid: str = "oMother"
    snapshot: bool = False
    codes: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def authorize(self, query: str) -> str:
        """The address back, with a code."""
        pairs = parse_qsl(query)
        asked = dict(pairs)
        self.check([key for key, _ in pairs] == IN_ORDER, "order of the parameters")
        self.check(asked["appid"] == APP_ID, "appid")
        self.check(asked["response_type"] == "code", "response_type")
        self.check(asked["scope"] == "snsapi_base", "scope")
        self.check(bool(re.fullmatch(r"[a-zA-Z0-9]{1,128}", asked["state"])), "state")
        self.check(asked["redirect_uri"].startswith("http"), "redirect_uri")
        code = f"code{len(self.codes)}"
        self.codes[code] = self.openid
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, query: str) -> dict[str, Any]:
        asked = dict(parse_qsl(query))
        self.check(set(asked) == {"appid", "secret", "code", "grant_type"}, "parameters")
        self.check((asked["appid"], asked["secret"]) == (APP_ID, APP_SECRET), "appid and secret")
        self.check(asked["grant_type"] == "authorization_code", "grant_type")
        openid = self.codes.pop(asked["code"], None)
        if openid is None:
            return {"errcode": 40163, "errmsg": "code been used"}
        answer = {"access_token": "token", "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}
        return answer | {"is_snapshotuser": 1} if self.snapshot else answer

    def check(self, right: bool, what: str) -> None:
        if not right:
            self.complaints.append(what)


@contextmanager
def running() -> Iterator[Wechat]:
    wechat = Wechat()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/connect/oauth2/authorize":
                self.send_response(302)
                self.send_header("Location", wechat.authorize(asked.query))
                self.end_headers()
                return
            wechat.check(asked.path == "/sns/oauth2/access_token", "path")
            body = json.dumps(wechat.exchange(asked.query)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wechat.url = f"http://127.0.0.1:{server.server_port}"
    yield wechat
    server.shutdown()
    server.server_close()
    assert wechat.complaints == []

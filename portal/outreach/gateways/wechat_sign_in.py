"""微信网页授权 (OAuth 2, snsapi_base): who holds the phone, as an openid of our own 公众号 and nothing more."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

from requests import RequestException

from portal.outreach.gateways.call import Call

SCOPE = "snsapi_base"


class WechatRefused(Exception):
    """No openid: the code was used or is too old, the page is a snapshot, or WeChat does not answer."""


@dataclass(frozen=True)
class WechatSignIn:
    """``open_url`` shows WeChat's page to the family, ``api_url`` is asked by us."""

    appid: str
    secret: str = field(repr=False)
    open_url: str
    api_url: str

    def authorize_url(self, back: str, state: str) -> str:
        """The order of parameters is WeChat's own, and so is the ending; another order is refused."""
        asked = {
            "appid": self.appid,
            "redirect_uri": back,
            "response_type": "code",
            "scope": SCOPE,
            "state": state,
        }
        return f"{self.open_url}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        """Raise WechatRefused. A code is good once, for five minutes."""
        asked = {
            "appid": self.appid,
            "secret": self.secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        with Call() as call:
            try:
                status, text = call.get(f"{self.api_url}/sns/oauth2/access_token?{urlencode(asked)}")
                answer = json.loads(text)
            except (RequestException, OSError, ValueError) as error:
                raise WechatRefused from error
        openid = answer.get("openid") if status == 200 and isinstance(answer, dict) else None
        if not isinstance(openid, str) or not openid or answer.get("errcode") or answer.get("is_snapshotuser"):
            raise WechatRefused
        return openid

"""Our signatures against the vectors that the vendors publish, and against their own SDKs, both ways."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from alibabacloud_dysmsapi20170525.client import Client as AliyunSdk
from alibabacloud_dysmsapi20170525.models import SendSmsRequest as AliyunRequest
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111.models import SendSmsRequest as TencentRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient as TencentSdk

from portal.outreach.gateways import aliyun, tencent
from portal.outreach.gateways.aliyun import Aliyun
from portal.outreach.gateways.protocol import Handed
from portal.outreach.gateways.tencent import Tencent
from tests.outreach.gateways.cases import BY_NAME, BY_NUMBER, MESSAGE_ID, TEXT, a_message
from tests.outreach.gateways.servers import Asked, supplier

KEY, SECRET = "LTAI-invented", "invented-secret"


def test_the_vector_that_aliyun_publishes() -> None:
    headers = aliyun.signed(
        "YourAccessKeyId",
        "YourAccessKeySecret",
        "ecs.cn-shanghai.aliyuncs.com",
        "RunInstances",
        {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        "3156853299f313e23d1673dc12e1703d",
        "2014-05-26",
    )

    assert headers["Authorization"].endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


@pytest.mark.parametrize(
    ("key_id", "key", "others", "signature"),
    [
        (
            "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            {},
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        ),
        (
            "*" * 32,  # the page that masks the key signs with the mask
            "*" * 32,
            {"x_tc_action": "DescribeInstances"},
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
        ),
    ],
)
def test_the_vectors_that_tencent_publishes(key_id: str, key: str, others: dict[str, str], signature: str) -> None:
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    content_type = "application/json; charset=utf-8"
    headers = tencent.signed(
        key_id, key, "cvm", "cvm.tencentcloudapi.com", 1551113065, body, content_type=content_type, **others
    )

    assert headers["Authorization"].endswith(f"Signature={signature}")


def test_the_sdk_of_aliyun_signs_what_we_sent_alike() -> None:
    with supplier(lambda _: {"Code": "OK", "BizId": "9006"}) as (url, heard):
        outcome = Aliyun(KEY, SECRET, url).send(a_message("19900000001", TEXT, BY_NAME))

    (asked,) = heard
    signed = asked.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    headers = {name: asked.headers[name] for name in signed}
    theirs = SimpleNamespace(method="POST", pathname="/", query=asked.query, headers=headers)
    payload = asked.headers["x-acs-content-sha256"]
    assert asked.headers["authorization"] == Utils.get_authorization(theirs, "ACS3-HMAC-SHA256", payload, KEY, SECRET)
    assert (outcome.handed, outcome.vendor_id) == (Handed.ACCEPTED, "9006")


def test_the_sdk_of_aliyun_asks_the_same_and_we_sign_it_alike() -> None:
    asked = AliyunRequest(
        phone_numbers="19900000001",
        sign_name="示例县教育局",
        template_code=BY_NAME.code,
        template_param='{"child": "王同学", "date": "9月21日", "landline": "0510-00000001"}',
        out_id=str(MESSAGE_ID),
    )
    with supplier(lambda _: {"Code": "OK", "BizId": "9006"}) as (url, heard):
        config = Config(
            access_key_id=KEY, access_key_secret=SECRET, endpoint=url.removeprefix("http://"), protocol="http"
        )
        AliyunSdk(config).send_sms(asked)
        Aliyun(KEY, SECRET, url).send(a_message("19900000001", TEXT, BY_NAME))

    theirs, ours = heard
    assert theirs.query == ours.query
    names = theirs.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    signed = {name: theirs.headers[name] for name in names}
    assert theirs.headers["authorization"] == aliyun.authorization(KEY, SECRET, signed, theirs.query)


def told_by_tencent(_: Asked) -> object:
    return {"Response": {"SendStatusSet": [{"SerialNo": "2640:1", "Code": "Ok"}], "RequestId": "r"}}


def as_tencent_sdk(url: str) -> TencentSdk:
    http = HttpProfile(protocol="http", endpoint=url.removeprefix("http://"))
    return TencentSdk(Credential(KEY, SECRET), "ap-nanjing", ClientProfile(httpProfile=http))


def test_the_sdk_of_tencent_signs_what_we_sent_alike() -> None:
    with supplier(told_by_tencent) as (url, heard):
        outcome = Tencent(KEY, SECRET, "1400006666", url).send(a_message("19900000001", TEXT, BY_NUMBER))

    (asked,) = heard
    sdk, at = as_tencent_sdk(url), asked.headers["x-tc-timestamp"]
    request = SimpleNamespace(
        method="POST",
        uri="/",
        data=asked.body,
        header={"Content-Type": asked.headers["content-type"], "Host": asked.headers["host"], "X-TC-Timestamp": at},
    )
    day = f"{datetime.fromtimestamp(int(at), UTC):%Y-%m-%d}"
    signature = sdk._get_tc3_signature({}, request, day, "sms", SECRET)
    assert asked.headers["authorization"].endswith(f"Signature={signature}")
    assert (outcome.handed, outcome.vendor_id) == (Handed.ACCEPTED, "2640:1")


def test_the_sdk_of_tencent_asks_the_same_and_we_sign_it_alike() -> None:
    asked = TencentRequest()
    with supplier(told_by_tencent) as (url, heard):
        Tencent(KEY, SECRET, "1400006666", url).send(a_message("19900000001", TEXT, BY_NUMBER))
        asked.from_json_string(heard[0].body.decode())
        as_tencent_sdk(url).SendSms(asked)

    ours, theirs = heard
    assert json.loads(ours.body) == json.loads(theirs.body)
    at, host = int(theirs.headers["x-tc-timestamp"]), theirs.headers["host"]
    assert theirs.headers["authorization"] == tencent.signed(KEY, SECRET, "sms", host, at, theirs.body)["Authorization"]
    assert {name for name in ours.headers if name.startswith("x-tc-")} <= set(theirs.headers)

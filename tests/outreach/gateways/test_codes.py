"""Each code that suppliers publish has its place in our tables, as ``gateways.md`` reads their pages."""

import pytest
from tencentcloud.sms.v20210111 import errorcodes

from portal.outreach.gateways import aliyun, tencent, wechat, wecom
from portal.outreach.gateways.codes import Codes, Endings, fits, judge, why
from portal.outreach.gateways.protocol import Handed
from portal.vocabulary import Undelivered

NOT_OF_SENDING = ("ForbidAddMarketingTemplates", "SignNumberLimit", "TemplateAlreadyPassedCheck", "TemplateNumberLimit")
"""What only the console's own interfaces answer: filing signatures and templates."""
PUBLISHED = {
    (aliyun.CODES, Handed.RETRY): "isp.SYSTEM_ERROR Throttling Throttling.User Throttling.Api",
    (aliyun.CODES, Handed.HOLD): "isv.BUSINESS_LIMIT_CONTROL",
    (aliyun.CODES, Handed.STOP): (
        "isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL isv.AMOUNT_NOT_ENOUGH isv.OUT_OF_SERVICE isv.ACCOUNT_ABNORMAL "
        "isp.RAM_PERMISSION_DENY isv.SMS_SIGN_ILLEGAL isv.SMS_SIGNATURE_ILLEGAL isv.SIGN_STATE_ILLEGAL "
        "isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGNATURE_SCENE_ILLEGAL isv.DENY_IP_RANGE SignatureDoesNotMatch"
    ),
    (aliyun.CODES, Handed.REFUSED): (
        "isv.MOBILE_NUMBER_ILLEGAL isv.TEMPLATE_MISSING_PARAMETERS isv.INVALID_JSON_PARAM isv.PARAM_LENGTH_LIMIT "
        "isv.BLACK_KEY_CONTROL_LIMIT isv.SMS_CONTENT_ILLEGAL isv.PARAM_NOT_SUPPORT_URL"
    ),
    (tencent.CODES, Handed.UNKNOWN): "InternalError.Timeout InternalError.SendAndRecvFail",
    (tencent.CODES, Handed.RETRY): "RequestLimitExceeded LimitExceeded.DeliveryFrequencyLimit",
    (tencent.CODES, Handed.HOLD): (
        "LimitExceeded.PhoneNumberThirtySecondLimit LimitExceeded.PhoneNumberOneHourLimit "
        "LimitExceeded.PhoneNumberDailyLimit LimitExceeded.PhoneNumberSameContentDailyLimit"
    ),
    (tencent.CODES, Handed.STOP): (
        "InternalError.RequestTimeException AuthFailure.SignatureExpire UnauthorizedOperation.RequestIpNotInWhitelist "
        "FailedOperation.InsufficientBalanceInSmsPackage AuthFailure.SecretIdNotFound "
        "FailedOperation.SignatureIncorrectOrUnapproved FailedOperation.TemplateIncorrectOrUnapproved "
        "FailedOperation.MarketingSendTimeConstraint"
    ),
    (tencent.CODES, Handed.REFUSED): (
        "InvalidParameterValue.IncorrectPhoneNumber InvalidParameterValue.ProhibitedUseUrlInTemplateParameter "
        "FailedOperation.ContainSensitiveWord"
    ),
    (tencent.CODES, Handed.OPTED_OUT): "FailedOperation.PhoneNumberInBlacklist",
    (wechat.CODES, Handed.RETRY): "-1 45011",
    (wechat.CODES, Handed.STOP): "45009 47003 40037 41028 48001 50002 40164",
    (wechat.CODES, Handed.REFUSED): "43004 40003 43019",
    (wechat.CODES, Handed.OPTED_OUT): "43101",
    (wecom.CODES, Handed.STOP): "301002 48002",
    (wecom.CODES, Handed.REFUSED): "81013",
}
CASES = [(codes, code, handed) for (codes, handed), listed in PUBLISHED.items() for code in listed.split()]
SENDING = [
    code for name, code in vars(errorcodes).items() if name.isupper() and code.rpartition(".")[2] not in NOT_OF_SENDING
]


@pytest.mark.parametrize(("codes", "code", "handed"), CASES, ids=[code for _, code, _ in CASES])
def test_a_published_code_proves_what_its_page_says(codes: Codes, code: str, handed: Handed) -> None:
    outcome = judge(codes, code)

    assert (outcome.handed, outcome.known) == (handed, True)


@pytest.mark.parametrize("code", SENDING)
def test_every_code_of_tencents_own_sdk_is_known(code: str) -> None:
    assert judge(tencent.CODES, code).known


@pytest.mark.parametrize("module", [aliyun, tencent, wechat, wecom])
def test_no_row_of_a_table_is_hidden_by_one_above(module) -> None:
    tables = [module.CODES, *([module.ENDINGS] if isinstance(getattr(module, "ENDINGS", None), tuple) else [])]
    for table in tables:
        wanted = [row[0] for row in table]
        hidden = [code for n, code in enumerate(wanted) if any(fits(code.rstrip("*"), above) for above in wanted[:n])]
        assert hidden == []


@pytest.mark.parametrize(
    ("endings", "code", "reason"),
    [
        (aliyun.ENDINGS, "MOBILE_NOT_ON_SERVICE", Undelivered.WRONG_NUMBER),
        (aliyun.ENDINGS, "MOBILE_IN_BLACK", Undelivered.BLOCKED),
        (aliyun.ENDINGS, "NEVER_SEEN", Undelivered.UNSAID),
        (tencent.ENDINGS, "UNDELIV", Undelivered.UNREACHABLE),
        (tencent.ENDINGS, "REJECTD", Undelivered.OURS),
    ],
)
def test_a_report_that_it_did_not_arrive_says_why(endings: Endings, code: str, reason: Undelivered) -> None:
    assert why(endings, code) is reason

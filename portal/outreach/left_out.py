"""Why a family gets no message, each in words; who is left out here has to be told in another way."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LeftOut:
    """``tell`` is what is to be done instead; empty where nothing need be."""

    label: str
    tell: str = ""


NO_MOBILE, SHARED_NUMBER, OPTED_OUT, SPENT = "no_mobile", "shared_number", "opted_out", "spent"
NO_WORDS, NOT_CONCERNED = "no_words", "not_concerned"
UNDER_WAY, LATELY, THRICE, PAUSED = "under_way", "lately", "thrice", "paused"

LEFT_OUT = {
    NO_MOBILE: LeftOut("没有手机号", "由班主任当面告知，或补全电话"),
    SHARED_NUMBER: LeftOut("几家共用一个号码，不发个人信息", "补全各家自己的电话"),
    OPTED_OUT: LeftOut("家长退订了短信", "改由班主任打电话，资助照办"),
    SPENT: LeftOut("登记的号码都联系不上", "由班主任打电话或家访"),
    NO_WORDS: LeftOut("没有放得进一条短信的说法", "由班主任打电话"),
    NOT_CONCERNED: LeftOut("已经办好，不用再提醒"),
    UNDER_WAY: LeftOut("已经有一条在路上"),
    LATELY: LeftOut("三天内刚提醒过"),
    THRICE: LeftOut("这件事已经提醒过三次", "由班主任打电话"),
    PAUSED: LeftOut("学校暂停了发送"),
}

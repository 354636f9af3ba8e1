"""Two writings of a name that are not the same: alike in sound, in shape, or but for a character lost on the way."""

import re
import unicodedata
from functools import cache, lru_cache

from pypinyin.constants import PINYIN_DICT

from portal.privacy.names import damaged, name_key

_ANY = "◌"
_LOST = re.compile("[?\uff1f¿□■▯⬜〓*\uff0a\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\u2ff0-\u2fff\ud800-\udfff]|锟斤拷")
_SYLLABLE = re.compile(r"[a-zü]+")
# 晴 for 睛: characters that one hand or one scanner takes for another, of those that stand in names.
_LOOK_ALIKE = """
己已巳 末未 曰日 戊戌戍 晴睛情清 倩靖请 昊吴旲 锋峰烽 扬杨场 洋泮 彬杉郴 瑛英 钰珏玉王 萍苹
冼洗 宁丁 阳旧 候侯 治冶 汩汨 祎袆 赢嬴 刘列 陈阵 孙孔 李季 于干千 士土
天夫无 大太犬 田由甲申 人入八 木本术 牛午 今令 兰三 芳劳 莉荆 梅海悔 婷停 娜哪 妹妺
姗珊册 秀季 佳住往 伟纬 俊峻竣浚 健建 浩皓 诗持 雨两 雪雷 霖霜 子予 孑孓 亭享
亨享 辛幸 芊竿 茜西酉 茗名 苒再 蕊芯 薇微 嘉喜 凯剀 炎淡 丽两 宏宠 宇字
宝室 安女 旭旮 昕听 昱昊 晟晨 辰展 曼蔓 曦羲 怡恰 恒桓垣 恬括 悦说 慧惠
成戌 戚咸 拓柘 敏繁 斌赋 旋施 旺汪 朋明 梓辛 楠南 榕格 欣欢 沐沭 沛柿
泽择 淇琪其棋 涵函 润闰 源原 滢莹 潇萧 澜阑 炜伟 烨华 煜昱 熙照 玥明 珂柯
珍诊 琳林 瑞端 瑶遥 璇旋 睿容 硕颀 祥样详 禹离 程呈 穆移 竹行 笑天 紫索
綺绮 绮倚 翔翊 耀跃 聪总 芮内 若苦 苏办 萱宣 蓉容 轩杆 辉挥 远运 逸免
邵绍 郁邮 郝赫 鑫金 钧钓 铭名 锦绵 阎闫 陆院 雯文 静净 颖颍 馨声 骏俊
鸣呜 鹏朋 龙尤
"""
_SHAPES = [frozenset(group) for group in _LOOK_ALIKE.split()]
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@cache
def sound_of(mark: str) -> str | None:
    """The usual reading without tone, as southern ears and keyboards tell syllables apart; None for what has none."""
    readings = PINYIN_DICT.get(ord(mark))
    return _heard(readings.split(",")[0]) if readings else None


@lru_cache(maxsize=65536)
def sound_key(name: str) -> str:
    """Equal for names that sound alike (张/章, 陈/程, 林/凌); a syllable in Latin letters counts as written."""
    heard = ((mark, sound_of(mark)) for mark in _SYLLABLE.sub(_latin, name_key(name)))
    return "".join(mark if sound is None else f"{sound} " for mark, sound in heard)


def sounds_alike(one: str, other: str) -> bool:
    """同音字 and near ones."""
    return bool(one and other) and sound_key(one) == sound_key(other)


def looks_alike(one: str, other: str) -> bool:
    """形近字: one character taken for another of the same shape, all others equal."""
    a, b = name_key(one), name_key(other)
    pairs = [{left, right} for left, right in zip(a, b, strict=False) if left != right]
    return len(a) == len(b) and len(pairs) == 1 and any(pairs[0] <= shape for shape in _SHAPES)


def one_character_apart(one: str, other: str) -> bool:
    """One character lost, added or exchanged, or two turned round; of two-character names only lost or added."""
    shorter, longer = sorted((name_key(one), name_key(other)), key=len)
    if len(shorter) < 2 or len(longer) < 3 or len(longer) - len(shorter) > 1:
        return False
    if len(shorter) < len(longer):
        return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    apart = [place for place in range(len(longer)) if shorter[place] != longer[place]]
    if len(apart) == 2:
        first, second = apart
        return shorter[first] == longer[second] and shorter[second] == longer[first]
    return len(apart) == 1


def surname_changed(one: str, other: str) -> bool:
    """The same given name of two characters or more under another surname."""
    a, b = name_key(one), name_key(other)
    return len(a) == len(b) > 2 and a[0] != b[0] and a[1:] == b[1:]


def damage_fits(one: str, other: str) -> bool:
    """What is left of a name after ?, □, * or pinyin for a rare character is what the other has in the same places."""
    lost = damaged(one) is not None, damaged(other) is not None
    if not any(lost):
        return False
    a, b = _remains(one), _remains(other)
    known = [(left, right) for left, right in zip(a, b, strict=False) if _ANY not in (left, right)]
    return len(a) == len(b) and bool(known) and all(left == right for left, right in known)


def _remains(name: str) -> str:
    return name_key(_LOST.sub(_ANY, name))


def _latin(found: re.Match[str]) -> str:
    """di, written for a character that could not be typed, is heard as that character would be."""
    return f"{_near(found[0])} "


def _heard(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.lower()).replace("u\u0308", "v").replace("ê", "e")
    return _near("".join(mark for mark in plain if not unicodedata.combining(mark)))


def _near(syllable: str) -> str:
    for far, near in _NEAR:
        if syllable.startswith(far):
            syllable = near + syllable[2:]
    if syllable.endswith("ng") and syllable[-3:-2] in ("a", "e", "i"):
        syllable = syllable[:-1]
    return "l" + syllable[1:] if syllable.startswith("n") else syllable

"""What an invented person goes by: a name as common as names are, a number of a district nobody lives in."""

import numpy as np

SURNAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈")
GIVEN = list(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅建国文斌辉鑫波宇浩凯秀珍健俊帆雪荣爱香月莺媛雨晨欣怡子涵梓萱一诺"
    "佳琪嘉瑞思远晓婷彬瑛锋晴萍阳颖莹志鹏海燕春生林森若曦语彤天佑安然书瑶景行博雅清妍可馨君昊泽楷睿恒"
)
DOTTED = ["阿依古丽·买买提", "古丽娜尔·艾山", "吐尔逊·阿不都", "买买提·艾力"]
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.array(list("10X98765432"))
COUNTIES = 200


def _districts(county: np.ndarray) -> np.ndarray:
    return np.where(county < 100, 329900, 419900) + county % 100


def days(rng: np.random.Generator, count: int, born_from: int, born_to: int) -> np.ndarray:
    span = np.arange(f"{born_from}-01-01", f"{born_to}-01-01", dtype="datetime64[D]")
    ymd = np.char.replace(span.astype(str), "-", "").astype(np.int64)
    return ymd[rng.integers(0, len(span), count)]


def numbers_of(rng: np.random.Generator, county: np.ndarray, ymd: np.ndarray) -> np.ndarray:
    """Without their check digit."""
    return (_districts(county) * 10**8 + ymd) * 1000 + rng.integers(1, 1000, len(ymd))


def with_check(first: np.ndarray) -> np.ndarray:
    """The 18 characters of numbers without their check digit."""
    total = sum(weight * (first // 10 ** (16 - k) % 10) for k, weight in enumerate(WEIGHTS))
    return np.char.add(first.astype(str), CHECKS[total % 11]).astype(object)


def division(county: np.ndarray) -> np.ndarray:
    return _districts(county).astype(str).astype(object)


def given_names(rng: np.random.Generator, count: int) -> np.ndarray:
    """Some characters are liked far more than others, as they are."""
    weights = 1 / np.arange(1, len(GIVEN) + 1) ** 0.5
    weights /= weights.sum()
    given = np.array(GIVEN)
    first = rng.choice(given, count, p=weights)
    return np.where(rng.random(count) < 0.8, np.char.add(first, rng.choice(given, count, p=weights)), first)


def names_of(rng: np.random.Generator, count: int) -> np.ndarray:
    weights = 1 / np.arange(2, len(SURNAMES) + 2)
    weights /= weights.sum()
    names = np.char.add(rng.choice(np.array(SURNAMES), count, p=weights), given_names(rng, count)).astype(object)
    dotted = rng.random(count) < 0.01
    names[dotted] = rng.choice(np.array(DOTTED, dtype=object), int(dotted.sum()))
    return names

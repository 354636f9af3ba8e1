"""What the bare loop and Celery hand over: the portal's own words, and headers, to as many invented numbers."""

import requests

from tests.outreach.kannel import PASSWORD, USERNAME

TEXT = "【示例县教育局】请确认王同学(四年级)是否在校、需要资助，不用交证明。9月21日前告诉班主任或致电0510-00000001"
FIRST_NUMBER = 19_000_000_000


def send(session: requests.Session, url: str, reports_to: str, n: int) -> bool:
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": USERNAME,
        "X-Kannel-Password": PASSWORD,
        "X-Kannel-To": str(FIRST_NUMBER + n),
        "X-Kannel-Coding": "2",
        "X-Kannel-DLR-Mask": "31",
        "X-Kannel-DLR-Url": f"{reports_to}?id={n}&type=%d",
    }
    return session.post(url, data=TEXT.encode(), headers=headers, timeout=10).status_code == 202

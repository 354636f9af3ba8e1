"""The five main pages of families under Lighthouse's slow phone; accessibility 100 and performance of 95 are promised.

From the portal's own gunicorn with the demonstration county, in Debian's chromium; throttling and phone are
Lighthouse's own. ``first_screen_seconds`` is the largest contentful paint. Needs npm: the machine's, or PyPI's.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.pages import header_of, served, slips, visit

LIGHTHOUSE = "lighthouse@13.5.0"
LIMIT = "the end of Lighthouse's scale"
PATHS = {
    "首页": "/",
    "查一查": "/check",
    "结果": "/check/result",
    "政策大全": "/policies",
    "孩子的资助": "/child",
}
ANSWERS = (("/check", "junior"), ("/check/home", "dibao"), ("/check/boarding", "yes"))
CHROMIUM = "/usr/bin/chromium-headless-shell"
NPM = ["npm"] if shutil.which("npm") else [sys.executable, "-m", "make.npm"]


@dataclass(frozen=True)
class Score:
    """0 to 100; ``kilobytes`` as they went over the wire."""

    page: str
    performance: float
    accessibility: float
    first_screen_seconds: float
    kilobytes: float


def run() -> list[Score]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        [[code, birth_date, _]] = slips(folder)
        with served("wsgi:app", folder) as address:
            jar, browser = visit(address, code, birth_date)
            for path, choice in ANSWERS:
                browser.open(address + path, urlencode({"choice": choice}).encode()).read()
            cookies = header_of(jar)
            pages = [looked_at(page, address + path, cookies, folder) for page, path in PATHS.items()]
    return [*pages, Score(LIMIT, 100.0, 100.0, 0.0, 0.0)]


def looked_at(page: str, url: str, cookies: str, folder: Path) -> Score:
    """As somebody who has never been here: nothing is cached."""
    headers, report = folder / "headers.json", folder / "report.json"
    headers.write_text(json.dumps({"Cookie": cookies}), encoding="utf-8")
    subprocess.run(
        [
            *NPM, "exec", "--yes", "--", LIGHTHOUSE, url, "--quiet", "--only-categories=performance,accessibility",
            "--chrome-flags=--headless --no-sandbox", f"--extra-headers={headers}",
            "--output=json", f"--output-path={report}",
        ],
        check=True, env={**os.environ, "CHROME_PATH": CHROMIUM},
    )  # fmt: skip
    told = json.loads(report.read_text(encoding="utf-8"))
    if told["finalDisplayedUrl"] != url:
        raise SystemExit(f"{url} led to {told['finalDisplayedUrl']}")
    scores, audits = told["categories"], told["audits"]
    return Score(
        page,
        100.0 * scores["performance"]["score"],
        100.0 * scores["accessibility"]["score"],
        audits["largest-contentful-paint"]["numericValue"] / 1000,
        audits["total-byte-weight"]["numericValue"] / 1024,
    )


if __name__ == "__main__":
    for one in run():
        print(one)

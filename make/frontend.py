"""Front-end files: from npm's packages (package.json) into portal/static/vendor, and proof that none calls elsewhere.

Run at set-up by make. Pages are served from our origin alone, so a file that would fetch from another is refused.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES, VENDOR = ROOT / "node_modules", ROOT / "portal" / "static" / "vendor"

FILES = (
    "weui/dist/style/weui.min.css",
    "@tabler/core/dist/css/tabler.min.css",
    "htmx.org/dist/htmx.min.js",
    "echarts/dist/echarts.simple.min.js",
)
FONT = "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
"""What bulletins on paper are set in; put into the PDF, fetched by no page."""

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)  # licences name their home pages
SOURCE_MAP = re.compile(r"^\s*(//[#@]|/\*[#@])\s*sourceMappingURL=.*$", re.MULTILINE)
# In a style sheet whatever is not inline data or a fragment is fetched; in a script, whatever has a full address that
# is no name of a namespace or a licence.
FETCHES = {
    ".css": re.compile(r"@import|url\((?!\s*[\"']?(?:data:|#|%23))[^)]{0,80}"),
    ".js": re.compile(
        r"https?://(?!www\.w3\.org/|www\.apache\.org/licenses/|\S{0,40}/LICENSE\b)[^\"'`\s]{0,80}|sourceMappingURL"
    ),
}


def tidied(name: str, text: str) -> str:
    """The file without its source map, whose absence would be a failed request in every developer's tools."""
    text = SOURCE_MAP.sub("", text)
    found = FETCHES[Path(name).suffix].search(COMMENT.sub("", text) if name.endswith(".css") else text)
    if found:
        raise SystemExit(f"{name} would fetch {found.group()!r}; pages may load from our own origin only")
    return text


def main() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    wanted = {Path(name).name: tidied(name, (PACKAGES / name).read_text(encoding="utf-8")) for name in FILES}
    font = Path(FONT).name
    for old in VENDOR.iterdir():
        if old.name not in {*wanted, font}:
            old.unlink()
    for name, text in wanted.items():
        (VENDOR / name).write_text(text, encoding="utf-8")
    shutil.copyfile(PACKAGES / FONT, VENDOR / font)
    sys.stdout.write(f"front end: {', '.join([*wanted, font])} in {VENDOR.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()

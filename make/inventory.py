"""`make inventory`: the page of what is stored of people, drawn anew from its classes."""

from pathlib import Path

from portal.privacy.inventory import page

PAGE = Path(__file__).parent.parent / "docs" / "personal-information.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

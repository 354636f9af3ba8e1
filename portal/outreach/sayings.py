"""What a campaign says, for people to read before it leaves: its wordings with blanks where a family's own words go."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.coverage.words import short_day
from portal.models import Campaign
from portal.outreach.audiences import MATTERS
from portal.outreach.gateways.protocol import parts, units
from portal.outreach.genuine import BLANKS as PERSONAL
from portal.outreach.messages import template
from portal.outreach.wordings import template_named
from portal.outreach.writing import office_of, signature
from portal.vocabulary import Audience

BLANKS = PERSONAL | {"signature": "单位名称", "landline": "××××-××××××××", "office_phone": "××××-××××××××"}
"""What stands where each number's own words go."""
KINDS = {
    "own": "家长自己的号码，一个孩子",
    "siblings": "家长自己的号码，几个孩子",
    "neutral": "两三家共用或不确定的号码",
}


@dataclass(frozen=True)
class Saying:
    """``to`` whom it is said in this way; ``length`` in UTF-16 units, as operators count."""

    to: str
    name: str
    version: int
    text: str
    length: int
    parts: int


def wordings_of(session: Session, campaign: Campaign) -> tuple[Saying, ...]:
    """The fullest wording of each kind; the shorter ones say the same with less."""
    if campaign.audience is Audience.EVERYONE:
        kinds = [("每一户，一字不差", template_named(session, campaign.wording))]
    else:
        stem = MATTERS[campaign.audience].templates
        kinds = [(to, template(f"{stem}.{kind}")) for kind, to in KINDS.items()]
    office = office_of(campaign.unit)
    words = BLANKS | {
        "signature": signature(office.name),
        "date": short_day(campaign.stops_on),
        "office_phone": office.landline or BLANKS["office_phone"],
        "landline": (campaign.unit.landline if campaign.unit is not office else "") or BLANKS["landline"],
    }
    said = [(to, chosen, chosen.wordings[0].format_map(words)) for to, chosen in kinds]
    return tuple(Saying(to, chosen.name, chosen.version, text, units(text), parts(text)) for to, chosen, text in said)

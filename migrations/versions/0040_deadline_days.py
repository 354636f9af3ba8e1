"""截止日例外: a campaign's last day on which messages leave although it is a festival, an exam or a day of mourning.

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ROLE = "portal_app"


def upgrade():
    op.create_table(
        "deadline_day",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint("approved_by <> asked_by", name=op.f("ck_deadline_day_somebody_else")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_deadline_day_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_deadline_day")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON deadline_day TO {ROLE}")
    op.execute("ALTER TABLE deadline_day ENABLE ROW LEVEL SECURITY")
    # whoever reaches the campaign reaches what belongs to it
    op.execute(
        f"CREATE POLICY within_reach ON deadline_day TO {ROLE} "
        "USING (EXISTS (SELECT FROM campaign WHERE campaign.id = deadline_day.campaign_id))"
    )


def downgrade():
    op.drop_table("deadline_day")

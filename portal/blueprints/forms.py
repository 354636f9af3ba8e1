"""The form every page's form begins from: protected against foreign posts, and speaking Chinese."""

from typing import ClassVar

from flask_wtf import FlaskForm


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        locales: ClassVar[list[str]] = ["zh"]

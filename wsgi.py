"""Where gunicorn and ``flask`` find the portal."""

from portal import create_app

app = create_app()

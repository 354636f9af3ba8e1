"""Where gunicorn and ``flask`` find the portal."""

from portal.app import create_app

app = create_app()

"""Where gunicorn and ``flask`` find the portal; what keeps it from starting is one line, not a trace."""

from portal.app import create_app
from portal.privacy.sealing import KeyProblem
from portal.settings import SettingsProblem

try:
    app = create_app()
except (SettingsProblem, KeyProblem) as problem:
    raise SystemExit(str(problem)) from problem

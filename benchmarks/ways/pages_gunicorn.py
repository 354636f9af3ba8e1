"""The portal's own gunicorn settings for an app that has no database to look at first."""

import runpy
from pathlib import Path

HOOKS = {"on_starting", "post_worker_init", "speak_as_all"}
own = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
globals().update({name: value for name, value in own.items() if not name.startswith("__") and name not in HOOKS})

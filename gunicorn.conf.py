"""How gunicorn serves the portal; the same for `make run` and behind a reverse proxy."""

import os
from pathlib import Path
from typing import Any

from portal.database import db
from portal.readiness import require_ready

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4  # more only wait for each other at the interpreter: eight served a fifth fewer pages of a child
preload_app = True  # imported once; nothing in create_app connects or starts a thread that a fork would break
timeout = 60  # seconds without a sign of life
graceful_timeout = 20  # seconds a request may still take when the worker is asked to go
keepalive = 5
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # heartbeats must not wait for a disk
accesslog = None  # a path may hold a gateway's secret; who looked at what is in the audit entries
control_socket_disable = True


def on_starting(server: Any) -> None:
    speak_as_all(server)


def speak_as_all(process: Any) -> None:
    """gunicorn quotes a malformed request; its words too take the road where numbers are struck out."""
    process.log.error_log.handlers.clear()
    process.log.error_log.propagate = True


def post_worker_init(worker: Any) -> None:
    """A worker that finds other tables or other keys than its own ends before it answers anybody."""
    speak_as_all(worker)
    with worker.app.callable.app_context():
        require_ready(db.session())
        db.session.commit()
        db.engine.dispose()

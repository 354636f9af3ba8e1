"""Before the portal answers: the tables as this version needs them, then the demonstration county if there is nothing.

Both flask commands in one interpreter, for it is the imports that take the time.
"""

from contextlib import suppress

from flask.cli import ScriptInfo

from portal.commands.demo import NotEmpty
from wsgi import app

if __name__ == "__main__":
    for command in (["db", "upgrade"], ["demo"]):
        with suppress(NotEmpty):
            app.cli.main(command, standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))

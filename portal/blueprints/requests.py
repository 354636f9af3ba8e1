"""The request of this portal: an upload stays in memory, for a temporary file would hold it in clear."""

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import parse_cookie
from werkzeug.utils import cached_property

from portal.intake.file_limits import OFFICE


class PortalRequest(Request):
    max_content_length = OFFICE.bytes + (1 << 20)
    """The form around the file is little; a file beyond its sender's own bounds gets a sentence when it is read."""

    max_form_memory_size = 256 * 1024

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Of the one header that holds them, without a look at all the others."""
        return parse_cookie(self.environ, cls=self.dict_storage_class)  # type: ignore[return-value]

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()

"""The API, described. Pure."""

from typing import Any

DOCUMENT: dict[str, Any] = {"openapi": "3.1.0"}

"""The seed file: a helpdesk written down, for tests and for a first start. docs/seed.md has the format."""

from .errors import SeedError
from .format import SeedDocument
from .loading import hashes_of, load
from .reading import parse, read

__all__ = ["SeedDocument", "SeedError", "hashes_of", "load", "parse", "read"]

"""The policies, read once a web worker."""

from functools import cache

from portal.policies.catalogue import load_catalogue

the_catalogue = cache(load_catalogue)

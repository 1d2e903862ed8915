"""Turns a handler's source and its dependencies into a directory that runs, without Docker or CDK.

What comes along, and under which names:

1. A handler runs as ``python handler.py`` would with the source root on the import path: modules
   are looked up in the entry's folder, then in the source root.
2. If the entry itself uses a relative import, it runs as a module of its package instead: it is
   called by its dotted name below the source root.
3. The modules that its imports reach come along, each under the name it is imported by, with the
   ``__init__.py`` of their packages; no other module does. A computed import needs a literal name.
4. So do the data files in the folders of those modules and below, but not those of the project's
   folder, the source root or a folder above the entry, nor hidden files (``.env``), tests, virtual
   environments, ``node_modules``, caches, declarations of dependencies, links out of the project.
   A key or certificate that is not hidden does come along.
5. The source root is the folder above the topmost ``__init__.py`` on the way to the entry, else the
   project.

It knows nothing of CDK constructs, of AWS, or of how the directory is run.
"""

from preamp.bundling.bundler import bundle
from preamp.bundling.request import (
    Architecture,
    Bundle,
    BundleRequest,
    Destination,
    LambdaDestination,
    LocalDestination,
)

__all__ = [
    "Architecture",
    "Bundle",
    "BundleRequest",
    "Destination",
    "LambdaDestination",
    "LocalDestination",
    "bundle",
]

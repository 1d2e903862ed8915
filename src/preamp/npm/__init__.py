"""Packages of npm that preamp itself needs, fetched once for all projects.

It knows npm and the cache, not what the packages are for.
"""

"""The AWS SDK for JavaScript that Node.js functions find beside their own code, as on AWS.

``package.json`` and its lock file here say which clients are kept, each pinned with its
checksum. Knows nothing of how a function finds them.
"""

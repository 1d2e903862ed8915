"""Turns a handler in JavaScript or TypeScript into a directory that Lambda's Node.js runs.

Done by esbuild, with the settings that Amplify gives it: one ES module with a source map, packages
included. Two things differ: what AWS has beside a function and the project has not installed is
left to AWS, and a source map says the same wherever it is made.

It knows nothing of CDK constructs, of AWS, or of how the directory is run.
"""

from preamp.bundling.node.bundler import bundle_node
from preamp.bundling.node.request import NodeBundle, NodeRequest

__all__ = ["NodeBundle", "NodeRequest", "bundle_node"]

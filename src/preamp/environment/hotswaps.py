"""What was hotswapped in a developer's own sandbox at AWS.

The record lies in the bootstrap's bucket, written by whoever may publish assets: everybody who
deploys to the sandbox, from whatever folder or machine, has to know what others swapped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.deploy.hotswap.record import BucketRecord
from preamp.deploy.hotswap.state import HotswapState
from preamp.deploy.roles import Roles

if TYPE_CHECKING:
    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.target import Target


def remembered_hotswaps(assembly: CloudAssembly, target: Target) -> HotswapState | None:
    """What was hotswapped of a backend; None if there is no bucket to remember it in.

    Args:
        assembly: The backend.
        target: The account.

    Raises:
        ClientError: STS did not answer yes or no.
    """
    published = next(iter(assembly.assets), None)
    if published is None:
        return None
    s3 = Roles(target).take(published.role).clients.s3
    key = f"preamp/hotswaps/{assembly.stack_name}.json"
    return HotswapState(BucketRecord(s3, target.substitute(published.bucket), key, target.account))

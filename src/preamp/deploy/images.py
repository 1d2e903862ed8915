"""Publishing container images: docker builds them, and pushes them to the bootstrap's repository.

Owns the calls of the docker command. A tag holds the hash of what its image is built of, so what
is there already is right, and is not built.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.bootstrapping import bootstrap_missing
from preamp.errors import UserError
from preamp.events import AssetPublished, OutputPrinted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from preamp.assembly.images import ImageAsset
    from preamp.deploy.roles import Roles
    from preamp.deploy.target import Target
    from preamp.events import Reporter

_CHOICE: Final = "CDK_DOCKER"
_DOCKER: Final = "docker"
# Or docker would push a list of two where Lambda takes one image.
_PLAIN: Final = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}


class ImagePublisher:
    """Publishes container images to one target."""

    def __init__(self, target: Target, roles: Roles, reporter: Reporter) -> None:
        """Take what it works with.

        Args:
            target: Where.
            roles: Takes the roles that may push.
            reporter: Told of each image, and of what docker prints if it fails.
        """
        self._target = target
        self._roles = roles
        self._reporter = reporter

    def publish(self, images: Sequence[ImageAsset]) -> int:
        """Bring images to the target that are not there.

        Args:
            images: Images of an assembly.

        Returns:
            How many were built.

        Raises:
            UserError: ``DockerAssetError`` if the target runs no containers,
                ``DockerMissingError`` if there is no docker, ``DockerFailedError`` if it fails,
                ``BootstrapMissingError`` if the repository does not exist.
        """
        if images and not self._target.bootstrapped:
            raise _unsupported(images)
        missing = [image for image in images if not self._is_there(image)]
        for image in images:
            if image not in missing:
                self._reporter.report(AssetPublished(image.name, 0, uploaded=False))
        if missing:
            docker = _docker(missing)
            for image in missing:
                self._build_and_push(docker, image)
                self._reporter.report(AssetPublished(image.name, 0, uploaded=True))
        return len(missing)

    def _registry(self, image: ImageAsset) -> Any:  # noqa: ANN401 - made at run time
        return self._roles.take(image.role).clients.client("ecr")

    def _is_there(self, image: ImageAsset) -> bool:
        from botocore.exceptions import ClientError

        repository = self._target.substitute(image.repository)
        try:
            found = self._registry(image).describe_images(
                repositoryName=repository, imageIds=[{"imageTag": image.tag}]
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code == "RepositoryNotFoundException":
                told = f"the repository {repository} does not exist"
                raise bootstrap_missing(self._target, told) from error
            if code != "ImageNotFoundException":
                raise
            return False
        return bool(found["imageDetails"])

    def _build_and_push(self, docker: str, image: ImageAsset) -> None:
        [access] = self._registry(image).get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(access["authorizationToken"]).decode().partition(":")
        host = str(access["proxyEndpoint"]).rpartition("://")[2]
        name = f"{host}/{self._target.substitute(image.repository)}:{image.tag}"
        build = [docker, "build", *image.flags, "--tag", name, "."]
        self._run(build, image, folder=image.directory)
        # Never as an argument, which every process of the machine may read.
        login = [docker, "login", "--username", user, "--password-stdin", host]
        self._run(login, image, stdin=password)
        self._run([docker, "push", name], image)

    def _run(
        self, words: list[str], image: ImageAsset, *, folder: Path | None = None, stdin: str = ""
    ) -> None:
        done = subprocess.run(
            words,
            cwd=folder,
            input=stdin,
            env={**os.environ, **_PLAIN},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        for line in done.stdout.splitlines():
            self._reporter.report(OutputPrinted(line))
        raise UserError(
            "DockerFailedError",
            f"'{words[0]} {words[1]}' failed for the container image {image.name}",
            "see what it printed above; nothing was deployed",
        )


def _docker(images: Sequence[ImageAsset]) -> str:
    wanted = os.environ.get(_CHOICE, _DOCKER)
    found = shutil.which(wanted)
    if found is None:
        raise UserError(
            "DockerMissingError",
            f"{_names(images)} must be built, and there is no command {wanted!r}",
            f"install docker, or name another program that knows its commands in {_CHOICE}; "
            "nothing was deployed",
        )
    return found


def _unsupported(images: Sequence[ImageAsset]) -> UserError:
    return UserError(
        "DockerAssetError",
        f"container images are not run here: {_names(images)}",
        "package the function as a zip, for example with PythonFunction or Code.from_asset",
    )


def _names(images: Sequence[ImageAsset]) -> str:
    return ", ".join(image.name for image in images)

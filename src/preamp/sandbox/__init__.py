"""A developer's own deployment on this machine: where it lives, deploying it, looking into it."""

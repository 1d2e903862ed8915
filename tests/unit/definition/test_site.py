from __future__ import annotations

from preamp.contract.site import Site
from preamp.definition.secret import secret
from preamp.definition.site import calling_site, standing_in

EARLIER = Site("amplify/functions/resource.py", 7)


def test_what_stands_in_for_an_earlier_line_is_that_lines() -> None:
    assert standing_in(EARLIER, lambda: secret("KEY").site) != EARLIER  # the lambda is our own line
    assert standing_in(EARLIER, calling_site) == EARLIER


def test_the_innermost_earlier_line_counts() -> None:
    assert standing_in(Site("outer.py", 1), lambda: standing_in(EARLIER, calling_site)) == EARLIER


def test_where_no_earlier_line_is_known_the_stack_says_it() -> None:
    found = standing_in(None, calling_site)
    assert found is not None
    assert found.file.endswith("test_site.py")

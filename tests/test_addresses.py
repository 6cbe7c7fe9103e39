"""Mail addresses: what is one, what is none, and what would be more than one."""

from __future__ import annotations

import pytest

from bench.addresses import BadAddress, addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@example.com", ("a@example.com",)),
        (" a@example.com ;B.c+d@x-y.example,", ("a@example.com", "B.c+d@x-y.example")),
        ("a@example.com, A@EXAMPLE.com", ("a@example.com",)),
        ("boss@localhost", ("boss@localhost",)),
        ("office@bücher.example", ("office@xn--bcher-kva.example",)),
    ],
)
def test_good_ones(text: str, found: tuple[str, ...]) -> None:
    assert addresses(text) == found


@pytest.mark.parametrize(
    "bad",
    [
        *("a", "@example.com", "a@", "a b@example.com", "a@b@example.com", "a@-x.example"),
        *("Ana <a@example.com>", "<a@example.com>", '"a b"@example.com', "a..b@example.com"),
        *("a@example.com\r\nBcc: b@example.com", "a@exa\nmple.com", "a\x00@example.com"),
        *("ä@example.com", "a@example..com", "a@exam\u202eple.com", "a@" + "x" * 64 + ".com"),
        *("x" * 65 + "@example.com", "a@" + "x." * 150 + "com", "a@example.com\n", "a@[127.0.0.1]"),
    ],
)
def test_a_bad_one_is_named(bad: str) -> None:
    with pytest.raises(BadAddress, match="is not a mail address") as caught:
        addresses(f"good@example.com, {bad}")
    assert repr(bad[:10])[1:-1] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_none_and_too_many() -> None:
    for text in ("", " , ;"):
        with pytest.raises(BadAddress, match="no address"):
            addresses(text)
    assert len(addresses(",".join(f"a{n}@example.com" for n in range(10)))) == 10
    with pytest.raises(BadAddress, match="11 addresses are too many"):
        addresses(",".join(f"a{n}@example.com" for n in range(11)))

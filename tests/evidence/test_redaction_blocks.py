"""Private keys go as a whole, also across what comes in between; certificates stay."""

from __future__ import annotations

from bench.datafile import data_dir
from bench.evidence.redaction import Redactor, redact
from bench.evidence.redaction_result import Redacted
from bench.evidence.redaction_rules import load_rules
from tests.evidence.planted import as_lines

RULES = load_rules(data_dir() / "redaction.toml")
BODY = [
    "MIIEpAIBAAKCAQEAr3Jk5uVdLw9XyQm2sZtN7bHfGcT1kPqRoWvEjYxUiAaDeLs6",
    "q8ZpT0nBvCxKlJhGfDsAqWeRtYuIoPzXcVbNmLkJhGfDsAqWeRtYuIoPzXcVbNm1",
    "Zm9vYmFyYmF6",
]
BEGIN, END = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"


def redacted(*lines: str) -> Redacted:
    return redact(as_lines("\r\n".join(lines).encode()), Redactor(RULES, b"key"))


def texts(*lines: str) -> list[str]:
    return [line.text for line in redacted(*lines).lines]


def test_a_key_is_one_hit_with_one_token() -> None:
    found = redacted("x", BEGIN, *BODY, END, "y")
    [hit] = found.hits
    assert (hit.kind, hit.line) == ("private key", 1)
    hidden = ["[private key]"] * 3
    assert [line.text for line in found.lines] == ["x", BEGIN, *hidden, f"{END} {hit.token}", "y"]
    assert found.unsure == ()


def test_the_same_key_has_the_same_token() -> None:
    first, second = redacted(BEGIN, *BODY, END, BEGIN, *BODY, END).hits
    assert first.token == second.token


def test_a_key_goes_on_after_a_reconnect_and_what_is_between_stays() -> None:
    boot = ["[  812.44] usb 1-1.2: USB disconnect", "Serial Number: 0331082013000215"]
    assert texts(BEGIN, BODY[0], *boot, *BODY[1:], END)[2:4] == boot
    assert not set(BODY) & set(texts(BEGIN, BODY[0], *boot, *BODY[1:], END))


def test_a_key_that_never_ends_is_counted_and_hides_no_serial() -> None:
    found = redacted(BEGIN, BODY[0], "U-Boot 2016.05", "805EC0A1B2C3")
    assert [line.text for line in found.lines][2:] == ["U-Boot 2016.05", "805EC0A1B2C3"]
    assert found.counts() == {"private key": 1}


def test_a_key_without_its_beginning_is_hidden() -> None:
    assert not set(BODY[:2]) & set(texts(*BODY[:2], END))


def test_a_key_in_one_line() -> None:
    line = f'"key": "{BEGIN}\\n{BODY[0]}\\n{BODY[2]}\\n{END}", "mac": "80:5e:c0:a1:b2:c3"'
    [text] = texts(line)
    assert BODY[0] not in text
    assert BODY[2] not in text
    assert "80:5e:c0:a1:b2:c3" in text


def test_a_key_behind_a_log_prefix_is_hidden() -> None:
    lines = texts(f"unit: {BEGIN}", *(f"Jun  1 12:00:00 unit: {one}" for one in BODY[:2]))
    assert not any(one in line for one in BODY[:2] for line in lines)


def test_certificates_are_public() -> None:
    lines = ["-----BEGIN CERTIFICATE-----", *BODY[:2], "-----END CERTIFICATE-----"]
    found = redacted(*lines)
    assert [line.text for line in found.lines] == lines
    assert (found.hits, found.unsure) == ((), ())


def test_putty_and_openvpn_keys() -> None:
    putty = texts("Private-Lines: 2", *BODY[:2], "Private-MAC: 6b7c")
    assert not set(BODY) & set(putty)
    vpn = "-----BEGIN OpenVPN Static key V1-----", "6acef03f62675b4b1bbd03e53b187727"
    assert vpn[1] not in texts(*vpn, "-----END OpenVPN Static key V1-----")


def test_a_secret_on_the_line_after_its_question() -> None:
    assert "Wicker44" not in texts("Enter new password:", "Wicker44")
    assert texts("Password:", "router>", "Login incorrect")[1:] == ["router>", "Login incorrect"]

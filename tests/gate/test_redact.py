"""What must not leave is taken out, what may stay stays, and what is unsure is said (A16, A17, A18)."""

from base64 import b32encode, b64encode, urlsafe_b64encode
from unicodedata import normalize
from urllib.parse import quote

import pytest
from redaction_samples import BENIGN, PERSONAL, PREFIXED, SECRETS, A

from supportdesk.gate.redact import Known, redact

OWN = "zdtoken-4Kq9Xw2Lm7Rt5Yv8"


def hidden(text: str, *known: Known) -> str:
    return redact(text, known).text


@pytest.mark.parametrize("name", sorted(PREFIXED))
def test_every_prefixed_token_is_taken_out(name: str) -> None:
    token = PREFIXED[name]
    for line in (token, f"it is {token}.", f"({token})", f"x={token}", f"\u200b{token[:9]}\u200b{token[9:]}"):
        assert token[8:] not in hidden(line), line


@pytest.mark.parametrize("line", SECRETS)
def test_a_secret_is_taken_out(line: str) -> None:
    result = redact(line)
    assert result.counts.get("secret", 0) >= 1
    assert result.blocks == ()
    for piece in (
        A[:14],
        "hunter22",
        "Winter2026",
        "s3cr3t",
        "Pass1",
        "Geheim7",
        "Sommer99",
        "493 021",
        "MIIEow",
        "b3Blbn",
    ):
        assert piece not in result.text


@pytest.mark.parametrize(("line", "value"), PERSONAL)
def test_what_identifies_a_person_or_machine_is_taken_out(line: str, value: str) -> None:
    result = redact(line)
    assert value not in result.text
    assert result.counts


def test_lines_in_which_nothing_is_private_stay_as_they_are() -> None:
    changed = [line for line in BENIGN if hidden(line) != normalize("NFKC", line)]
    assert changed == []


def test_header_names_stay_and_values_go_so_that_a_log_can_still_be_read() -> None:
    log = f"> Authorization: Bearer {A}\n> Cookie: a=b; c=d\n< HTTP 401"
    assert hidden(log) == "> Authorization: Bearer [secret-1]\n> Cookie: [secret-2]\n< HTTP 401"


def test_placeholders_are_numbered_by_distinct_value() -> None:
    result = redact("a@x.example, b@x.example, A@X.example, 203.0.113.24")
    assert result.text == "[email-1], [email-2], [email-1], [ip-1]"
    assert result.counts == {"email": 2, "ip": 1}


def test_a_text_that_was_redacted_before_keeps_its_placeholders() -> None:
    once = redact("a@x.example and password: hunter22")
    twice = redact(once.text + " and c@x.example")
    assert twice.text == "[email-1] and password: [secret-1] and [email-2]"
    assert (twice.counts, twice.blocks) == ({"email": 2, "secret": 1}, ())


PERSON = Known(kind="person", value="Siobhán O'Connor")


@pytest.mark.parametrize(
    "text",
    [
        "Siobhán O'Connor",
        "SIOBHÁN O’CONNOR",
        normalize("NFD", "Siobhán O'Connor"),
        "Siobhan OConnor",
        "O'Connor, Siobhán",
        "Si\u200bob\u00adhán O'Con\u2060nor",
        "Si\ufffdobhán  O'Connor",
        "Siobhán\nO'Connor",
        "siobhán_o'connor",
    ],
)
def test_a_known_name_is_taken_out_in_every_guise(text: str) -> None:
    result = hidden(f"Hello {text}, thanks", PERSON).lower()
    for part in ("siob", "connor"):
        assert part not in normalize("NFD", result).replace("\u0301", "")
    assert "[person-1]" in result


def test_marks_between_which_something_was_hidden_do_not_pile_up() -> None:
    heap = "\ufffd".join(["\u0335\u034e\u031d\u0317\u0318\u0330\u033a\u0319"] * 7)
    shown = hidden(f"Z{heap}!", PERSON)
    assert (shown[0], shown[-1], len(shown)) == ("Z", "!", 10)


def test_a_name_and_its_parts_are_one_person() -> None:
    assert hidden("Siobhán O'Connor wrote; Siobhán's file", PERSON) == "[person-1] wrote; [person-1]'s file"


def test_words_that_only_hold_a_name_stay() -> None:
    known = (Known(kind="person", value="Ann Will"), Known(kind="person", value="Don Page"))
    assert hidden("It will annoy: don't scan the page", *known) == "It will annoy: don't scan the page"
    assert hidden("Will and ANN and Page", *known) == "[person-1] and [person-1] and [person-2]"


def test_names_that_stand_for_a_role_and_logins_of_bots_stay() -> None:
    known = (Known(kind="person", value="Support Team"), Known(kind="person", value="stale[bot]"))
    assert (
        hidden("ask support or the team about the stale page", *known) == "ask support or the team about the stale page"
    )


def test_a_login_is_taken_out_whole_and_its_parts_stay() -> None:
    assert (
        hidden("export-fan likes the export", Known(kind="person", value="export-fan")) == "[person-1] likes the export"
    )


def test_a_name_without_spaces_between_words_is_found() -> None:
    assert hidden("田中さんから", Known(kind="person", value="田中")) == "[person-1]さんから"


def test_a_known_address_goes_with_its_local_part_and_its_domain() -> None:
    known = Known(kind="email", value="s.oconnor@okafor.example")
    text = r"S.OConnor@okafor.example, C:\x\s.oconnor\y, www.okafor.example"
    result = hidden(text, known).lower()
    assert "oconnor" not in result
    assert "okafor" not in result


def test_a_free_mail_domain_stays() -> None:
    assert hidden("gmail.com is down", Known(kind="email", value="jane.doe@gmail.com")) == "gmail.com is down"


@pytest.mark.parametrize("text", ["+49 221 123456", "0221 123456", "0221/12 34 56", "(0221) 123-456", "49221123456"])
def test_a_known_phone_number_is_found_however_it_is_written(text: str) -> None:
    assert "34" not in hidden(f"ring {text}!", Known(kind="phone", value="+49 221 123456"))


def test_an_organization_goes_with_and_without_its_legal_form() -> None:
    known = Known(kind="organization", value="Okafor Trading Ltd.")
    assert hidden("OKAFOR TRADING LTD. and okafor trading", known) == "[organization-1] and [organization-1]"


def test_field_values_that_identify_go_and_plain_choices_stay() -> None:
    known = tuple(
        Known(kind="field", value=value) for value in ("KD-4711-99", "ACME Nord GmbH", "windows", "4.2.0", "12")
    )
    text = "KD-4711-99 at ACME Nord GmbH, windows, 4.2.0, 12 rows"
    assert hidden(text, *known) == "[field-1] at [field-2], windows, 4.2.0, 12 rows"


def test_our_own_host_and_tenant_go_and_github_stays() -> None:
    known = (Known(kind="host", value="okafor.zendesk.com/agent"), Known(kind="host", value="api.github.com"))
    text = "https://OKAFOR.zendesk.com/x, okafor, api.github.com"
    assert hidden(text, *known) == "https://[host-1]/x, [host-1], api.github.com"


def encodings(value: str) -> list[str]:
    raw = value.encode()
    return [
        b64encode(raw).decode(),
        b64encode(b"x:" + raw).decode(),
        b64encode(b"user:" + raw + b"\n").decode().rstrip("="),
        urlsafe_b64encode(raw + b"??>>").decode(),
        b64encode(value.encode("utf-16-le")).decode(),
        quote(value, safe=""),
        "".join(f"%{byte:02x}" for byte in raw),
        quote(quote(value, safe=""), safe=""),
    ]


@pytest.mark.parametrize("index", range(8))
def test_a_known_value_is_found_in_base64_and_percent_encoding(index: int) -> None:
    for one in (Known(kind="email", value="jane@corp.example"), PERSON):
        form = encodings(one.value)[index]
        if form != one.value:
            assert form not in hidden(f"see q={form}&x=1", one)


@pytest.mark.parametrize("index", range(8))
def test_our_own_token_blocks_in_every_encoding(index: int) -> None:
    result = redact(f"curl -u {encodings(OWN)[index]} x", [Known(kind="secret", value=OWN)])
    assert any("our own tokens" in block for block in result.blocks)
    assert OWN not in result.text


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        OWN.upper(),
        f"x{OWN}y",
        f"{OWN[:9]}\n{OWN[9:]}",
        f"{OWN[:9]}\u200b{OWN[9:]}",
        " ".join(OWN),
        OWN.encode().hex(),
        b64encode(OWN.encode()).decode()[:16] + "\n" + b64encode(OWN.encode()).decode()[16:],
        b64encode(b64encode(OWN.encode())).decode(),
        b32encode(b"x:" + OWN.encode()).decode(),
        OWN.encode().hex(":").upper(),
        ".".join(OWN),
        "".join(f"&#{ord(letter)};" for letter in OWN),
        "".join(f"&#x{ord(letter):x};" for letter in OWN),
        "".join(f"\\u{ord(letter):04x}" for letter in OWN),
        "".join(f"\\x{ord(letter):02x}" for letter in OWN),
        "".join(f"={ord(letter):02X}" for letter in OWN),
        f"{OWN[:9]}**{OWN[9:]}**",
        f"{OWN[:9]}`{OWN[9:]}`",
        f"{OWN[:9]}<b>{OWN[9:]}</b>",
        f"{OWN[:9]}<!-- -->{OWN[9:]}",
    ],
)
def test_our_own_token_blocks_in_pieces_too(text: str) -> None:
    assert redact(text, [Known(kind="secret", value=OWN)]).blocks


def test_a_token_too_short_to_be_one_does_not_block_its_word() -> None:
    assert redact("this is a demo", [Known(kind="secret", value="demo")]).blocks == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("It runs on build07.corp and files.internal", "build07.corp"),
        ("Region ACME-EU-2 is slow", "ACME-EU-2"),
        (f"The key {A} is old", "long and random"),
        ("It broke.\n\nBest regards,\nNgozi Okafor", "Ngozi Okafor"),
        ("It broke.\nThanks, Ngozi Okafor", "Ngozi Okafor"),
        ("write jane&#64;corp.example", "encoded"),
        (f"{PREFIXED['GitHub classic'][:12]}\n{PREFIXED['GitHub classic'][12:]}", "spread over"),
    ],
)
def test_what_looks_internal_and_was_left_is_a_doubt(text: str, says: str) -> None:
    assert any(says in doubt for doubt in redact(text).doubts)


def test_ordinary_lines_raise_no_doubt() -> None:
    doubtful = {line: redact(line).doubts for line in BENIGN if redact(line).doubts}
    assert doubtful == {}


def test_a_private_key_without_an_end_is_hidden_to_the_end() -> None:
    assert hidden("see\n-----BEGIN PRIVATE KEY-----\nabc\n\ndef") == "see\n[secret-1]"


def test_quoted_printable_line_ends_do_not_split_an_address() -> None:
    assert hidden("mail jane.doe@co=\nrp.example now") == "mail [email-1] now"


@pytest.mark.parametrize("text", ["", " ", "\n", "\ufffd", "[email-1]", "-----BEGIN", "@", "://", "="])
def test_degenerate_texts_come_through(text: str) -> None:
    assert redact(text, [PERSON, Known(kind="secret", value="")]).blocks == ()

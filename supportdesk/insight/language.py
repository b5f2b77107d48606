"""The language of a text, guessed from its little words so that what the rules cannot read is left alone."""

import re
import unicodedata

_WORDS_OF = {
    "English": """the a an to of and in is it you that this for on with be if your are i can not have as will or we do
        at but was from so by just there which when what my does has please would could should then any they how all me
        no use""",
    "German": """der die das und ist nicht ein eine einen sie ich zu zum den dem des mit auf für bitte wir es haben hast
        wenn noch auch kann aber oder du dir dein deine ihr ihre wie was dann bis von bei nur mal hallo danke sind im am
        als""",
    "French": """le la les et est une un vous je pas de des du dans pour sur ce que qui avec votre nous ne il si au aux
        mais ou en cette bonjour merci""",
    "Spanish": """el la los las es un una que de en no por para con su lo se usted puede si pero del al como este esta
        está hasta ya y o más hola gracias""",
    "Portuguese": """o a os as um uma e é que de em no na não por para com seu sua você se pode mas do da dos das ao
        como está isso esse essa este até já ou foi mais quando obrigado olá""",
    "Italian": """il lo la gli un una che di in non per con suo si può ma del della e è come sono questo le i al ogni ha
        se grazie ciao""",
    "Dutch": """de het een en is niet van in je dat op te we met voor maar kunt als dit er aan om wij bij naar ook nog
        uw bedankt""",
    "Polish": "na nie się do to jest że jak po proszę dla jeśli czy ale od ten mogę możesz w z",
    "Danish": "og at det er en som på for med ikke du jeg kan af har til den hvis eller vi os din når også efter tak",
    "Norwegian": "og at det er en som på for med ikke du jeg kan av har til den hvis eller vi oss din også etter takk",
    "Turkish": "ve bir bu için ile de da çok lütfen daha olarak ne gibi ama tekrar sonra ise değil var bizimle her",
    "Czech": """na se je že to prosím pro jak ale nebo pokud jsem jsme aby když tak jste znovu nám už která bude v z
        každý dokud""",
    "Swedish": "och att det är en ett som på för med inte du jag kan av om har den till eller vi ditt din tack",
    "Romanian": "și este o un la în pe de din cu nu că se vă să pentru sau dacă până când între mai aceasta",
    "Hungarian": "a az ez egy és hogy nem is meg van ha ki de vagy kérjük csak már mint addig amíg",
    "Finnish": "on ja se ei että kun tämä jos voit tai sen ovat mutta kuin olet myös niin sillä kunnes kiitos",
    "Indonesian": "yang dan di ini itu untuk dengan dari anda tidak ke adalah akan bisa atau pada sudah jika sampai",
    "Vietnamese": "là một và của có không cho trong được này đã các bạn với khi để đây đến vui lòng",
}
_LITTLE = {name: frozenset(words.split()) for name, words in _WORDS_OF.items()}
_ENGLISH_ALONE = _LITTLE["English"].difference(*(little for name, little in _LITTLE.items() if name != "English"))
_WORDS = re.compile(r"\b[^\W\d_]{1,30}\b")  # what has digits in it is no word
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
    if not sample.isascii():
        sample = unicodedata.normalize("NFC", sample)  # a word does not end at an accent that stands by itself
        if script := _script(sample):
            return script
    words = _WORDS.findall(sample)
    if len(words) < _LEAST_WORDS:
        return ""
    if sum(word in _ENGLISH_ALONE for word in words) * 6 > len(words):
        return ""
    found = {name: [word for word in words if word in little] for name, little in _LITTLE.items()}
    name = max(found, key=lambda one: len(found[one]))
    english = len([word for word in found["English"] if word not in _LITTLE[name]])
    clear = name != "English" and len(found[name]) > max(0.15 * len(words), 2 * english)
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

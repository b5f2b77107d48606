"""Words by the handful: what is no secret, no name and no tenant although it stands where one would."""


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def any_of(text: str) -> str:
    """The words of a text as alternatives of a pattern, the longest first; a word may be a pattern itself."""
    return "|".join(sorted(text.split(), key=lambda word: (-len(word), word)))


IDLE = words(
    """required expired invalid null none nil true false undefined missing empty wrong incorrect reset changed change
    the a an my your our this that is was not no yes and or but too must should can cannot will field fields here
    below above optional hidden unknown redacted removed protected please string number text it again twice one value
    works fails failed error disabled enabled accepted rejected correct same different old new long short oauth2 100%
    base64 md5 sha256 sha1 2fa tls1 plain encrypted"""
)
GENERIC = words(
    """support team agent customer customers help helpdesk desk admin administrator user system service info sales
    contact office unknown anonymous ghost deleted noreply mail email test guest root bot"""
)
PARTICLES = words("van von der den del della dos das bin ibn the and und zur zum for")
ALSO_WORDS = words(
    """will mark may grace hope bill rose art page young long best king april june august summer dawn joy faith frank
    rich grant chase drew rob pat sue ray gene max jack penny sandy crystal ruby amber pearl guy major price rice
    stone wood woods banks brown black white green gray grey short small little strong wise sharp case cook baker
    carter mason field fields hill lake rivers bush forest moon star day knight noble church house hall park street
    west north east south don can won sun power bond dean duke earl iris ivy heather holly jasmine lily violet daisy
    miles norm nick harry dick peter reed read cash love holiday winter christian target apple amazon meta oracle
    shell orange post bild stern welt zeit klein gross lang kurz braun schwarz weiss fuchs wolf vogel"""
)
FREE_MAIL = words(
    """gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com gmx.de
    gmx.net web.de t-online.de proton.me protonmail.com mail.ru yandex.ru qq.com 163.com"""
)
OPEN_HOSTS = words("api.github.com github.com gitlab.com localhost 127.0.0.1")
TENANTS = (
    ".zendesk.com",
    ".freshdesk.com",
    ".zammad.com",
    ".atlassian.net",
    ".gorgias.com",
    ".helpscout.net",
    ".intercom.io",
)
LEGAL_FORMS = any_of(
    r"""ltd limited inc llc llp plc corp corporation co company gmbh ag kg se ug bv b\.v nv oy ab as aps sa s\.a sas
    sarl srl spa pty group holding holdings e\.v"""
)
SYSTEMS = any_of("Windows macOS Linux iOS Android Firefox Chrome Safari Edge")

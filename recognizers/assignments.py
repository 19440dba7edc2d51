r"""Secrets that are told by the name they are assigned to, whatever the syntax.

One set of patterns for ``.env`` files, shells, YAML, JSON, INI, XML, program code, HTTP headers and
command lines: a *name* (``DB_PASSWORD``, ``stripeApiKey``, 密钥), an *assignment* (``=``, ``:``,
``:=``, ``=>``, ``>`` of an element, ``value=`` of an attribute, a call) and a *value*. Only the
value is found. Which values count is asked by the ``check`` of the YAML entry that adopts a class.

Each pattern begins with the last word of its names ("key", "token" …) and looks back for the rest,
so that a text is searched for few words; every repetition is bounded.
"""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern, PatternRecognizer

from recognizers.vendors import VENDORS

# --- Names ------------------------------------------------------------------------------------

_KEY = "(?:key|secret|token|credential)"
_ALONE = "(?:secret|token|credential)"
_OF_VENDOR = rf"(?<![A-Za-z])(?:{VENDORS})"
_ITS_KEY = "(?:key|token|secret|client|credential|cred|auth|pat)"

# Beside these a name that ends in "key" or "token" speaks of a secret.
QUALIFIED_NAME = (
    r"(?:access|account|acct|admin|aes|api|app|application|auth|authorization|bearer|bot|client|cloud"
    r"|consumer|cookie|cron|crypt|db|decrypt(?:ion)?|deploy(?:ment)?|developer|encoding"
    r"|encrypt(?:ion)?|gateway|hmac|internal|jwt|licen[cs]e|login|management|master|merchant|oauth2?"
    r"|org|partner|pay(?:ment)?|personal|private|project|push|refresh|regist(?:er|ration|ry)|rest"
    r"|root|sas|sdk|secret|secure|security|server|service|session|shared|sign(?:ing|ature)?|sms|sso"
    r"|subscription|system|team|token|user|vault|verif(?:y|ication)|webhook|write)"
    r"[_ .-]{0,2}(?:(?:access|account|api|app|auth|private|secret|signing)[_ .-]{0,2})?"
    rf"{_KEY}"
)
VENDOR_NAME = rf"{_OF_VENDOR}(?: [a-z0-9]{{1,20}}){{0,4}} {_ITS_KEY}"
CHINESE_NAME = r"(?:密钥|秘钥|密匙|令牌|授权码|凭证|凭据)(?:[(（][A-Za-z _-]{1,20}[)）])?"

# The end of a word before: none, a sign, or a small letter before a capital.
_WORD_ENDS = r"(?:(?<![A-Za-z])|(?-i:(?<=[a-z0-9])(?=[A-Z])))"
# No secrets: next_page_token, publicToken …
_OTHER_SENSE = (
    r"(?<!(?:public|page|next|continuation|sync|cursor|cancel|cancellation|pad|mask|sep|cls|unk|bos"
    r"|eos|request|special|lexer|stop|change|sequence|locale|design|color|delta)[_ .-]?)"
)
LONE_NAME = rf"{_WORD_ENDS}{_OTHER_SENSE}{_ALONE}"
# Keys that open nothing: primary_key, cacheKey …
_NO_LOCK = (
    r"(?<!(?:public|pub|primary|foreign|cache|partition|sort|row|idempotency|object|s3|translation"
    r"|lookup|index|dedup|group|unique|hash|shard|routing|range|map|site|i18n|message|resource"
    r"|bucket|file|path|image|storage|redis|config|setting|property|composite|natural|surrogate|search"
    r"|filter|label|json|dict|item|event|state|issue|host|widget|query|build|lock|content|entity"
    r"|document|data|asset|job|task|node|block|record|column|field|etag|version|react|list)[_ .-]?)"
)
OTHER_KEY_NAME = rf"{_NO_LOCK}(?<=[a-z0-9] )key"
# What may follow: SECRET_KEY_BASE, API_KEY_2, apiKeyProd.
TAIL = (
    r"s?(?:[_ -]?(?:base|value|raw|string|env|prod|production|stage|staging|dev|test|live|main|primary"
    r"|secondary|default|old|new|b64|base64|[0-9]{1,2}))?"
)
_QUALIFIED_KEY = rf"{_KEY}(?<={QUALIFIED_NAME}){TAIL}"
_LONE = rf"{_ALONE}(?<={LONE_NAME}){TAIL}"
_VENDOR_KEY = rf"{_ITS_KEY}(?<={_OF_VENDOR}[A-Za-z0-9_.-]{{0,40}}{_ITS_KEY}){TAIL}"
_OTHER_KEY = rf"key(?<={_NO_LOCK}(?:(?<=[A-Za-z0-9][_.-])|(?-i:(?<=[a-z0-9])(?=K)))key){TAIL}"
_PASSWORD = rf"(?:password|passwd|passphrase|passcode|pass_word|pwd|密码|口令|密碼){TAIL}"

# --- Assignments ------------------------------------------------------------------------------

# What may stand between a name and its assignment: closing quotes and brackets, escaped or not.
_CLOSED = r"""(?:\\{0,2}["'`\])]){0,3}"""
_SIGN = r"(?::=|::=|\?=|\|\|=|\.=|\+=|=>|->|={1,2}(?![=>])|:(?![:/\\]))"
_TYPED = r"(?::[ \t]?&?[A-Za-z][\w.<>\[\]?]{0,30}|[ \t](?:string|str))[ \t]{0,4}=(?![=>])"
_ASSIGNED = rf"{_CLOSED}[ \t]{{0,8}}(?:{_TYPED}|{_SIGN})[ \t]{{0,8}}"
_BESIDE = (
    rf"""{_CLOSED}(?:[ \t,]|\\{{0,2}}["']|\r?\n|\{{){{1,40}}(?:value|default)\\{{0,2}}["']?"""
    r"[ \t]{0,4}[:=][ \t]{0,8}"
)
_ELEMENT = rf"{_CLOSED}(?P<element>(?:[ \t][^<>\n\x00]{{0,60}})?>[ \t\r\n]{{0,40}})"
_ELEMENT_ENDS = r"(?(element)(?=[ \t\r\n]{0,40}</))"
_QUOTE_FOLLOWS = r"""[ \t]{0,4}(?=\\{0,2}["'`])"""
# put("name", "value"), but no list of names; setName("value")
_ARGUMENT = rf"""\\{{0,2}}["'](?<=\([ \t]{{0,4}}\\{{0,2}}["'][\w.-]{{1,60}}["']),{_QUOTE_FOLLOWS}"""
_SETTER = rf"(?<=(?:set|with|use|\.|->)_?[A-Za-z_]{{1,40}})\({_QUOTE_FOLLOWS}"
_ANY_WAY = rf"(?:{_ASSIGNED}|{_ELEMENT}|{_BESIDE}|{_ARGUMENT}|{_SETTER})"
_SAID = r"[ \t]{0,3}(?:[是为]|[:=])[ \t]{0,3}"
# Where a name and its value stand side by side: options of commands, lines of a Dockerfile.
_COMMAND = r"(?:(?-i:ENV|ARG|setx|setenv)[ \t]{1,3}|(?<!-)--(?!-))[A-Za-z0-9_-]{0,40}?"

# --- Values -----------------------------------------------------------------------------------

# A key: up to the last character that can end one; a full stop behind it is the sentence's.
_ENDS = "A-Za-z0-9_~+/=@#$%^*-"
_BODY = f"{_ENDS}.!:|"
_QUOTED = r"""[frbuL@]{0,2}\\{0,2}(?P<q>["'`])(?P<value>[^"'`\n\x00\\]{4,128})\\{0,2}(?P=q)"""
_CURLY = r"""[“「](?P<value>[^”」"\n\x00]{4,128})[”」]"""
_NO_WORD = r"""\s"'`<>,;&\\|“”「」，。；、\u3000-\u9fff\x00"""
_WORD = (
    rf"""\\{{0,2}}["'`]?(?P<value>[^(){_NO_WORD}][^{_NO_WORD}]{{3,127}}?)"""
    rf"""(?=[.:?)]?(?:[\s<"'`,;&\\|“”「」，。；、！？）\u3000-\u9fff]|$))"""
)


def _key(shortest: int) -> str:
    opened = r"""(?:[frbuL@]{0,2}\\{0,2}["'`“「])?(?:(?:bearer|token|basic|apikey|oauth) )?"""
    value = rf"(?P<value>[{_BODY}]{{{shortest - 1},1000}}[{_ENDS}])"
    return rf"{opened}{value}(?![{_ENDS}])(?![.!:|][{_ENDS}])(?!\.\.|[\[{{]|\((?![\u4e00-\u9fff]))"


class _Assigned(PatternRecognizer):
    """Patterns that need no more than Presidio's loop; the check stands in the YAML."""

    ENTITY: ClassVar[str] = "API_KEY"
    SCORED: ClassVar[tuple[tuple[str, float], ...]]

    def __init__(self, supported_language: str = "en") -> None:
        patterns = [Pattern("assigned", regex, score) for regex, score in self.SCORED]
        super().__init__(self.ENTITY, patterns=patterns, supported_language=supported_language)


class AssignedKey(_Assigned):
    """A key, token or secret under a name that says so: ``api_key``, ``clientSecret``, 密钥."""

    SCORED = (
        (rf"{_QUALIFIED_KEY}{_ANY_WAY}{_key(8)}{_ELEMENT_ENDS}", 0.85),
        (rf"{_COMMAND}{_QUALIFIED_KEY}[ \t]{{1,3}}{_key(8)}", 0.85),
        (rf"{CHINESE_NAME}{_SAID}{_key(10)}", 0.85),
    )


class AssignedToken(_Assigned):
    """A token or secret under a name that may speak of something else."""

    SCORED = (
        (rf"{_LONE}{_ANY_WAY}{_key(12)}{_ELEMENT_ENDS}", 0.8),
        (rf"{_COMMAND}{_LONE}[ \t]{{1,3}}{_key(12)}", 0.8),
    )


class AssignedOtherKey(_Assigned):
    """A random value under any name that ends in "key"."""

    SCORED = ((rf"{_OTHER_KEY}{_ANY_WAY}{_key(20)}{_ELEMENT_ENDS}", 0.75),)


class AssignedVendorKey(_Assigned):
    """A value under a name with a vendor in it that ends in "key", "token", "secret" or such."""

    SCORED = ((rf"{_VENDOR_KEY}{_ANY_WAY}{_key(10)}{_ELEMENT_ENDS}", 0.85),)


class AssignedQuotedPassword(_Assigned):
    """A password between quotes: even a plain word may be one."""

    ENTITY = "PASSWORD"
    SCORED = (
        (rf"{_PASSWORD}(?:{_ASSIGNED}|{_BESIDE}){_QUOTED}", 0.88),
        (rf"{_PASSWORD}{_ASSIGNED}{_CURLY}", 0.88),
    )


class AssignedPassword(_Assigned):
    """A password without quotes, of an element or in a call: no plain word."""

    ENTITY = "PASSWORD"
    SCORED = (
        (rf"{_PASSWORD}{_ANY_WAY}{_WORD}{_ELEMENT_ENDS}", 0.85),
        (rf"{_COMMAND}{_PASSWORD}[ \t]{{1,3}}{_WORD}", 0.85),
    )

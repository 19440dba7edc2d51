"""Checks that tell a secret from what only stands where a secret could.

Named in the ``check:`` key of the YAML files, like those of :mod:`recognizers.shapes`. Whether
something looks random is asked only where a vendor's prefix, a label or an assignment has already
said that it may be a secret: hashes, identifiers and pictures look random too.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from itertools import pairwise

from recognizers.published import is_published

_LETTERS_AND_DIGITS = 12


def jwt(text: str) -> bool:
    """A JSON Web Token (RFC 7519): its header decodes to a JSON object that names ``alg``."""
    decoded = _decoded_json(text.partition(".")[0])
    return isinstance(decoded, dict) and "alg" in decoded and not is_published(text)


def wrapped_jwt(text: str) -> bool:
    """Base64 of a JSON Web Token."""
    try:
        said = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError:
        return False
    return said.count(".") == _DOTS and said.replace(".", "").isprintable() and jwt(said)


def varied(text: str) -> bool:
    """A random-looking key: no "xxxx…", no "0000…", no run of one character in place of a key.

    Nor is it a sample that its vendor published.
    """
    body = [char for char in text.lower() if char.isalnum()]
    enough = len(set(body)) >= min(8, 2 + len(body) // 4)
    return enough and not _FILLER.search(text) and not is_published(text)


def api_key(text: str) -> bool:
    """A key with a vendor's prefix: random-looking, with a digit, and no chain of words."""
    return any(char.isdecimal() for char in text) and varied(text) and not _wordy(text)


def mixed_key(text: str) -> bool:
    """A bare key: capitals, small letters and digits together, so no hash and no word."""
    return _kinds(text) == len(_KINDS) and varied(text) and not _wordy(text)


def mixed_case_key(text: str) -> bool:
    """A key after a prefix: capitals or digits between small letters, and no chain of words."""
    body = text.rpartition("_")[2]
    return varied(text) and _kinds(body) > 1 and (_kinds(body) > 2 or _shuffled(body))


def mixed_prefixed_key(text: str) -> bool:
    """As :func:`api_key` after a prefix that says little: the rest has digits among letters."""
    body = re.split(r"[-_]", text, maxsplit=1)[-1]
    digits = sum(char.isdecimal() for char in body)
    return digits >= _FEWEST and any(char.isalpha() for char in body) and api_key(text)


def padded_key(text: str) -> bool:
    """A key with a run of "A" in it, as zero bytes look in base64."""
    return api_key(re.sub("A{8,}", "", text))


def basic_credentials(text: str) -> bool:
    """What HTTP's Basic scheme sends (RFC 7617): base64 of ``user:password``."""
    try:
        said = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8")
    except ValueError:
        return False
    user, colon, secret = said.partition(":")
    return (
        bool(colon) and said.isprintable() and bool(user or secret) and not is_placeholder(secret)
    )


def key_material(text: str) -> bool:
    """A value beside the name of a key: random-looking, or a UUID, and no placeholder or code."""
    if len(text) < _SHORTEST_KEY or not varied(text) or not password(text) or _DATED.search(text):
        return False
    letters = any(char.isalpha() for char in text)
    digits = sum(char.isdecimal() for char in text)
    if not letters or not digits:
        return False
    return not _wordy(text) and not _PATH.search(text)


def token(text: str) -> bool:
    """A value beside a lone "token" or "key", which name much else: longer, or more varied.

    Hashes and UUIDs beside "key" are identifiers more often than not.
    """
    if not key_material(text) or _UUID.fullmatch(text):
        return False
    return len(text) >= _LONG or (len(text) >= _LETTERS_AND_DIGITS and _kinds(text) == len(_KINDS))


def session(text: str) -> bool:
    """The value of a session's cookie; a UUID more often counts visits."""
    return token(text) and not _TIMES.search(text)


def named_key(text: str) -> bool:
    """As :func:`token`, and no hash: beside any name that ends in "key"."""
    return len(text) >= _LONG and token(text) and not _HEX.fullmatch(text)


def vendor_key(text: str) -> bool:
    """A value beside a vendor's name with "key", "token" or "secret".

    Vendors hand out numbers and strings of letters too.
    """
    if not varied(text) or is_placeholder(text) or _CODE.search(text) or _PATH.search(text):
        return False
    if text.isdecimal():
        return len(text) >= _LONG_NUMBER
    if any(char.isdecimal() for char in text):
        return not _wordy(text) and not _DATED.search(text)
    if not text.isalpha() or _wordy(text):
        return False
    return len(text) >= _LONG or _shuffled(text)


def password(text: str) -> bool:
    """A value beside the word password that somebody could log in with.

    Placeholders (``${VAR}``, ``<password>``, ``****``, "your-password"), types, code
    expressions and plain words are none.
    """
    if is_placeholder(text) or _CODE.search(text) or text.lower() in _IN_MANUALS:
        return False
    return not text.isalpha() or not (text.islower() or text.istitle() or text.isupper())


def quoted_password(text: str) -> bool:
    """As :func:`password`, but a plain word may be one: somebody put it between quotes.

    The word "password" in another language is none: files of translations have it.
    """
    if is_placeholder(text) or _CODE.search(text) or _SENTENCE.search(text):
        return False
    if _TRANSLATED.search(text) and not any(char.isdecimal() for char in text):
        return False
    return len(text) >= _WORD or not text.isalpha()


def said_password(text: str) -> bool:
    """A value that a sentence calls a password: with a digit or a sign, unlike the words of it."""
    plain = text.replace("-", "").replace("'", "")
    return password(text) and not plain.isalpha() and not _DATED.search(text)


def glued_password(text: str) -> bool:
    """Letters and digits right behind the Chinese word for password."""
    letters = any(char.isalpha() for char in text)
    digits = any(char.isdecimal() for char in text)
    return letters and digits and said_password(text) and not _ALGORITHM.match(text)


def login_hash(text: str) -> bool:
    """A password hash as crypt(3) and its kin write it, with a salt."""
    return varied(text.rpartition("$")[2])


def key_words(text: str) -> bool:
    """A mnemonic phrase (BIP-39): 12 to 24 words, a multiple of three, hardly one twice."""
    words = re.findall(r"[a-z]+|[\u4e00-\u9fff]", text.lower())
    return len(words) in {12, 15, 18, 21, 24} and len(set(words)) >= len(words) - 2


def recovery_codes(text: str) -> bool:
    """Codes, most of them with a digit, rather than words; or a BitLocker recovery password."""
    if _BITLOCKER.fullmatch(text):
        return bitlocker_key(text)
    codes = text.split()
    with_digit = sum(any(char.isdecimal() for char in code) for code in codes)
    return with_digit * 2 > len(codes) and varied(text)


def bitlocker_key(text: str) -> bool:
    """A BitLocker recovery password: eight groups of six digits, each a multiple of 11.

    Source: Microsoft's documentation of BitLocker's numerical recovery passwords.
    """
    groups = [int(group) for group in text.split("-")]
    return all(group % 11 == 0 and group // 11 < 1 << 16 for group in groups)


def credentials_url(text: str) -> bool:
    """A URL whose password is not a placeholder."""
    authority = text.partition("://")[2].rpartition("@")[0]
    secret = authority.partition(":")[2]
    if text.startswith("jdbc:"):
        secret = text.rpartition("@")[0].rpartition("/")[2]
    if not secret or _PLACEHOLDER.search(secret) or _SNAKE.fullmatch(secret):
        return False
    return secret.lower() not in _IN_MANUALS and len(set(secret)) > 1


def _decoded_json(text: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None


def _kinds(text: str) -> int:
    return sum(any(kind(char) for char in text) for kind in _KINDS)


def is_placeholder(text: str) -> bool:
    """What stands where a secret will be: ``${VAR}``, ``<password>``, ``****``, "changeme"."""
    if text.isdecimal() and len(text) >= _WORD:
        return False  # 888888 is what many a new account begins with
    return bool(_PLACEHOLDER.search(text)) or len(set(text)) < _FEWEST


def _wordy(text: str) -> bool:
    """A name made of words: most of its letters follow one another as those of English do."""
    pairs = [one + other for run in _RUN.findall(text) for one, other in pairwise(run.lower())]
    if len(pairs) < _FEWEST_PAIRS:
        return False
    common = sum(pair in _COMMON_PAIRS for pair in pairs)
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdecimal() for char in text)
    if digits * 3 >= letters or len(_SWITCH.findall(text)) * _SWITCHING >= len(text):
        return False
    return common > len(pairs) * _WORDLIKE


def _shuffled(text: str) -> bool:
    """Capitals and small letters follow one another as they do not in names of things."""
    changes = sum(one.isupper() != other.isupper() for one, other in pairwise(text))
    return changes * 4 >= len(text) and not _wordy(text)


_DOTS = 2
_SHORTEST_KEY = 12
_LONG = 20
_LONG_NUMBER = 15
_WORD = 6
_FEWEST = 3
_FEWEST_PAIRS = 10
_WORDLIKE = 0.55
_SWITCHING = 6
_KINDS: tuple[Callable[[str], bool], ...] = (str.isupper, str.islower, str.isdecimal)

# The pairs that make up some two thirds of English text.
_COMMON_PAIRS = frozenset(
    re.findall(
        "..",
        "thheineranrendatonnthaesstenedtoitoueahiisortiasteetngof"
        "aldeselesasiarveraldurmenewabecorollioomlinoceusmadicael"
        "chtalaicripegeeceenaothoemacilssultrwinsaisopoctutloidun"
        "prmoplkeolamadapimopowossheyieexagupabsufouiblcrclgrckay"
        "mpevivizepodtsrsdsqutyrylydadofifefrgagigoirobpartrdrmrn"
        "scspubumviewffttppmmnnccbibobabykiefigokogooocskebtuwova"
        "fuhunkniakavueuaoaipibrkrvrc",
    )
)
_SWITCH = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_RUN = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_BITLOCKER = re.compile(r"(?:[0-9]{6}-){7}[0-9]{6}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_ALGORITHM = re.compile(r"(?i)(?:sha|md|aes|rsa|sm|des|base|ripemd|hmac|pbkdf|utf)[-_]?[0-9]")
_SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_TIMES = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}")
_DATED = re.compile(r"^(?:19|20)[0-9]{2}[-/.](?:0?[1-9]|1[0-2])[-/.]|^v?[0-9]+(?:\.[0-9]+){2}")
_SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{1,20} [A-Za-z]{2,}|[a-z] [a-z]+[.:!]$|%[sd]\b")
_FILLER = re.compile(
    r"(?i)(.)\1{7}|x{6}|1234567890?12345|abcdefghijklmnop|\.{3}|\*{3}|#{3}|your[-_]|example[-_]"
    r"|[-_]here\b|placeholder|redacted"
)
_TRANSLATED = re.compile(
    r"(?i)(?<![^\W_])(?:pass ?w[oö]rd|passwort|kennwort|contraseña|contrasenya|clave|mot de passe|senha"
    r"|palavra-passe|wachtwoord|hasło|heslo|lösenord|adgangskode|passord|salasana|парол[ья]|parola?"
    r"|parole|parool|jelszó|şifre|lozinka|geslo|slaptažodis|lykilorð|mật khẩu|(?:kata )?sandi"
    r"|kata laluan|κωδικός|סיסמה|كلمة المرور)(?![^\W_])|密[码碼]|口令|パスワード|비밀번호|암호|รหัสผ่าน"
)
_IN_MANUALS = frozenset(
    {"pass", "test", "yyy", "xyz", "pwd", "pw", "x", "api_key", "p@ss", "password1", "pass123"}
    | {"user:pass", "user:passwd", "user:password"}
)

_PLACEHOLDER = re.compile(
    r"""(?ix)
    ^[$%\#]?[{(\[<] | [>}\])]$ | ^\$ | ^[%@][A-Z_]+%?$   # ${VAR} <password> {{x}} [secret] %PW%
    | \*{3} | x{4} | \.{2,}$ | \.{3} | … | ^[-_?\#•●]+$ | \$\{ | \{\{ | \$\(
    | ^(?:your|example|sample|dummy|fake|insert|enter|change[-_]?me|change[-_]?it|replace
        |redacted|placeholder|to[-_]?be)(?![a-z0-9])
    | ^(?:your|insert|enter|replace|example|some)[-_ ]?(?:own|api|pass|secret|key|token)
    | (?:password|passwd|secret|token|key)[-_]?here$
    | ^(?:password|passwd|passphrase|secret|token|todo|tbd|none|null|nil|undefined|true|false|required
        |optional|string|str|bytes|text|hidden|masked|empty|placeholder|disabled|enabled
        |object|array|integer|number|boolean)[,;:.)]*$   # JSON Schema's types
    """
)

_CODE = re.compile(
    r"""(?x)
    ^\(|^[A-Za-z_][\w.:>-]*[(\[]      # getenv( os.environ[
    | ^[A-Za-z_]+(?:\??\.[A-Za-z_]+)+[,;)]*$   # settings.password
    | ^[a-z]+(?:_[a-z]+)+[,;)]*$      # db_password
    | ^[A-Z]+(?:_(?:[A-Z]+|[0-9]{1,2}))+[,;)]*$   # DB_PASSWORD_2
    | ^[a-z]+(?:[A-Z][a-z]+)+[,;)]*$  # userPassword
    | ^(?:https?|file)://|^\.{0,2}/(?:[\w.-]+/|$)|^~/
    | ^&|^![a-z]+$|^=|^\\|::|->|=>|&&|\|\|
    """
)

_PATH = re.compile(
    r"^(?:[A-Za-z]:\\|\.{0,2}/[\w.-]+/|[\w.-]+/[\w.-]+\.[a-z]{2,4}$)|^arn:|^[\w-]+\.(?:pem|key|crt|cer|p12|pfx|jks|keytab|json|ya?ml|txt|html?|js|py|java|png|svg|jpe?g|gif|css)$"
)

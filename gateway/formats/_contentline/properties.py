"""What the properties of vCard and iCalendar hold.

Source: RFC 6350 §6 and §10.3, RFC 5545 §3.2 and §3.8, RFC 7986, vCard 2.1 and 3.0 (RFC 2426).
"""

from __future__ import annotations

import re

from gateway.model import Hint

STRUCTURED = {
    "N": ("family name", "given name", "additional name", "prefix", "suffix"),
    "ADR": ("box", "extended address", "street", "city", "region", "postal code", "country"),
    "ORG": ("organisation", "unit", "unit", "unit"),
    "GENDER": ("sex", "gender"),
    "CLIENTPIDMAP": ("number", "source"),
    "REQUEST-STATUS": ("code", "description", "data"),
    "GEO": ("latitude", "longitude"),
}
"""Properties whose value has components between semicolons, and what they are."""

DROPPED_TRACES = frozenset(
    (
        *("REV", "CREATED", "LAST-MODIFIED", "X-GENERATOR", "X-CALENDARSERVER-ACCESS"),
        *("X-MICROSOFT-CDO-OWNERAPPTID", "X-MICROSOFT-CDO-APPT-SEQUENCE", "X-WR-RELCALID"),
        *("X-LIC-LOCATION", "X-MOZ-GENERATION", "X-MOZ-LASTACK", "X-MS-OLK-FORCEINSPECTOROPEN"),
    )
)
"""When and by what an entry was made: nothing needs it."""

NEUTRAL_TRACES = {"DTSTAMP": "19700101T000000Z", "PRODID": "-//-//EN"}
"""The same where iCalendar demands it, and what says nothing (RFC 5545 §3.6.1, §3.7.3)."""

DATES = frozenset(
    (
        *("DTSTART", "DTEND", "DUE", "RECURRENCE-ID", "EXDATE", "RDATE", "COMPLETED", "BDAY"),
        *("ANNIVERSARY", "DEATHDATE", "CREATED", "LAST-MODIFIED", "DTSTAMP", "REV", "ACKNOWLEDGED"),
    )
)
NEEDED_DATES = frozenset({"DTSTART", "DTSTAMP", "RECURRENCE-ID"})
"""Dates that an entry must have (RFC 5545 §3.6.1); another that is edited goes with its line."""

HTML = Hint("", "text/html; charset=utf-8")
"""What a value with ``FMTTYPE=text/html`` holds (Outlook's X-ALT-DESC; RFC 9073 §6.5)."""

DATE = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(T[0-9:]{4,8}(?:\.[0-9]+)?(?:Z|[-+][0-9:]+)?)?"
)
NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")

_SETTLED = frozenset(
    (
        *("BEGIN", "END", "VERSION", "METHOD", "CALSCALE", "CLASS", "STATUS", "TRANSP", "PRIORITY"),
        *("SEQUENCE", "RRULE", "EXRULE", "DURATION", "TRIGGER", "ACTION", "REPEAT", "KIND"),
        *("PERCENT-COMPLETE", "TZOFFSETFROM", "TZOFFSETTO", "PROFILE", "BUSYTYPE", "LANG"),
    )
)
_SETTLED_VALUE = re.compile(
    r"(?!.*(?<![0-9T])[0-9]{9})(?:-?P[0-9TWDHMS]+|[-+]?[0-9]{1,4}(?:\.[0-9]+)?|[A-Za-z]{1,3}"
    r"|FREQ=[A-Z]+(?:;[A-Z]+=[-+A-Z0-9,]+)*|V(?:CARD|CALENDAR|EVENT|TODO|JOURNAL|FREEBUSY|TIMEZONE"
    r"|ALARM|AVAILABILITY)|STANDARD|DAYLIGHT|AVAILABLE|PARTICIPANT|VLOCATION|VRESOURCE|GREGORIAN"
    r"|PUBLIC|PRIVATE|CONFIDENTIAL|PUBLISH|REQUEST|REPLY|ADD|CANCEL|REFRESH|COUNTER|DECLINECOUNTER"
    r"|TENTATIVE|CONFIRMED|CANCELLED|NEEDS-ACTION|COMPLETED|IN-PROCESS|DRAFT|FINAL|OPAQUE|BUSY"
    r"|TRANSPARENT|AUDIO|DISPLAY|EMAIL|PROCEDURE|individual|group|org|location|application)",
    re.IGNORECASE,
)
_SETTLED_PARAMETERS = frozenset(
    (
        *("", "ALTID", "CALSCALE", "CHARSET", "CUTYPE", "ENCODING", "FBTYPE", "FMTTYPE", "INDEX"),
        *("LANGUAGE", "LEVEL", "MEDIATYPE", "PARTSTAT", "PID", "PREF", "RANGE", "RELATED"),
        *("RELTYPE", "ROLE", "RSVP", "TYPE", "VALUE", "DISPLAY", "FEATURE", "SCHEDULE-AGENT"),
        *("SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND", "X-SERVICE-TYPE", "JSCOMPS", "DERIVED"),
    )
)
_SETTLED_PARAMETER = re.compile(
    r"(?!.*[0-9]{7})(?:[a-z0-9.;/+-]{1,40}|[A-Z0-9-]{1,24}"
    r"|Home|Work|Other|Mobile|Main|Quoted-Printable|Base64)"
)
_NAMES = re.compile(
    r"ADR|AGENT|ALTREP|ANNIVERSARY|ATTACH|ATTENDEE|BDAY|CAL(?:ADR)?URI|CAPURI|CATEGORIES|CLIENTPIDMAP"
    r"|COLOR|COMMENT|CONFERENCE|CONTACT|DESCRIPTION|DEATH(?:DATE|PLACE)|BIRTHPLACE|EMAIL|EXPERTISE"
    r"|FBURL|FN|FREEBUSY|GENDER|GEO|HOBBY|IMAGE|IMPP|INTEREST|KEY|LABEL|LOCATION|LOGO|MAILER|MEMBER"
    r"|NAME|NICKNAME|NOTE|ORG(?:ANIZER|-DIRECTORY)?|PHOTO|RELATED(?:-TO)?|REFRESH-INTERVAL"
    r"|REQUEST-STATUS|RESOURCES|ROLE|SORT-STRING|SOUND|SOURCE|STRUCTURED-DATA|STYLED-DESCRIPTION"
    r"|SUMMARY|TEL|TITLE|TZ(?:ID|NAME|URL)?|UID|URL|XML|PARTICIPANT-TYPE|CALENDAR-ADDRESS|N"
    r"|LOCATION-TYPE|RESOURCE-TYPE|DALARM|AALARM|PRODID|CREATED|CONTACT-URI|SOCIALPROFILE|PRONOUNS"
    r"|GRAMGENDER|LANGUAGE"
)
_VENDORS = re.compile(
    r"X-(?:AB|APPLE|ANDROID|MS|MICROSOFT|MOZ|EVOLUTION|GOOGLE|WR|KDE|KADDRESSBOOK|GROUPWISE|LOTUS|LIC"
    r"|ALT|SKYPE|QQ|ICQ|AIM|YAHOO|JABBER|MSN|GTALK|WECHAT|PHONETIC|MAILER|SOCIALPROFILE|MANAGER"
    r"|ASSISTANT|SPOUSE|GENDER|ANNIVERSARY|CALENDARSERVER|PUBLISHED|ENTOURAGE|NOKIA|SIP|CLASS|TZINFO"
    r"|ADDRESSBOOKSERVER|IRMC|MAEMO|SONYERICSSON|SAMSUNG|HTC|HUAWEI|XIAOMI|BB|TWITTER|FACEBOOK)"
    r"(?:-[A-Z-]{1,40})?[A-Z]{0,16}"
)
ADDRESS = re.compile(
    r"(?:mailto|tel|https?|ftp|urn|xmpp|sips?|im|skype|file|geo|ldap):", re.IGNORECASE
)


def is_settled(name: str, value: str) -> bool:
    """Whether a property's value is a word of the standard."""
    return name in _SETTLED and bool(_SETTLED_VALUE.fullmatch(value))


def is_settled_parameter(name: str, value: str) -> bool:
    """Whether a parameter's value is a word of the standard."""
    return name in _SETTLED_PARAMETERS and bool(_SETTLED_PARAMETER.fullmatch(value))


def is_known(name: str) -> bool:
    """Whether a property's name is the standard's or a vendor's."""
    known = _NAMES.fullmatch(name) or _VENDORS.fullmatch(name)
    return bool(known) or name in _SETTLED | DATES | DROPPED_TRACES

"""Forms of address before a name, in the languages of Europe."""

from __future__ import annotations

from presidio_analyzer import Pattern, PatternRecognizer

from recognizers.vocabulary import one_of, words

# With a full stop or without; never the last word of a sentence.
_TITLES = (
    # English
    "Mr Mrs Ms Mx Dr Prof Rev Hon Sr Jr Capt Lt Col Maj Gen Sgt Cpl Cmdr Adm Fr Gov Sen Rep Pres Atty",
    "Esq Messrs Msgr Supt Insp Det Amb",
    # German, Dutch, Nordic
    "Hr Fr Hrn Dipl Ing Mag Univ.Prof Univ-Prof Dipl.-Ing Dhr Mevr Mw Drs Mgr",
    # French, Spanish, Italian, Portuguese
    "Mme Mlle MM Me Sr Sra Srta Dra Sig Sig.ra Dott Dott.ssa Avv Sr.ª Eng Exmo Exma",
)
_WHOLE = (
    "Miss Mister Missus Madam Madame Mademoiselle Monsieur Sir Dame Lord Lady Doctor Professor",
    "Reverend Father Rabbi Imam Captain Lieutenant Colonel Sergeant",
    "Judge Senator Congressman Congresswoman Governor Ambassador President Chancellor",
    "Herr Frau Herrn Fräulein Meneer Mevrouw Señor Señora Señorita Signor Signora Signorina",
    "Senhor Senhora Doña Dona Professeur Maître Dottore Dottoressa",
)
# As words these begin sentences or stand in names of things; they need a stop or an initial.
_NEEDS_STOP = frozenset(
    words("Sr Jr Me MM Fr Hon Rep Gen Col Det Sen Mag Ing Eng Mgr Gov Adm Maj Lt Amb Insp")
)
_UPPER = "MR MRS MS MISS DR PROF SIR MADAM REV"

_NAME = (
    r"(?=[ \t]{1,2}(?:[A-Z][.'’A-Za-zÀ-ÿ]|[À-Þ][a-zß-ÿ]|(?:van|von|de|der|del|di|da|la|le|al|el) ))"
)
_START = r"(?<![0-9A-Za-zÀ-ÿ.@/_-])"


_SHORT = [word for line in _TITLES for word in words(line)]
_ESCAPED = [word.replace(".", r"\.") for word in _SHORT if word not in _NEEDS_STOP]
_STOPPED = [word for word in _SHORT if word in _NEEDS_STOP]
_LONG = [word for line in _WHOLE for word in words(line)]

# Common words that are capitalised behind "Miss", "Judge" … without being a name.
_NO_NAME = r"(?![ \t]{1,2}(?:The|This|That|And|Of|You|Your|Our|It|In|On|At|To|For|Out|Not|A|I|We)(?![A-Za-z'’-]))"

_PATTERNS = (
    (rf"{_START}{one_of(_ESCAPED)}\.?{_NAME}{_NO_NAME}", 0.6),
    (rf"{_START}{one_of(_STOPPED)}\.{_NAME}{_NO_NAME}", 0.6),
    (rf"{_START}{one_of(_LONG)}{_NAME}{_NO_NAME}", 0.55),
    (rf"{_START}{one_of(words(_UPPER))}\.?(?=[ \t]{{1,2}}[A-Z]{{2,}}(?![a-z]))", 0.55),
    # Mr.Smith
    (rf"{_START}(?:Mr|Mrs|Ms|Dr|Prof)\.(?=[A-Z][a-z])", 0.55),
    # A field of its own
    (
        rf"^[ \t]*(?P<value>{one_of(['Mr', 'Mrs', 'Ms', 'Miss', 'Mx', 'Dr', 'Prof', 'Herr', 'Frau'])}\.?)[ \t\r]*$",
        0.3,
    ),
)


class TitleRecognizer(PatternRecognizer):
    """Finds forms of address before names.

    Args:
        supported_language: as for every Presidio recogniser.
    """

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(
            supported_entity="TITLE",
            name="form of address",
            supported_language=supported_language,
            patterns=[Pattern(f"title {place}", *row) for place, row in enumerate(_PATTERNS, 1)],
            context=["title", "salutation", "anrede", "civilité", "称谓", "称呼"],
        )

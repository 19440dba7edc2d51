"""Nationalities, ethnic groups, religions and political groups, in English and Chinese.

Sources: ISO 3166 (countries) with their English adjectives and nouns for people; the 56 ethnic
groups of GB/T 3304; the parties of China's consultative conference.
"""

from __future__ import annotations

from presidio_analyzer import Pattern, PatternRecognizer

from recognizers.vocabulary import words

_NATIONS = words(
    """
    Afghan Albanian Algerian American Andorran Angolan Argentine Argentinian Armenian Australian
    Austrian Azerbaijani Azeri Bahamian Bahraini Bangladeshi Barbadian Belarusian Belgian Belizean
    Beninese Bermudian Bhutanese Bolivian Bosnian Botswanan Brazilian British Bruneian Bulgarian
    Burkinabe Burmese Burundian Cambodian Cameroonian Canadian Chadian Chilean Chinese Colombian
    Comorian Congolese Croatian Cuban Cypriot Czech Danish Djiboutian Dominican Dutch Ecuadorian
    Ecuadorean Egyptian Emirati English Eritrean Estonian Ethiopian Fijian Filipino Filipina Finnish
    French Gabonese Gambian Georgian German Ghanaian Greek Grenadian Guatemalan Guinean Guyanese
    Haitian Honduran Hungarian Icelandic Indian Indonesian Iranian Iraqi Irish Israeli Italian
    Ivorian Jamaican Japanese Jordanian Kazakh Kenyan Kosovar Kuwaiti Kyrgyz Laotian Latvian Lebanese
    Liberian Libyan Lithuanian Macedonian Malagasy Malawian Malaysian Maldivian Malian Maltese
    Mauritanian Mauritian Mexican Micronesian Moldovan Mongolian Montenegrin Moroccan Mozambican
    Namibian Nepalese Nepali Nicaraguan Nigerian Nigerien Norwegian Omani Pakistani Palestinian
    Panamanian Paraguayan Peruvian Polish Portuguese Qatari Romanian Russian Rwandan Salvadoran Samoan
    Saudi Scottish Senegalese Serbian Singaporean Slovak Slovakian Slovene Slovenian Somali Spanish
    Sudanese Surinamese Swedish Swiss Syrian Taiwanese Tajik Tanzanian Thai Tibetan Togolese Tongan
    Tunisian Turkish Turkmen Ugandan Ukrainian Uruguayan Uyghur Uzbek Venezuelan Vietnamese Welsh
    Yemeni Yemenite Zambian Zimbabwean
    Hispanic Latino Latina Latinx Asian African European Caucasian Scandinavian Kurdish
    Arab Arabic Persian Basque Catalan Cornish Flemish Breton Cherokee Navajo Māori Maori Inuit
    Hawaiian Texan Californian
    """
)
_TWO_WORDS = (
    "African[ -]American|Asian[ -]American|Native American|South African|South Korean|North Korean"
    "|New Zealander|Sri Lankan|Saudi Arabian|Costa Rican|Puerto Rican|Hong Konger|Sierra Leonean"
    "|East Timorese|Papua New Guinean|Equatorial Guinean|Cape Verdean|Korean"
)
_PEOPLE = words(
    """
    Swedes Danes Finns Poles Spaniard Spaniards Turks Briton Britons Brits Scots Scotsman Scotswoman Irishman Irishmen Irishwoman Englishman Englishmen
    Englishwoman Englishwomen Frenchman Frenchmen Frenchwoman Frenchwomen Dutchman Dutchmen Dutchwoman
    Welshman Welshmen Welshwoman Serbs Croats Icelander Icelanders Netherlander Netherlanders
    Luxembourger Luxembourgers Liechtensteiner Monégasque Afrikaner Aussie Aussies Arabs Kurds
    Slovaks Czechs Greeks Thais
    """
)
# First names too; they need an article.
_AFTER_ARTICLE = "Swede|Dane|Finn|Pole|Turk|Brit|Scot|Kurd|Serb|Croat|Czech|Slovak|Kiwi"
_BELIEFS = words(
    """
    Christians Catholic Catholics Protestant Protestants Lutheran Lutherans Anglican Anglicans
    Baptist Baptists Methodist Methodists Presbyterian Presbyterians Evangelical Evangelicals Pentecostal
    Mormon Mormons Orthodox Quaker Quakers Mennonite Mennonites Amish Jew Jews Jewish Muslim Muslims
    Moslem Sunni Sunnis Shia Shiite Shiites Sufi Hindu Hindus Sikh Sikhs Buddhist Buddhists Jain
    Jains Taoist Taoists Daoist Confucian Zoroastrian Zoroastrians Baháʼí Bahai Shinto Scientologist
    Unitarian Calvinist Atheist Agnostic Rastafarian Wiccan Pagan Judaism Christianity Catholicism Islam
    Buddhism Hinduism Sikhism Protestantism Taoism Jainism Zoroastrianism Shintoism
    """
)
_PARTIES = words(
    """
    Republican Republicans Democrat Democrats Democratic Tory Tories Libertarian Libertarians Communist
    Communists Socialist Socialists Marxist Marxists Leninist Maoist Trotskyist Zionist Zionists
    Fascist Nazi Nazis Stalinist Islamist Islamists Bolshevik Labourite Whig Peronist Gaullist
    """
)

# What follows makes it a language, a dish, an animal or a name of something else.
_THING = (
    r"(?![ -](?:fr(?:y|ies)|toast|press|doors?|windows?|kiss|horn|bread|bulldog|Open|Riviera|Revolution"
    r"|cheese|[Aa]rmy|chard|franc|[Rr]oulette|dolls?|dressing|salad|delight|[Ss]hepherds?|measles"
    r"|past(?:ry|ries)|oven|auction|[Cc]ourage|elm|[Nn]ew [Yy]ear|[Zz]odiac|checkers|cabbage|wall"
    r"|Express|Airlines|Airways|Eagle|Idol|Dream|Samoa|Channel|Language|Wikipedia|breakfast|muffin"
    r"|Ocean|Gulf|flu|omelette|numerals?|whisk(?:e?y)|setter|stew|wolfhound|terrier|corgi|rarebit"
    r"|[Ll]anguages?|[Tt]ranslat|[Vv]ersions?|[Ss]ubtitles?|[Ss]peaking|[Kk]eyboard|alphabet"
    r"|(?:and|or) [A-Z][a-z]{3,12} (?:[Ll]anguage|[Vv]ersion|[Tt]ext)|[Gg]rammar|characters?|[Ll]etters?|[Dd]ictionar|Standard|[Cc]uisine|food|restaurants?"
    r"|[Mm]edal|[Tt]ext|script|words?|class(?:es)?|lessons?|Wikisource|[Cc]orpus|coffee|tea|wine"
    r"|beer|Stock|Union|Commission|Parliament|Court|Central Bank|Telecom|Broadcasting|Museum"
    r"|Standards|Petroleum|Columbia|Library|Virgin|Leyland|Accountant|Dental|Bar Association"
    r"|West Indies|Association for|Institute of|National Standards)(?![a-z]))"
)
_NO_CODE = r"(?![\"'`=_(<\[{}/\\@#*]|[.:](?=[A-Za-z0-9_])|[ \t]*(?:=|:=|->|\(\")|s?_|-[0-9])"
_START = (
    r"(?<![0-9A-Za-zÀ-ÿ_.\"'`/\\<>\[{=#@-])"
    r"(?<![Ss]peak )(?<!peaks )(?<!peaking )(?<!spoke )(?<!spoken )(?<!fluent in )(?<!luency in )"
    r"(?<!ritten in )(?<!anguage: )(?<!anguage )(?<!ranslated from )(?<!ranslate from )(?<!ranslates from )(?<!earn )(?<!earning )"
    r"(?<!tudy )(?<![Ii]n )(?<!aught )(?<!语言:)(?<!语言: )(?<!lain )(?<!into )"
)
_END = r"(?![0-9A-Za-zÀ-ÿ_])"

_ZH_GROUPS = (
    "汉族|漢族|蒙古族|回族|藏族|维吾尔族|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族"
    "|哈萨克族|傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族(?![馆箱])|东乡族|纳西族|景颇族|柯尔克孜族|土族"
    "|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|阿昌族|普米族|塔吉克族|怒族|乌孜别克族|俄罗斯族"
    "|鄂温克族|德昂族|保安族|裕固族|京族|塔塔尔族|独龙族|鄂伦春族|赫哲族|门巴族|珞巴族|基诺族"
)
_ZH_BELIEFS = (
    "(?:佛教|道教|基督教|天主教|东正教|伊斯兰教|犹太教|印度教|喇嘛教|摩门教)(?:徒|信徒|信众)?"
    "|基督徒|穆斯林|新教徒"
)
_ZH_PARTIES = (
    "中共(?:预备)?党员|共产党员|预备党员|中共党员|共青团员|无党派人士|民革党员|民盟盟员|民建会员|民进会员|农工党党员"
    "|致公党党员|九三学社社员|台盟盟员|国民党员|民进党员|民主党人|共和党人|工党议员|保守党人"
)
_ZH_COUNTRIES = (
    "中国|美国|英国|法国|德国|俄罗斯|日本|韩国|朝鲜|印度尼西亚|印尼|印度|越南|泰国|缅甸|老挝|柬埔寨|菲律宾"
    "|马来西亚|新加坡|蒙古|巴基斯坦|孟加拉|尼泊尔|斯里兰卡|伊朗|伊拉克|叙利亚|土耳其|以色列|沙特|阿富汗|埃及"
    "|南非|尼日利亚|肯尼亚|埃塞俄比亚|摩洛哥|意大利|西班牙|葡萄牙|荷兰|比利时|瑞士|瑞典|挪威|丹麦|芬兰|冰岛"
    "|爱尔兰|波兰|捷克|匈牙利|奥地利|希腊|罗马尼亚|保加利亚|乌克兰|白俄罗斯|哈萨克斯坦|乌兹别克斯坦|加拿大|墨西哥"
    "|巴西|阿根廷|智利|秘鲁|哥伦比亚|古巴|澳大利亚|新西兰"
)

_PATTERNS = (
    (rf"{_START}(?:{_TWO_WORDS}|{'|'.join(_NATIONS)})s?{_END}{_THING}{_NO_CODE}", 0.55),
    (rf"{_START}(?:{'|'.join([*_PEOPLE, *_BELIEFS, *_PARTIES])}){_END}{_THING}{_NO_CODE}", 0.55),
    (rf"{_START}(?:Christian{_END}(?! [A-Z])|Islamic{_END}(?! State)){_NO_CODE}", 0.55),
    (
        rf"(?<=(?<![A-Za-z])(?:[Aa]|[Tt]he|young|old|every) )(?:{_AFTER_ARTICLE}){_END}{_NO_CODE}",
        0.55,
    ),
    (rf"(?:{_ZH_GROUPS})(?!自治|[乡镇村]|文化|医药|风情)", 0.6),
    (rf"(?:{_ZH_BELIEFS})(?!协会|協會|大学|学院|青年会)", 0.6),
    (_ZH_PARTIES, 0.6),
    (
        rf"(?:{_ZH_COUNTRIES})(?:籍(?!贯)|公民|国籍|人(?![民寿大才口均力权间类工造文物事性道士员]))",
        0.55,
    ),
    (rf"(?:国籍|國籍)(?:为|是)? ?[:=]? ?(?P<value>(?:{_ZH_COUNTRIES})(?:国籍)?)", 0.65),
    (
        r"政治面貌(?:为|是)? ?[:=]? ?(?P<value>(?:群众|党员|团员|中共党员|共青团员|民主党派|无党派))",
        0.65,
    ),
    (
        r"(?:[Nn]ationality|NATIONALITY|[Cc]itizenship|[Ee]thnicity|[Rr]eligion|[Rr]ace|[Cc]itizen of"
        r"|[Pp]olitical (?:affiliation|party))[\"']? ?[:=] ?[\"']?(?P<value>[A-Z][A-Za-zÀ-ÿ]{2,20}"
        r"(?: [A-Z][A-Za-z]{2,20})?)",
        0.65,
    ),
)


class GroupRecognizer(PatternRecognizer):
    """Finds words that say which nation, people, religion or party somebody belongs to.

    Args:
        supported_language: as for every Presidio recogniser.
    """

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(
            supported_entity="NRP",
            name="nationality, religion or party",
            supported_language=supported_language,
            patterns=[Pattern(f"group {place}", *row) for place, row in enumerate(_PATTERNS, 1)],
        )

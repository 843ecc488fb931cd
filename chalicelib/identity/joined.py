"""Two people's names of which what means `and` is written to one, in scripts that do so. Pure."""

import re

from chalicelib.identity.scripts import way_of_writing, written

WITH_WAW = frozenset(
    written(
        "واثق وائل واجد واحد وارث واصف واصل وافي والد والي وتين وثيق وجاهت وجد وجدان وجدي وجنات وجيه وجيهة "
        "وحيد وحيدة وداد وديان وديع وديعة ورد وردة وردي وردية ورقاء ورود وريد وريف وزير وزان وسام وسن وسيلة "
        "وسيم وسيمة وصال وصفي وصفية وصيف وضاح وضحة وضحى وطفة وعد وفاء وفا وفائي وفيق وفيقة وقار وقاص وكيع "
        "وكيل ولاء ولد ولي وليد وليدة ونس ونوس ونيس ونيسة وهاب وهبة وهبي وهبان وهدان وهيب وهيبة وئام ويس "
        "ويلسون وليام ويليام"
    ).split()
)
"""Arabic, Persian and Urdu names that begin with the letter that also means `and`."""
WITH_VAV = frozenset(
    written(
        "ואדים ואלרי ואן וגנר ודים וולטר וולף וולך וונדי ויאצ'סלב ויגודה ויויאן ויולה ויולט ויטה ויטלי ויין "
        "וייל וייס וייסמן וילהלם וילי ויליאם וילמה וילנר וילנאי וילסון וינברג וינגרטן וינר וינשטיין וינשטוק "
        "וינוגרד ויס ויסמן ויסלר ויסברג ויסוצקי ויקטור ויקטוריה ויקי ויקה ויצמן וירג'יניה ולדימיר ולדיסלב "
        "ולטר ולנטין ולנטינה ולנסי ולרי ולריה ונוס ונונו ונטורה ונסה וסילי וסרמן וענונו ופנר וקנין וקס וקסמן "
        "וקסלר ורבורג ורבין ורד ורדה ורדי ורדימון ורדית ורוניקה ורה ורטהיימר ורנר ורשבסקי ורשאי"
    ).split()
)
"""Hebrew first and family names that begin with it."""
SHORTEST = 3
"""Letters of a name behind it: with fewer it is a name that the lists lack."""
IN_KATAKANA = re.compile(r"[ァ-ヺー\u4e00-\u9fff]\s?と\s?[ァ-ヺ]|[ァ-ヺー]\s?と\s?[ァ-ヺ\u4e00-\u9fff]")
IN_THAI = re.compile(r"[ก-๛]{3}และ[ก-๛]{3}")
IN_HANGUL = re.compile(r"([가-힣])(와|과|하고)\s+[가-힣]{2}")
JAPANESE_IN_HANGUL = re.compile(r"[가카자사이미]와\s")
"""`하세가와 유키` is one Japanese; such family names end like that."""
IN_HAN = re.compile(r"([\u4e00-\u9fff]{1,4})[和与與及跟]([\u4e00-\u9fff]{1,4})")
JAPANESE_ENDS = frozenset("子郎夫雄男美代江枝恵香奈彦也人生志実樹広明")
"""What Japanese names end in that have the sign for `and` in them: `美和子`, `与志夫`."""
SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭萧田董袁潘于蒋蔣蔡余杜叶葉程苏"
    "蘇魏吕呂丁任沈姚卢盧姜崔钟鐘谭譚陆陸汪范范石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴"
)
"""The Chinese family names that nine in ten have."""


def are_joined(text: str, scripts: frozenset[str], *, is_whole: bool) -> bool:
    """Whether a name in these scripts is two people's. `is_whole` where family names may stand in it."""
    return (
        ("ARABIC" in scripts and _begins_one("و", text, WITH_WAW))
        or ("HEBREW" in scripts and _begins_one("ו", text, WITH_VAV))
        or ("KANA" in scripts and bool(IN_KATAKANA.search(text)))
        or ("THAI" in scripts and bool(IN_THAI.search(text)))
        or ("HANGUL" in scripts and _are_two_in_hangul(text))
        or (scripts == {"HAN"} and _are_two_in_han("".join(text.split()), is_whole=is_whole))
    )


def _begins_one(letter: str, text: str, names: frozenset[str]) -> bool:
    """Whether a word behind the first begins with it and is no name that does."""
    words = written(text).split()[1:]
    return any(word[0] == letter and word not in names and len(word) > SHORTEST for word in words)


def _are_two_in_hangul(text: str) -> bool:
    """와 stands behind a vowel, 과 behind a consonant."""
    found = IN_HANGUL.search(text)
    if not found or JAPANESE_IN_HANGUL.search(text):
        return False
    is_open = (ord(found[1]) - ord("가")) % 28 == 0
    return found[2] == "하고" or is_open is (found[2] == "와")


def _are_two_in_han(text: str, *, is_whole: bool) -> bool:
    """Chinese given names have one character or two, with a family name before them two or three."""
    found = IN_HAN.fullmatch(text)
    if not found or text[-1] in JAPANESE_ENDS:
        return False
    one, other = found.groups()
    if is_whole:
        return min(len(one), len(other)) > 1 and {one[0], other[0]} <= SURNAMES
    return len(one) == len(other) and (len(one) > 1 or way_of_writing(one + other) == "simplified")

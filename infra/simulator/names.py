"""Given and family names by language and script, and the ways in which a reception may spell one of them."""

import random
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class NameTable:
    """Names of one language; `native|latin` where the Latin form is the one that a plain transliteration gives."""

    given: tuple[str, ...]
    family: tuple[str, ...]


def _table(given: str, family: str) -> NameTable:
    return NameTable(tuple(given.split()), tuple(name.replace("_", " ") for name in family.split()))


TABLES: dict[str, NameTable] = {
    "pt": _table(
        "João Inês Rui Mariana Tiago Beatriz Nuno Catarina Gonçalo Sofia Francisco Leonor Vasco Joana Duarte Matilde",
        "Silva Conceição Ferreira Magalhães Rodrigues Simões Guimarães Carvalho Antunes Brandão Figueiredo Teixeira "
        "Mendonça Assunção Vasconcelos Serrão",
    ),
    "es": _table(
        "José Lucía Álvaro Carmen Íñigo Pilar Andrés Nuria Javier Elena Ramón Teresa Óscar Begoña Hugo Martina",
        "García Fernández Núñez Jiménez Muñoz Ibáñez Domínguez Ortega Vázquez Herrero Castaño Peña Gutiérrez Calvo",
    ),
    "en": _table(
        "Robert Emily William Grace Oliver Charlotte Edward Hannah George Victoria Henry Lucy Samuel Fiona Patrick",
        "Smithson Walker Bennett Hughes O'Connor Campbell Turner Whitfield Hargreaves Marlow Kensington Prescott "
        "Donovan Ashworth Fletcher Winslow",
    ),
    "fr": _table(
        "Hélène François Amélie Étienne Chloé Rémi Noémie Gérard Sylvie Benoît Margaux Thibault Céline Loïc",
        "Lefèvre Béranger Dubois Gauthier Mercier Fournier Chevalier Desprès Lemaître Rousseau Bonnet Vaillant",
    ),
    "de": _table(
        "Jürgen Käthe Stefan Björn Ulrike Günther Heike Markus Sabine Florian Renate Tobias Dörte Wolfgang",
        "Müller Schäfer Köhler Weiß Krüger Vogel Jäger Schröder Lindner Böhm Haas Würth Brandt Pfeiffer",
    ),
    "it": _table(
        "Mario Maria Giuseppe Chiara Niccolò Francesca Lorenzo Giulia Matteo Silvia Davide Elisa Tommaso Bianca",
        "Rossi Esposito Colombo Ricci Marchetti Fontana Lombardi Barbieri Galli Rinaldi Caruso Ferrara Vitale Bellini",
    ),
    "nl": _table(
        "Daan Sanne Bram Lotte Joost Femke Ruben Anouk Sjoerd Marloes Willem Roos Pieter Eline",
        "de_Vries van_Dijk Jansen Bakker Visser van_den_Berg Mulder Kuipers Hoekstra Verhoeven Dekker Postma",
    ),
    "pl": _table(
        "Paweł Małgorzata Tomasz Agnieszka Łukasz Zofia Krzysztof Kinga Michał Joanna Wojciech Halina",
        "Kowalczyk Wiśniewska Wójcik Zieliński Dąbrowska Szymański Woźniak Kozłowska Jabłoński Krawczyk Górska Pawlak",
    ),
    "ru": _table(
        "Иван|Ivan Ольга|Olga Сергей|Sergey Елена|Elena Виктор|Viktor Марина|Marina Никита|Nikita Анна|Anna",
        "Петров|Petrov Смирнов|Smirnov Козлов|Kozlov Волков|Volkov Лебедев|Lebedev Морозов|Morozov Попов|Popov",
    ),
    "el": _table(
        "Νίκος|Nikos Ελένη|Eleni Κώστας|Kostas Δήμητρα|Dimitra Γιάννης|Giannis Μαρία|Maria Σταμάτης|Stamatis",
        "Παπαδάκης|Papadakis Βλάσσης|Vlassis Καλλέργης|Kallergis Δράκος|Drakos Σταθάκης|Stathakis Μανίκας|Manikas",
    ),
    "zh": _table(
        "伟|Wei 芳|Fang 敏|Min 静|Jing 小明|Xiaoming 建国|Jianguo 秀英|Xiuying",
        "王|Wang 李|Li 张|Zhang 刘|Liu 陈|Chen 杨|Yang",
    ),
    "ja": _table("太郎 花子 健一 美咲 翔太 陽子 直樹", "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本"),
    "ko": _table("민준 서연 지훈 수빈 현우 예은", "김 박 최 정 강 윤"),
    "ar": _table("محمد فاطمة حسن ليلى يوسف مريم طارق عبدالله", "الحسيني بنجلون المنصوري الفاسي القاسمي العلوي"),
    "he": _table("דוד שרה יוסף רחל משה מרים", "כהן לוי מזרחי פרידמן ביטון שפירא"),
    "tr": _table("Ayşe Mehmet Gülay Çağlar Emre Zeynep Şule", "Yılmaz Öztürk Şahin Çelik Doğan Koç Aydın"),
    "sv": _table(
        "Åsa Lars Ingrid Östen Märta Gunnar Sigrid", "Lindström Sjöberg Åkesson Bergqvist Nordin Hedlund Söder"
    ),
    "cs": _table("Jiří Tereza Zdeněk Eliška Ondřej Kateřina", "Dvořák Černý Procházka Kučera Veselý Horák Němec"),
}

MIDDLE = {"pt": "Teresa", "es": "Isabel", "en": "Rose", "fr": "Odile", "de": "Luise", "it": "Rita"}
SECOND_FAMILY = {"pt": "Azevedo", "es": "Zaragoza"}
NICKNAMES = {
    "Robert": "Bob", "William": "Bill", "Edward": "Ted", "Victoria": "Tori", "Francisco": "Chico", "José": "Pepe",
    "Giuseppe": "Beppe", "Francesca": "Kika", "Wolfgang": "Wolle", "Margaux": "Gogo",
}  # fmt: skip
APART = {
    "민준": "민 준", "서연": "서-연", "지훈": "지 훈", "小明": "小 明", "建国": "建 国",
    "太郎": "太 郎", "美咲": "美 咲", "عبدالله": "عبد الله", "Xiaoming": "Xiao-ming", "Jianguo": "Jian Guo",
}  # fmt: skip
"""Names that some write in two parts."""
_STROKES = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ı": "i", "ø": "o", "Ø": "O"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_NEIGHBOUR_KEY = {"r": "t", "t": "r", "n": "m", "m": "n", "s": "d", "d": "s", "l": "k", "k": "l", "v": "b", "z": "x"}


@dataclass(frozen=True)
class Name:
    """One person's name as its owner writes it, and its Latin form where one is sure."""

    given: str
    family: str
    latin: tuple[str, str] | None
    language: str

    def folded(self) -> tuple[str, str]:
        """The Latin form without any diacritic; for scripts without one, the name itself."""
        given, family = self.latin or (self.given, self.family)
        return plain(given), plain(family)


def pick_name(rng: random.Random, language: str) -> Name:
    """Any name of the language."""
    table = TABLES.get(language, TABLES["en"])
    return named(rng.choice(table.given), rng.choice(table.family), language)


def family_entry(name: Name) -> str:
    """The table's entry of a name's family, for inventing a relative."""
    entries = TABLES.get(name.language, TABLES["en"]).family
    return next(entry for entry in entries if entry.split("|")[0] == name.family)


def named(given: str, family: str, language: str) -> Name:
    """The name made of two entries of a language's table."""
    native_given, _, latin_given = given.partition("|")
    native_family, _, latin_family = family.partition("|")
    latin: tuple[str, str] | None = (latin_given, latin_family) if latin_given else (native_given, native_family)
    return Name(native_given, native_family, latin if plain("".join(latin or ())).isascii() else None, language)


def plain(text: str) -> str:
    """The text without diacritics and strokes."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_STROKES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def respellings(name: Name) -> list[tuple[str, str]]:
    """Other spellings that every careful reader takes for the same name."""
    given, family = name.folded()
    spellings = [(name.family, name.given)]
    if (given + family).isascii():
        spellings += [(given, family), (given.upper(), family.upper())]
    if name.language == "de":
        spellings.append((name.given.translate(_GERMAN), name.family.translate(_GERMAN)))
    spellings += [
        (APART[form], surname) for form, surname in ((name.given, name.family), (given, family)) if form in APART
    ]
    return [spelling for spelling in spellings if spelling != (name.given, name.family)]


def mistyped(name: Name) -> tuple[str, str] | None:
    """The name with one wrong letter in the family name, or None where no such slip is sure to differ."""
    given, family = name.given, plain(name.family)
    if name.latin is None or name.latin != (name.given, name.family):
        return None
    for place, letter in enumerate(family):
        if place > 0 and letter in _NEIGHBOUR_KEY:
            return given, family[:place] + _NEIGHBOUR_KEY[letter] + family[place + 1 :]
    return None

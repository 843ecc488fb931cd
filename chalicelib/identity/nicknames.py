"""Short forms of given names that are names of their own, as hotels meet them. Pure.

Each line is one name with what its bearers are also called, in the spelling of `names.words_of`. Only what people
write in forms and sign mails with: pet names of the family are left out, and so are short forms that several
different names share with too little in common (`Sam` is in, for Samuel and Samantha: the rest of the record decides).
"""

from functools import cache

from chalicelib.identity.names import Words

KNOWN_AS = """
alexander alex sasha alexandre aleksandr alexandros alejandro alessandro xander sandro
alexandra alex sasha sandra alejandra alessandra aleksandra
andreas andrew andy drew andre andrea andrei andres
anastasia nastya natasa tasia
anna ann anne annie anya ania hanna hannah
antonia toni tonia
anthony tony antonio antonios anton antoine toni adonis
benjamin ben benji
barbara barb babs barbel
catherine cathy kate katie kathy katherine kathryn katharina catharina katarina ekaterina aikaterini katerina caterina
charles charlie chuck karl carl carlos carlo charly
christian chris christiaan
christina chris tina christine kristina cristina
christopher chris kit christoph christophe cristobal christoforos
daniel dan danny daniil danilo
david dave davide
deborah deb debbie debora
dimitrios dimitris mitsos jimmy dimitri dmitri dmitry dima
dorothea dora dorothy dot dottie
edward ed eddie ted ned eduard eduardo edoardo
eleni elena helena helen helene lena nelly ellen
elizabeth liz lizzie beth betty bess eliza elisabeth lisa elise isabel elisabetta elisavet
emmanuel manolis manos manuel emanuel
evangelia eva evi litsa
evangelos vangelis angelos
francis frank francesco francisco franz francois fran paco pancho
frederick fred freddie freddy friedrich fritz federico
gabriel gabe
george giorgos georg jorge giorgio georges yorgos georgios jorg juergen jurgen
gerald gerry jerry
gregory greg grigoris grigorios gregor
harold harry hal
henry harry hank heinrich henri enrique enrico heinz
ioannis yannis giannis john
jacob jake jakob jacobo iakovos
james jim jimmy jamie jaime giacomo
janet jan
jennifer jen jenny
jessica jess jessie
john johnny jack jon johann johannes hans jean juan ivan giovanni joao
jonathan jon john
joseph joe joey josef jose giuseppe pepe iosif
joshua josh
judith judy
konstantinos kostas costas constantine dinos kostis
larisa lara
lawrence larry laurence lorenz lorenzo
leonard leo len leonardo
louis lou luis ludwig lewis luigi
margaret maggie meg peggy margarita margarete gretel greta marguerite margherita margarethe rita
maria marie mary mari marija maryam
martin marty martino
matthew matt matthias mateo matteo matthieu
michael mike mick mikey mischa mikhail misha miguel michel michele mihail michalis michail
natalia natalie natasha nathalie
nathaniel nate nathan
nicholas nick nicky nico nicolas nikolaos nikos nikolai kolya niklas klaus nicola
nicole nicky nicola
oliver ollie olivier
olga olya
pamela pam
panagiotis panos takis
patricia pat patty trish tricia
patrick pat paddy patrizio
paul pablo paolo pavlos pavel
peter pete pedro pietro pierre petros pyotr piotr
philip phil philippe filip felipe filippo felippos philipp
raymond ray raimund ramon
rebecca becky bec
richard rick dick rich ricky ricardo riccardo
robert bob rob bobby robbie bert roberto
ronald ron ronnie
rudolf rudi rodolfo
samantha sam
samuel sam sammy
sebastian seb basti sebastiano
sergey sergei serge sergio seryozha
sofia sophie sophia sonja sonia
spyridon spyros
stavros stavroula
stephen steve steven stefan stephan stefano esteban etienne stefanos stephanos
stephanie steph stefanie stefania
susan sue susie suzanne susanne susanna
svetlana sveta lana
tatiana tanya tania
theodore ted teddy theo theodoros theodor teodoro
thomas tom tommy tomas tommaso
timothy tim timmy timotheus
ulrich uli
valentina valya
vasilios vasilis bill vassilis basil
veronica vera ronnie veronika
victor vic viktor vittorio
victoria vicky tori vickie viktoria vittoria
vladimir vova volodya wladimir
walter walt wally
wilhelm willi willy
william will bill billy willie liam guillermo guillaume guglielmo
xiaoming ming
yekaterina katya
zachary zach zack
armen armenak
hovhannes hovik hovo
gevorg gevo
hayk hayko
karapet karo
tigran tiko
abdullah abdulla abdallah
mohammed muhammad mohamed mohamad mohammad mehmet muhammed
yusuf youssef yousef josef
ibrahim abraham
fatima fatma fatemeh
""".strip().splitlines()


def are_short_for_one(one: Words, other: Words) -> bool:
    """Whether two first given names are forms of one name."""
    return bool(one and other) and not _names(one[0]).isdisjoint(_names(other[0]))


def forms_of(word: str) -> set[str]:
    """All by which who has this given name may be called."""
    return {other for at in _names(word) for other in KNOWN_AS[at].split()}


def one_form_of(word: str) -> str:
    """One name for all by which who has this given name may be called, so that forms compare as texts do; of what is
    short for several names the last one's."""
    return KNOWN_AS[max(_names(word))].split()[0] if _names(word) else word


def _names(word: str) -> frozenset[int]:
    return _lines().get(word, frozenset())


@cache
def _lines() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for at, line in enumerate(KNOWN_AS):
        for word in line.split():
            found.setdefault(word, set()).add(at)
    return {word: frozenset(lines) for word, lines in found.items()}

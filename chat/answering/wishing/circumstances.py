"""Circumstances: whose a person is and where one is met, which tell a wish from a question on a product."""

import re
from collections.abc import Sequence

from chat.answering.saying import COMMA


def listed(words: str) -> frozenset[str]:
    """Return the words of a list that is written as one text."""
    return frozenset(words.split())


# In front of a person: one of the customer's own, whom we cannot pass anybody to.
OWN = listed(
    "my our mein meine meinen meinem meiner unser unsere unseren unserem unserer mi mis nuestro nuestra "
    "nuestros nuestras mon ma mes notre nos mio mia miei mie nostro nostra nostri meu minha meus minhas "
    "nosso nossa nossos mijn onze ons moj moja moim moimi mojej nasz naszym naszymi мой моим моими моей наш "
    "нашим нашими моім нашім min mitt mina vart vara mine vores vare muj mym mou nasim nasimi"
)
# Behind a person, in languages that put it there.
_OWN_BEHIND = listed("saya kami kita μου μας meu mea mei mele nostru noastra nostri שלי שלנו")
# Anybody, unless they are "real people" or "one of your people".
_MANY = listed("people menschen kollegen orang")
_CERTAIN = listed(
    "real actual live living human right your the einem einen einer echten richtigen lebenden ihrem ihren "
    "ihrer eurem euren deinen dem den seorang"
)
# Whom customers also meet elsewhere: no wish where it is asked how they are reached.
ELSEWHERE = listed(
    "manager supervisor staff employee colleague chef vorgesetzten kollegen encargado responsable менеджером "
    "сотрудником staf"
)
HOW = listed(
    "how where what which who why wie wo hoe waar como donde comment come dove onde jak gdzie nasil nerede "
    "как где як كيف اين hur hvordan πως cum miten kuinka hogyan bagaimana gimana איך"
)
_THINGS = (
    r"(?:apps?|appen|applica\w*|aplica\w*|aplikac\w*|aplikas\w*|anwendung\w*|приложени\w*|застосун\w*|"
    r"додат\w*|تطبيق\w*|التطبيق|εφαρμογ\w*|ung dung|jira|slack|zoom|discord|telegram|dashboard\w*|plugin|"
    r"software\w*|program\w*|crm|messenger|features?|functions?|games?|gaming|spiel\w*|spel|juego\w*|jeux?|"
    r"giochi|gioco|jogos?|игр\w*|languages|sprachen|idiomas|langues|lingue|linguas|talen|jezykach|языках|"
    r"translator|ubersetzer\w*|traductor|traducteur|traduttore|tradutor|vertaler|tlumacz\w*|переводчик\w*|"
    r"intercom|interfono|citofono|gegensprech\w*|headset\w*|bluetooth|doorbell\w*|klingel\w*|turklingel\w*|"
    r"cameras?|kamera\w*|walkie|channels?|kanal\w*|workspace|inbox|widget\w*|console|servers?|forums?)\b"
)
_IN = listed(
    "in on inside within via through using with over across from by at im ins auf mit per durch en con por "
    "mediante dans avec sur par nel nella nell sul sulla dal dalla tramite no na nos nas pelo pela em op "
    "door w we przez z в на через с у في عبر i pa med v pres s στην στο με prin di lewat dengan trong tren "
    "qua"
)
_MET = re.compile(
    rf"\b(?:{'|'.join(sorted(_IN))})(?: \w+){{0,3}}? {_THINGS}|\b(?:uygulama|oyun|sovellu|alkalmazas)\w+|"
    r"באפליקציה"
)
# What a wish is about says nothing of where: "to someone about the app".
_ABOUT = re.compile(
    rf" ?(?:{COMMA}|\b(?:about|regarding|concerning|because|cause|since|who|that|"
    r"to (?:get|help|solve|fix|discuss|sort)|wegen|weil|sobre|acerca|porque|concernant|parce|riguardo|perche|"
    r"betreffende|omdat|насчет|потому|بخصوص|لان)\b).*"
)


def is_met_elsewhere(words: Sequence[str]) -> bool:
    """Say whether the words lead somewhere in a product, before they come to what a wish is about."""
    return _MET.search(_ABOUT.sub("", " ".join(words))) is not None


def is_led_on(words: Sequence[str]) -> bool:
    """Say whether the words say where or by what, before they come to what a wish is about."""
    return bool(_IN.intersection(_ABOUT.sub("", " ".join(words)).split()))


def is_someone_else(person: Sequence[str], before: Sequence[str], behind: Sequence[str] = ()) -> bool:
    """Say whether a person is the customer's own, or anybody."""
    if OWN.intersection(before) or _OWN_BEHIND.intersection(behind[:1]):
        return True
    return bool(_MANY.intersection(person)) and not _CERTAIN.intersection(before)

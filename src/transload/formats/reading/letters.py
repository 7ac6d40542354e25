"""How well text beyond ASCII suits a language: by the letters that each writes, and how often.

Text in the wrong encoding has letters that no one language has, or seldom: Danish `æøå` becomes
`ćřĺ`, Italian `à` becomes `ŕ`.
"""

import re
from collections import Counter

# Those of lower case, the most frequent first.
_ALPHABETS = (
    "éàèêçôîûùâëïœüæ",  # French
    "üäöß",  # German
    "óíáéñúü¿¡ºª",  # Spanish
    "ãçáéíóêâõúàôºª",  # Portuguese
    "àèùòìé",  # Italian
    "ëéïèöü",  # Dutch
    "äåöé",  # Swedish, Finnish
    "åøæé",  # Danish, Norwegian
    "éàóèíòçúïü",  # Catalan
    "áíðþóöéúæý",  # Icelandic
    "łóżęąśćńź",  # Polish
    "íáéěřčžšýůúťňďó",  # Czech
    "áíéčžšýúľťňôäóďĺŕ",  # Slovak
    "áéöóőüíúű",  # Hungarian
    "čšžćđ",  # Croatian, Slovene
    "ăţîâşțș",  # Romanian
    "ışüçöğâîû",  # Turkish
    "ėšųįžūčąę",  # Lithuanian
    "āīēšūņļžčķģ",  # Latvian
    "äõüöšž",  # Estonian
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",  # Russian
    "оаинвтіерслкдмупзяьбгчйхцєїжшюфщґ",  # Ukrainian
    "аоиентрсвлкдпмзугяъбчжшщцйхфюь",  # Bulgarian
    "аоиенрсјтдувкпмлбгзчшжцћхђљњфџ",  # Serbian
    "αοιετσνηυρπκμλςωάόίέδγχθφβήύξζώψϊϋΐΰ",  # Greek
    "יוהלאתרמבשנקעדחםכפטסגצזןךץף",  # Hebrew
    "านรอกเงมยลวดทสตะปบคหแจชพขใไโซผถธณฟศษภญ่้ีัิืุูำ์็ฐฉ๊๋ฎฏฤๆฯ",  # Thai
    "اليمونرتبةعدسفهكقحجشطصخأذضئزثىءغظإآؤ",  # Arabic
)
# By how much a letter is worth less than the one before it.
_STEP = 0.02
_VIETNAMESE = "àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ\u0300\u0301\u0303\u0309\u0323"
# Scripts of many signs, and how much each of these is worth.
_SCRIPTS = (
    (re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff60]"), 0.8),  # Chinese
    (re.compile("[\u3000-\u30ff\u3400-\u9fff\uff01-\uff60]"), 0.8),  # Japanese
    (re.compile("[\u3000-\u303f\uac00-\ud7a3\uff01-\uff60]"), 0.8),  # Korean
    (re.compile("[\uff61-\uff9f]"), 0.6),  # katakana of half the width
    (re.compile(f"[{_VIETNAMESE}]", re.IGNORECASE), 0.8),
)
_SIGNS = re.compile("[\xa0°€£§©®™«»–—‘’“”„…•·½¼²³]")  # noqa: RUF001 - these are meant


def _weights(alphabet: str) -> dict[str, float]:
    lower = {letter: 1 - at * _STEP for at, letter in enumerate(alphabet)}
    return {letter.upper(): weight for letter, weight in lower.items()} | lower


_WEIGHTS = tuple(_weights(alphabet) for alphabet in _ALPHABETS)


def strangeness(text: str) -> float:
    """Tell how badly a text's characters beyond ASCII suit the language that they suit best.

    From 0, they are its most frequent letters, to 1, no language has any of them. Signs that all
    languages use are passed over.
    """
    counts = Counter(one for one in text if one > "\x7f" and not _SIGNS.match(one))
    total = counts.total()
    if not total:
        return 0
    best = max(
        sum(weights.get(one, 0) * count for one, count in counts.items()) for weights in _WEIGHTS
    )
    each = "".join(counts)
    many = max(
        sum(counts[one] for one in script.findall(each)) * weight for script, weight in _SCRIPTS
    )
    return 1 - max(best, many) / total

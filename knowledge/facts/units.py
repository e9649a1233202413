"""Units: what numbers measure, by their words.

Each row: the family (what could be mixed up), the unit all are turned into, how many of it
one is, and its words ("_" stands for a blank or hyphen). Months are not turned into days, nor euros into
dollars, nor business days into days: which is which a customer has to know.
"""

import re

from knowledge.lexemes import UNSPACED

_ROWS: tuple[tuple[str, str, int, str], ...] = (
    (
        "time",
        "month",
        12,
        "year years yr yrs jahr jahre jahren an ans année années año años anno anni ano anos jaar "
        "jaren år rok roku lata lat roky год года лет рік роки років yıl ani év năm tahun vuosi "
        "vuotta έτη χρόνια سنة سنوات שנה שנים 年 年間 년",
    ),
    (
        "time",
        "month",
        1,
        "month months monat monate monaten mois mes meses mese mesi mês maand maanden månad månader "
        "måned måneder miesiąc miesiące miesięcy měsíc měsíce měsíců месяц месяца месяцев місяць "
        "місяці місяців ay lună luni hónap tháng bulan kuukausi kuukautta μήνας μήνες شهر أشهر חודש "
        "חודשים 个月 個月 か月 ヶ月 カ月 ヵ月 개월 เดือน",
    ),
    (
        "time",
        "day",
        7,
        "week weeks woche wochen semaine semaines semana semanas settimana settimane weken vecka "
        "veckor uke uker uge uger tydzień tygodnie tygodni týden týdny týdnů неделя недели недель "
        "тиждень тижні тижнів hafta săptămână săptămâni hét tuần minggu viikko viikkoa أسبوع أسابيع "
        "שבוע שבועות 周 週 週間 星期 주 สัปดาห์",
    ),
    (
        "time",
        "day",
        1,
        "day days tag tage tagen jour jours día días giorno giorni dia dias dag dagen dagar dager "
        "dage dzień dni dny dní dnů день дня дней дні днів gün zi zile ngày hari päivä päivää ημέρα "
        "ημέρες μέρες يوم أيام יום ימים 天 日 日間 일 วัน calendar_day calendar_days kalendertag "
        "kalendertage kalendertagen",
    ),
    (
        "time",
        "workday",
        1,
        "business_day business_days working_day working_days work_day work_days workday workdays "
        "werktag werktage werktagen arbeitstag arbeitstage arbeitstagen jour_ouvré jours_ouvrés "
        "jours_ouvrables día_hábil días_hábiles días_laborables giorno_lavorativo giorni_lavorativi "
        "dia_útil dias_úteis werkdag werkdagen рабочий_день рабочих_дня рабочих_дней dni_roboczych "
        "dni_robocze iş_günü 工作日 个工作日 個工作日 営業日 영업일 วันทำการ",
    ),
    (
        "time",
        "second",
        3600,
        "hour hours h hr hrs stunde stunden std heure heures hora horas ora ore uur uren timme timmar "
        "godzina godziny godzin hodina hodiny hodin час часа часов година години годин saat óra oră "
        "giờ tunti tuntia ώρα ώρες ساعة ساعات שעה שעות 小时 小時 時間 시간 ชั่วโมง",
    ),
    (
        "time",
        "second",
        60,
        "minute minutes min mins minuten minuto minutos minuti minuut minuter minutter minuty minut "
        "минута минуты минут хвилина хвилини хвилин dakika perc phút menit minuutti minuuttia λεπτά "
        "دقيقة دقائق דקה דקות 分 分钟 分鐘 分間 분 นาที",
    ),
    (
        "time",
        "second",
        1,
        "second seconds s sec secs sekunde sekunden seconde secondes segundo segundos secondo secondi "
        "sekunder sekundy sekund секунда секунды секунд saniye giây detik sekuntia 秒 秒間 초 วินาที",
    ),
    ("money", "eur", 1, "€ eur euro euros"),
    ("money", "usd", 1, "$ us$ usd dollar dollars dólar dólares dollari"),
    ("money", "cad", 1, "c$ cad"),
    ("money", "aud", 1, "a$ aud"),
    ("money", "gbp", 1, "£ gbp pound pounds"),
    ("money", "yen", 1, "¥ yen 円"),
    ("money", "cny", 1, "cny rmb 元"),
    ("money", "krw", 1, "₩ krw 원"),
    ("money", "chf", 1, "chf franken"),
    ("money", "kr", 1, "kr"),
    ("money", "sek", 1, "sek kronor"),
    ("money", "nok", 1, "nok"),
    ("money", "dkk", 1, "dkk"),
    ("money", "pln", 1, "pln zł"),
    ("money", "czk", 1, "czk kč"),
    ("money", "rub", 1, "₽ руб рублей рубля"),
    ("money", "try", 1, "₺ tl"),
    ("money", "inr", 1, "₹ inr rupee rupees"),
    ("share", "%", 1, "% percent prozent pour-cent percento procent"),
    ("length", "mm", 1, "mm"),
    ("length", "mm", 10, "cm"),
    ("length", "mm", 1000, "m meter meters metre metres metern mètre mètres metro metros metri"),
    ("length", "mm", 1_000_000, "km kilometer kilometers kilometre kilometres kilometern kilómetros"),
    ("length", "inch", 1, "inch inches zoll pouces pulgadas pollici"),
    ("length", "foot", 1, "ft foot feet"),
    ("length", "yard", 1, "yd yard yards"),
    ("length", "mile", 1, "mile miles meile meilen"),
    ("weight", "mg", 1, "mg"),
    ("weight", "mg", 1000, "g gram grams gramm grammes gramos grammi"),
    ("weight", "mg", 1_000_000, "kg kilogram kilograms kilogramm kilos"),
    ("weight", "lb", 1, "lb lbs"),
    ("weight", "oz", 1, "oz ounce ounces"),
    ("volume", "gallon", 1, "gal gallon gallons"),
    ("volume", "ml", 1, "ml"),
    ("volume", "ml", 10, "cl"),
    ("volume", "ml", 1000, "l litre litres liter liters litern litro litros litri"),
    ("power", "w", 1, "w watt watts"),
    ("power", "w", 1000, "kw"),
    ("power", "kwh", 1, "kwh"),
    ("power", "v", 1, "v volt volts"),
    ("power", "a", 1, "a amp amps ampere"),
    ("power", "mah", 1, "mah"),
    ("power", "hz", 1, "hz"),
    ("power", "bar", 1, "bar"),
    ("power", "psi", 1, "psi"),
    ("heat", "°c", 1, "°c ° degrees degree grad grados degrés gradi graus graden celsius"),
    ("heat", "°f", 1, "°f fahrenheit"),
    ("data", "kb", 1, "kb"),
    ("data", "kb", 1000, "mb"),
    ("data", "kb", 1_000_000, "gb"),
    ("data", "kb", 1_000_000_000, "tb"),
)
_WORDS = [
    (word.replace("_", " "), kind, factor) for _, kind, factor, words in _ROWS for word in words.split()
]
UNITS = {word: kind for word, kind, _ in _WORDS}
FACTORS = {word: factor for word, _, factor in _WORDS}
FAMILIES = {kind: family for family, kind, _, _ in _ROWS} | {"count": "count"}
_LONGEST_FIRST = sorted(UNITS, key=len, reverse=True)
# Of several words; and those of scripts that put no blank behind them.
PHRASES = "|".join(re.escape(word).replace("\\ ", r"[\s-]") for word in _LONGEST_FIRST if " " in word)
UNSPACED_UNITS = "|".join(word for word in _LONGEST_FIRST if re.match(rf"[{UNSPACED}]", word))

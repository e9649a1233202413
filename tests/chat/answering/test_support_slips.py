"""Sentences that share nearly all their words with the source, and say another thing."""

import asyncio

import pytest

from chat.answering.support import Support
from tests.factories import passage

WARRANTY = "The warranty lasts 24 months from the date of purchase. Keep your receipt as proof of purchase."
HOTEL = "The shop opens at 9 am and closes at 5 pm. It is open from Monday to Friday."
PLANS = "The Basic plan includes email support. The Pro plan includes phone support."
TABLE = "| Model | Connection |\n| --- | --- |\n| Alpha | USB |\n| Beta | Bluetooth |"
STAY = "Check-in is at 3 pm and check-out is by 11 am."
CASES = [
    # long sentences that nobody said
    (
        "Penguins waddle across frozen beaches because their short legs and heavy bodies make running nearly "
        "impossible during breeding seasons among noisy colonies of hungry chicks.",
        WARRANTY,
        "en",
    ),
    (
        "如果充电器损坏，请登录会员中心，上传发票照片，并等待工程师通过电子邮件确认您的免费更换申请。",
        "请将充电器放在干燥的地方。",
        "zh",
    ),
    (
        "返品をご希望の場合は、お客様番号をご用意のうえ、営業所の窓口まで直接お越しください。",
        "充電器は乾燥した場所に置いてください。",
        "ja",
    ),
    # denials in languages that part words otherwise, or have rules of their own
    ("特价商品可以退货。", "特价商品不可以退货。", "zh"),
    ("订单发货后可以取消。", "订单发货后无法取消。", "zh"),
    ("セール品は返品できます。", "セール品は返品できません。", "ja"),
    ("할인 상품은 반품이 가능합니다.", "할인 상품은 반품이 불가능합니다.", "ko"),
    ("Товары со скидкой подлежат возврату.", "Товары со скидкой не подлежат возврату.", "ru"),
    ("Towary przecenione podlegają zwrotowi.", "Towary przecenione nie podlegają zwrotowi.", "pl"),
    ("Zboží ve slevě lze vrátit.", "Zboží ve slevě nelze vrátit.", "cs"),
    ("Reavaror kan returneras inom 14 dagar.", "Reavaror kan inte returneras inom 14 dagar.", "sv"),
    ("İndirimli ürünler iade edilir.", "İndirimli ürünler iade edilmez.", "tr"),
    ("يمكن إرجاع المنتجات المخفضة.", "لا يمكن إرجاع المنتجات المخفضة.", "ar"),
    ("חבילות פתוחות ניתן להחזיר לחנות.", "חבילות פתוחות לא ניתן להחזיר לחנות.", "he"),
    ("छूट वाले उत्पाद वापस किए जा सकते हैं।", "छूट वाले उत्पाद वापस नहीं किए जा सकते हैं।", "hi"),
    ("สินค้าลดราคาสามารถคืนได้", "สินค้าลดราคาไม่สามารถคืนได้", "th"),
    ("Hàng giảm giá được đổi trả.", "Hàng giảm giá không được đổi trả.", "vi"),
    # the same number of something else
    ("Delivery takes 3 to 5 weeks.", "Delivery takes 3 to 5 business days.", "en"),
    ("Die Lieferung dauert 3 Wochen.", "Die Lieferung dauert 3 Werktage.", "de"),
    ("Inflate the tyres to 30 bar.", "Inflate the tyres to 30 psi.", "en"),
    ("It needs 5 A of current.", "It needs 5 mA of current.", "en"),
    ("Shipping costs $15.", "Shipping costs C$15.", "en"),
    ("The warranty lasts 24 months.", "A pallet holds 24 boxes. The warranty lasts long.", "en"),
    ("보증 기간은 24일입니다.", "보증 기간은 24개월입니다.", "ko"),
    ("Гарантия на все товары действует 24 дня.", "Гарантия на все товары действует 24 месяца.", "ru"),
    ("Return goods within forty-five days.", "Return goods within thirty-five days.", "en"),
    ("The shop opens at 9 pm.", HOTEL, "en"),
    ("You can return it after 30 days of delivery.", "You can return it within 30 days of delivery.", "en"),
    # compounds, addresses and words turned round
    ("For refunds, write to refunds@acme.com.", "For refunds, write to support@acme.com.", "en"),
    ("See acme.com/refund for the form.", "See acme.com/contact for the form.", "en"),
    ("In-app purchases can be returned.", "In-store purchases can be returned.", "en"),
    ("Press Ctrl+C to save the page.", "Press Ctrl+X to save the page.", "en"),
    ("Tickets are refundable.", "Tickets are non-refundable.", "en"),
    ("The charger is compatible with the Mini.", "The charger is incompatible with the Mini.", "en"),
    ("Das Gerät ist für Bäder geeignet.", "Das Gerät ist für Bäder ungeeignet.", "de"),
    # other days, others, another duty, another thing's share
    ("It is open from Monday to Saturday.", HOTEL, "en"),
    ("La tienda abre de lunes a sábado.", "La tienda abre de lunes a viernes.", "es"),
    ("All customers get free shipping.", "Only premium customers get free shipping.", "en"),
    ("We ship to Norway.", "We ship to all countries except Norway.", "en"),
    ("We ship to all countries including Norway.", "We ship to all countries except Norway.", "en"),
    ("You must register the product online.", "You may register the product online.", "en"),
    ("The Basic plan includes phone support.", PLANS, "en"),
    ("The Alpha has Bluetooth.", TABLE, "en"),
    ("Nous livrons à Malte.", "Nous ne livrons pas à Malte.", "fr"),
    ("الضمان يشمل أضرار المياه.", "الضمان يشمل العيوب ولا يشمل أضرار المياه.", "ar"),
    ("Deleted files can be restored after 30 days.", "Deleted files can be restored within 30 days.", "en"),
    ("Check-out is at 3 pm and check-in is by 11 am.", STAY, "en"),
    ("Check-out is at 3 pm.", STAY, "en"),
]
TRUE = [
    ("You can check out until 11 am, and check-in is at 3 pm.", STAY, "en"),
    (
        "The charger that comes with the kettle is not compatible with the Mini.",
        "The charger that comes with the kettle is incompatible with the Mini.",
        "en",
    ),
    ("The shop opens at 9 a.m.", HOTEL, "en"),
    ("The shop closes at 5 p.m.", HOTEL, "en"),
    ("The shop is open Monday to Friday.", HOTEL, "en"),
    ("The Basic plan includes email support, and the Pro plan includes phone support.", PLANS, "en"),
    ("The Pro plan includes phone support.", PLANS, "en"),
    ("Premium customers get free shipping.", "Only premium customers get free shipping.", "en"),
    ("We do not ship to Norway.", "We ship to all countries except Norway.", "en"),
    ("Write to support@acme.com for a refund.", "For refunds, write to support@acme.com.", "en"),
    ("Send us an email.", "Send us an e-mail at any time.", "en"),
    ("Delivery takes 5 business days.", "Delivery takes 3 to 5 business days.", "en"),
    ("The cable is 2 feet long.", "The cable is 2 ft long.", "en"),
    ("保修期为 24 个月。", "本产品的保修期为24个月，自购买之日起计算。", "zh"),
    ("请长按电源键10秒。", "如需重启，请长按电源键10秒直到指示灯闪烁。", "zh"),
    ("返品は14日以内に可能です。", "商品到着後14日以内であれば返品が可能です。", "ja"),
    ("You can press A to reset it.", "You must press A to reset it.", "en"),
    ("Customs duties may apply abroad.", "Abroad you may have to pay customs duties that apply.", "en"),
    ("Only the owner can delete the workspace.", "Only the account owner can delete the workspace.", "en"),
    ("We ship to all EU countries apart from Malta.", "We ship to all EU countries except Malta.", "en"),
    ("Nous ne livrons pas à Malte.", "Nous livrons dans tous les pays, sauf à Malte.", "fr"),
    (
        "The Alpha weighs 1.2 kg.",
        "| Model | Weight |\n| --- | --- |\n| Alpha | 1.2 kg |\n| Beta | 2 kg |",
        "en",
    ),
    (
        "The repair workshop in the old town is also open on Wednesdays.",
        "The repair workshop in the old town is open from Monday to Saturday.",
        "en",
    ),
    (
        "Deleted files are permanently removed after 30 days.",
        "Deleted files can be restored within 30 days. After that, they are permanently removed.",
        "en",
    ),
    ("The plan gives you 3 visits over 12 months.", "The plan gives you 3 visits within 12 months.", "en"),
    (
        "Заказ можно отменить за 2 часа до доставки.",
        "Отменить заказ можно не позднее чем за 2 часа до доставки.",
        "ru",
    ),
    ("普通会员不能删除用户。", "只有管理员才能删除用户，普通会员没有此权限。", "zh"),
    (
        "Processing takes one to two business days.",
        "Processing takes one to two business days at most.",
        "en",
    ),
]


def is_shown(sentence: str, text: str, language: str) -> bool:
    """Say whether a sentence is shown that cites this text."""
    given = [passage(text, language=language)]
    return asyncio.run(Support().supporting(sentence, given, given, language)) is not None


@pytest.mark.parametrize(("sentence", "text", "language"), CASES)
def test_what_the_source_does_not_say_is_not_shown(sentence: str, text: str, language: str) -> None:
    assert not is_shown(sentence, text, language)


@pytest.mark.parametrize(("sentence", "text", "language"), TRUE)
def test_what_the_source_says_in_other_words_is_shown(sentence: str, text: str, language: str) -> None:
    assert is_shown(sentence, text, language)

"""Wishing: who wishes for a person is passed on, and who asks about a product that has people is not."""

import pytest

from chat.answering.talk import Talk, recognise

WISHES = """
I want to talk to a human
can I speak to someone from your team please
please connect me with an agent
Kann ich mit einem Mitarbeiter sprechen?
let me chat with a real person
this is useless, get me a human
I want to speak to a human, please.
Can I talk to someone?
Ich möchte mit einem Mitarbeiter sprechen
Je voudrais parler à quelqu'un
Quiero hablar con una persona
转人工
agent
human
Could you please transfer me to a representative?
I'd like to speak with a manager.
I need to talk to somebody about my bill
Can I talk to a real person about the app not working?
How can I talk to a human?
How do I speak to an agent?
Can you put me through to customer service?
My order is late. I want to talk to a person!
Your bot doesn't understand me, so I want to talk to a human.
Is there someone I can talk to?
Is there anyone I can speak to about my refund?
Can someone please talk to me?
Speak to agent
talk to a person now
Please let me speak to a supervisor
I would like to chat with a live agent
Please escalate this to a manager
Can I talk to one of your agents?
Why can't I talk to a human?
Is it possible to speak with a real person?
I really need to speak to someone who can help
I was wondering if I could speak to someone in your billing department
Can I speak with a real, living person?
I don't want to talk to a bot, I want to talk to a human
Stop. I want to talk to an agent because the app keeps crashing.
Hi, can I please speak to a human being?
ok connect me to a representative please
How to talk to a real person?
I want a human
no, I need a real person
Ich möchte bitte mit einem echten Menschen sprechen
Können Sie mich bitte mit einem Mitarbeiter verbinden?
Wie kann ich mit einem Menschen sprechen?
Ich will mit jemandem reden
Bitte mit einem Mitarbeiter verbinden
Das hilft mir nicht, ich will mit einem Menschen sprechen
Kann ich mit einem Mitarbeiter über meine Bestellung sprechen?
Mitarbeiter bitte
Quisiera hablar con un agente
¿Puedo hablar con una persona real?
¿Cómo puedo hablar con un agente?
Necesito hablar con alguien, por favor
Puis-je parler à un conseiller ?
Je veux parler à un humain
Comment parler à un conseiller ?
Vorrei parlare con un operatore
Posso parlare con qualcuno?
Quero falar com um atendente
Gostaria de falar com uma pessoa
Ik wil met een medewerker spreken
Kan ik met iemand spreken?
Chcę porozmawiać z konsultantem
Proszę połączyć, chcę rozmawiać z człowiekiem
Bir temsilciyle görüşmek istiyorum
Хочу поговорить с оператором
Можно поговорить с человеком?
أريد التحدث مع موظف
我要转人工
机器人太笨了，我要找人工客服
オペレーターと話したいです
担当者に繋いでください
I would like to talk to someone in customer service
Can you connect me to a human?
I need to speak with someone regarding my invoice
I wish to speak with a representative of your company
Just let me talk to someone
Hello, I'd like to talk with an adviser please
speak to a representative
Where can I talk to a real person?
I want to talk to an employee about my complaint
No. I want to speak to a human being.
Ich möchte mit jemandem aus Ihrem Team sprechen
Ich würde gerne mit einem Mitarbeiter reden
Passez-moi un conseiller
¿Puedo hablar con un asesor sobre mi pedido?
Ik wil graag met een mens praten met iemand
Canlı bir temsilciye baglan lütfen, temsilci
真人客服
人と話したい
Jag vill prata med en människa
Tôi muốn gặp nhân viên
Θέλω να μιλήσω με άνθρωπο
I need someone to talk to about my broken coffee machine
i want to speak with customer service about a refund
My machine is broken and I need to speak to someone
Transfer me to an agent, please
Could I speak to someone on the phone?
let me speak to an agent
I still want to speak to an agent
I think I need to talk to a human for this
ich möchte mit einem kundenberater, also einem menschen sprechen
Kann ich nicht einfach mit einem Menschen reden?
J'aimerais parler à quelqu'un, je veux un humain
¿Puedo hablar con alguien de atención al cliente?
Mag ik iemand spreken?
Lütfen beni birine baglan, temsilciyle görüşmek istiyorum
No quiero un bot, quiero hablar con una persona
"""
# Each would silence the assistant if it were taken for a wish.
QUESTIONS = """
How can I chat with my staff in the app?
Can I talk to people in other languages with the translator?
How do I escalate a ticket to my manager in Jira?
Can my customers talk to an agent in the widget?
Can users chat with an agent on the website?
Can I chat with my team manager?
Does the intercom let me talk to someone at the door?
How do I talk to someone in another room with the intercom?
Can I talk to a person on Zoom while sharing my screen?
When I talk to someone on the phone the sound cuts out
Every time I talk to somebody over bluetooth the call drops
How do I add an agent to my team?
Can I escalate a ticket to an agent automatically?
How do I transfer a call to another employee?
Do I need to talk to an agent to cancel?
I can't talk to people in the game, my microphone is dead
Can the bot hand me over to a person when it fails?
How do I connect with other people in the app?
Do people talk to each other in the app?
I don't want to talk to a person, just tell me the price
Which plan lets our staff chat with people on WhatsApp?
Can I chat with someone from another country?
When can I talk to an agent?
Is this a real person?
Can I have an agent for my team?
We need an agent, how do I add one?
Can I speak to my representative through the dashboard?
What happens when I ask to speak with a human?
Can I talk to human resources in the app?
How can our support agents chat with customers?
Does the manager app talk to the thermostat?
How do I let visitors talk to a person in the chat widget?
Can I connect with a person near me?
Talk to people in 40 languages
Can I get a live agent add-on for my plan?
How do I talk to an agent via the API?
I talk to someone every day and my phone gets hot
Can I talk to your AI agent in Slack?
Wie kann ich in der App mit meinen Mitarbeitern sprechen?
Kann ich mit meinem Chef über die App sprechen?
Wie können wir Anrufe an einen Mitarbeiter weiterleiten?
Kann ich mit Menschen in anderen Sprachen sprechen?
Kann man mit jemandem über die Gegensprechanlage sprechen?
Kann ich mit jemandem über die Gegensprechanlage sprechen?
Meine Mitarbeiter können nicht mit mir sprechen
Ich möchte nicht mit einem Menschen sprechen
Wie kann mein Sohn im Spiel mit jemandem sprechen?
¿Cómo puedo hablar con mi equipo en la aplicación?
¿Puedo hablar con una persona en otro idioma con el traductor?
¿Puede mi hijo hablar con alguien en el juego?
No quiero hablar con una persona
¿Cómo hablar con mi encargado?
Comment parler à mon responsable dans l'application ?
Puis-je parler à quelqu'un avec l'interphone dans le jeu ?
I clienti possono parlare con un operatore?
Come posso parlare con il mio responsabile nell'app?
Posso parlare con qualcuno in altre lingue con il traduttore?
Como posso falar com a minha atendente no aplicativo?
Hoe kan ik met mijn medewerker spreken in de app?
Kan een klant met een medewerker spreken?
Jak porozmawiać z moim konsultantem w aplikacji?
Как поговорить с моим менеджером в приложении?
Как поговорить с человеком на другом языке через переводчик?
Uygulamada biriyle nasıl konuşmak mümkün, istiyorum?
人工客服几点上班？
如何给客户设置自动转人工？
アプリで他の人と話せますか？
友人と話す方法
担当者にチケットを割り当てる方法
كيف يمكنني التحدث مع موظف في التطبيق؟
How can I talk with my team in Slack?
How do I get my manager to approve a request?
How do I set up an agent to chat with customers?
How many people can I chat with at once?
How do I let users escalate to a human agent?
How do I pass a call to a colleague?
How can my employee speak to a doctor?
Can my son talk to someone if he is locked out?
I talk to someone on video and they can't hear me
Can I hear the person I talk to?
Kann ich meinen Chef im Programm hinzufügen und mit ihm sprechen?
Kann mein Kunde mit einem Mitarbeiter sprechen?
Muss ich mit einem Berater sprechen, um zu kündigen?
¿Cómo pueden mis clientes hablar con un agente?
Os clientes podem falar com um atendente?
Müşterilerim bir temsilciyle nasıl görüşmek isteyebilir?
外国人と話せるアプリ
Hur kan mina kunder prata med en medarbetare?
How do I chat with my colleagues?
Can I get my money back if I talk to an agent?
What's the difference between talking to an agent and chat with a person?
I need to let people talk to a human in my shop
How do I transfer ownership to another employee?
Can I put my agent on vacation?
Will I talk to a person during the interview?
I want to chat with people in Spanish
How do I escalate this issue to a supervisor in Zendesk?
Kann die App mit jemandem sprechen?
Kann ich Menschen in anderen Ländern sprechen hören?
¿Cómo contacto con mi equipo?
Как мне поговорить с моим сотрудником?
How soon can I talk to someone?
"""


@pytest.mark.parametrize("said", WISHES.strip().splitlines())
def test_a_wish_for_a_person_is_one(said: str) -> None:
    assert recognise(said) is Talk.HANDOFF


@pytest.mark.parametrize("said", QUESTIONS.strip().splitlines())
def test_what_may_be_a_question_about_a_product_is_no_wish(said: str) -> None:
    assert recognise(said) is None

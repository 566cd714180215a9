"""One step of the benchmark in a process of its own: STEP PORT RECIPIENTS."""

import json
import resource
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from crm.models import ChangeSet, Contact, ContactPoint  # noqa: E402
from crm.services.ledger import change_set  # noqa: E402
from newsletter.mail.slots import GREETING, UNSUBSCRIBE_URL  # noqa: E402
from newsletter.models import Delivery, Mailing, Newsletter, Subscription  # noqa: E402
from newsletter.services.courier import Courier  # noqa: E402

NAMES = ["Åsa Öberg", "Bo Ek", "Märta Åkesson Lind", "Nils Näslund", "Eva-Lena Söderström", "Jan Berg"]
PARAGRAPH = (
    "<p style='font-family:Arial,sans-serif;font-size:16px'>På våren möts lärcentrum, studievägledare och rektorer i nätverket för att "
    "dela med sig av det som har hänt: nya yrkeshögskoleutbildningar, ett projekt om validering och två studiebesök.</p>\n"
)


def make(recipients):
    """Write a mailing of some 30 kB, half of whose recipients are people of the register."""
    call_command("migrate", verbosity=0)
    Mailing.objects.all().delete()
    with change_set(cause=ChangeSet.Cause.COMMAND, note="benchmark"):
        Subscription.objects.all().delete()
        ContactPoint.objects.all().delete()
        Contact.objects.all().delete()
        newsletter, _made = Newsletter.objects.get_or_create(
            slug="brev", defaults={"name": "Brev", "from_name": "Lärnätet Väst", "from_address": "brev@larnatet.example"}
        )
        names = [NAMES[number % len(NAMES)].partition(" ") for number in range(recipients // 2)]
        contacts = Contact.objects.bulk_create(Contact(first_name=first, last_name=last) for first, _space, last in names)
        ContactPoint.objects.bulk_create(
            ContactPoint(contact=contact, kind="email", value=address(number), normalised=address(number))
            for number, contact in enumerate(contacts)
        )
        of_contacts = dict(enumerate(contacts))
        subscriptions = Subscription.objects.bulk_create(
            Subscription(
                newsletter=newsletter,
                email=address(number),
                normalised=address(number),
                name="" if number in of_contacts else NAMES[number % len(NAMES)],
                contact=of_contacts.get(number),
            )
            for number in range(recipients)
        )
    html = f"<html><body><p>{GREETING}</p>{PARAGRAPH * 70}<a href='{UNSUBSCRIBE_URL}'>ut</a></body></html>"
    text = f"{GREETING}\n\n{'Nätverket möts i vår. ' * 160}\n{UNSUBSCRIBE_URL}\n"
    for name in ("batches", "strict"):
        mailing = Mailing.objects.create(
            newsletter=newsletter,
            subject=f"Nytt i vår {name}",
            html=html,
            text=text,
            greeting="Hej [förnamn]!",
            headers={"List-ID": "<brev.larnatet.example>"},
            from_name=newsletter.from_name,
            from_address=newsletter.from_address,
            recipient_count=recipients,
        )
        Delivery.objects.bulk_create(
            Delivery(
                mailing=mailing,
                subscription=one,
                contact=one.contact,
                name=str(one.contact or one.name),
                email=one.email,
                normalised=one.normalised,
            )
            for one in subscriptions
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"database": connection.vendor, "bytes": len(sample(mailing))}


def address(number):
    return f"person.{number}@kommun{number % 290}.example"


def sample(mailing):
    """Return the mail to the first of the recipients."""
    from newsletter.services.recipients import recipient_for

    delivery = mailing.deliveries.select_related("subscription__contact").first()
    values = {"name": delivery.name, "greeting": mailing.greeting, "message_id": "<1@larnatet.example>"}
    return Courier(mailing.pk).compile().merge(recipient_for(delivery.email, subscription=delivery.subscription, **values))


def send(name):
    settings.NEWSLETTER_STRICT = name == "strict"
    mailing = Mailing.objects.get(subject=f"Nytt i vår {name}")
    courier = Courier(mailing.pk)
    sample(mailing)  # a worker that has been running for a while knows the site's addresses
    with measured(mailing.recipient_count) as found:
        courier.run()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DONE, (mailing.state, mailing.problem)
    assert mailing.deliveries.filter(state=Delivery.State.SENT).count() == mailing.recipient_count
    return found


def plain(number):
    mailing = Mailing.objects.first()
    with measured(number) as found, get_connection("django.core.mail.backends.smtp.EmailBackend") as mail:
        for delivery in mailing.deliveries.select_related("subscription")[:number]:
            values = {GREETING: f"Hej {delivery.name}!", UNSUBSCRIBE_URL: f"https://larnatet.example/avsluta/{delivery.pk}/"}
            text, html = mailing.text, mailing.html
            for slot, value in values.items():
                text, html = text.replace(slot, value), html.replace(slot, value)
            message = EmailMultiAlternatives(mailing.subject, text, mailing.from_address, [delivery.email], connection=mail)
            message.attach_alternative(html, "text/html")
            message.send()
    return found


class measured(dict):
    """What the block inside costs for each of so many mails."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def __enter__(self):
        self.started, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *exception):
        self["mails_per_second"] = round(self.number / (time.perf_counter() - self.started))
        self["cpu_us"] = round((time.process_time() - self.cpu) / self.number * 1e6)
        self["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main(step, port, number):
    settings.DEBUG = False
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    if step == "make":
        return make(number)
    return plain(number) if step == "plain" else send(step)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))

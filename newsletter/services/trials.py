from newsletter import backends
from newsletter.mail.composition import compose
from newsletter.mail.messages import CompiledMessage
from newsletter.services.mailings import message_headers
from newsletter.services.recipients import new_message_id, recipient_for, wire_address


def send_test_mail(issue, address, *, name=""):
    """Send an issue to one address, at once: the real thing in every header and word.

    Only its links to unsubscribe lead to nobody's subscription. Raises a DeliveryProblem when the mail was not taken.
    """
    newsletter, mail = issue.newsletter, compose(issue)
    sender = wire_address(newsletter.from_address)
    message = CompiledMessage(
        sender=(newsletter.from_name, sender), subject=mail.subject, html=mail.html, text=mail.text, headers=message_headers(newsletter)
    )
    recipient = recipient_for(address, name=name, greeting=mail.greeting, message_id=new_message_id(sender))
    with backends.get_backend() as backend:
        backend.send(sender=sender, address=recipient.address, message=message.merge(recipient))

"""What is said of the mail to a buyer: on its way, come back, and what to do, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "next.mail": "Send the document to {to}",
    "next.mail_returned": "The buyer has not got it: the mail to {to} came back because {why}. Ask for a "
    "good address and send it again to that.",
    "next.mail_given_up": "The buyer has not got it: the mail to {to} did not leave ({why}). Look at the "
    "address and send it again.",
    "next.mail_invalid": "The buyer has not got it: '{to}' is no mail address. Send it to a good one, or "
    "hand the RIDE over.",
    "next.mail_no_address": "Nothing: it is authorized and its RIDE is stored. It names no "
    "address of the buyer: hand the RIDE over or send it to their address.",
    "next.mail_reached": "It did leave for {to}.",
    "timeline.mail_why": "Why: {why}.",
    "delivered.returned": "Came back from the buyer's mail",
    "now.returned.one": "The mail of one document came back: its buyer has not got it.",
    "now.returned.many": "Mail that came back: {n} documents which their buyers have not got.",
}

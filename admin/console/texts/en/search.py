"""The search box."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "search.tenant": "Taxpayer",
    "search.party": "RUC",
    "search.state": "State",
    "search.error": "Code",
    "search.after": "From",
    "search.before": "Before",
    "search.until": "Until",
    "search.number": "Number",
    "search.key": "Access key",
    "search.buyer": "Buyer",
    "search.type": "Type",
    "search.attention": "Attention",
    "search.mail": "Mail",
    "search.bounced": "came back",
    "search.modifies": "Note about",
    "search.ref": "Reference",
    "search.batch": "Batch",
    "search.id": "Id",
    "search.message": "Message",
    "search.document": "document",
    "search.asked": "What is searched for",
    "search.without": "Take away {what}",
    "search.cut_off.name": "Many have that name: the search looks at {n} of their documents. Write more of the name.",
    "search.cut_off.issued": "Of those issued another day than they came the last {n} are looked at. Narrow the days.",
    "search.cut_off.mail": "Of such mails the newest {n} are looked at. Narrow by taxpayer.",
    "search.cut_off.moving": "Of those that wait for their RIDE or mail {n} are looked at. Narrow by taxpayer.",
    "search.sequence": "Sequence",
    "search.issued": "Issued",
    "search.as_sequence": "The sequence {number} is looked for. The same number is also another identifier:",
    "search.as_id": "the internal id {id}",
    "search.amount": "Total",
    "search.cut_off.amount": "An amount is looked for among the newest documents; add since: and until: "
    "for another time, or the buyer or the state.",
    "search.help": "What can be written in the search box",
    "search.help_bare": "An access key, a number or its sequence alone, a RUC or ID, a total with its cents or words "
    "of the buyer's name are recognised by themselves, accents or not. Everything else is written as name:value, and "
    "combined with a blank.",
    "search.write": "Write",
    "search.meaning": "Finds",
    "search.also": "Also",
    "search.unclear": "That search is not understood",
}

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
    "search.modifies": "Note about",
    "search.ref": "Reference",
    "search.batch": "Batch",
    "search.id": "Id",
    "search.message": "Message",
    "search.document": "document",
    "search.asked": "What is searched for",
    "search.without": "Take away {what}",
    "search.cut_off": "That name begins many documents: the search looks at {n} of them. Write more of the name.",
    "search.amount": "Total",
    "search.amount_cut_off": "An amount is looked for among the newest documents; add since: and until: "
    "for another time, or the buyer or the state.",
    "search.help": "What can be written in the search box",
    "search.help_bare": "An access key, a number, a RUC or ID, a total with its cents, an id or the beginning of the "
    "buyer's name are recognised by themselves. Everything else is written as name:value, and combined with a blank.",
    "search.write": "Write",
    "search.meaning": "Finds",
    "search.also": "Also",
    "search.unclear": "That search is not understood",
}

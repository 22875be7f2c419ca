"""The look of a taxpayer's RIDEs, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "branding.title": "Look of the RIDEs",
    "branding.lead": "It holds from the next RIDE on. Those there are keep the look they were made with.",
    "branding.now": "Now",
    "branding.logo": "Logo",
    "branding.logo_of": "Logo of {name}",
    "branding.accent": "Colour",
    "branding.none": "None",
    "branding.standard": "The usual blue",
    "branding.sample": "See a sample RIDE (PDF)",
    "branding.change": "Change it",
    "branding.logo_file": "Another logo",
    "branding.logo_hint": "PNG or JPEG of up to {size} MB. What is transparent is printed white, margins are cut.",
    "branding.no_logo": "No logo",
    "branding.accent_hint": "Like #1a5276; dark enough to be read on paper, and white on it.",
    "branding.no_accent": "The usual blue",
    "branding.save": "Save",
    "branding.changed": "Saved: it holds from the next RIDE on.",
    "branding.same": "Nothing has changed.",
    "branding.refused": "Not saved: {why}.",
    "branding.link": "Look of the RIDEs",
    "permission.tenant.brand": "Change logo and colour of the RIDEs",
}

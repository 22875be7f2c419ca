"""One action on many documents: a snapshot of them as of the click, looked over before it starts, done step by step.

proposed ──a reason (and, of many, their number)──► running ◄──► paused
   │ └──a reason──► awaits_approval ──another person──►│  └────────┴──► stopped
   └ forgotten            └──► stopped                 └──► done

Nothing fiscal is ever deleted, and what arrives after the click is not touched.
"""

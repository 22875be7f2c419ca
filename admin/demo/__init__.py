"""The demonstration: three made-up taxpayers, their invoices, and what is expected to become of each."""

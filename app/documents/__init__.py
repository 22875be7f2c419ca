"""The comprobante types: their structure, their rules, and their way in and out as JSON and XML."""

"""What a RIDE must be, looked at from outside: text, boxes, barcode and bytes of many documents."""

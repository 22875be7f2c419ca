"""The SRI's tables, dated: what each code means and on which days it may be used."""
